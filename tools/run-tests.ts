import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Every test there is, or those that are named; the last line says alone how many passed and failed.
 * A run without a single test is a failure, and so is a test that did not run where the whole lab is required.
 */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-tests-'));
const file = join(folder, 'result.json');
const code = await vitest(process.argv.slice(2));
const outcome = readOutcome(code);
rmSync(folder, { recursive: true, force: true });
process.exitCode = verdict(outcome) ? 0 : 1;

function vitest(args: readonly string[]): Promise<number> {
  const program = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const child = spawn(process.execPath, [program, 'run', ...reporters, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A file that could not even be loaded has no tests to fail: it counts as one, and so does an error outside of any test. */
function readOutcome(status: number): Outcome {
  const files = readReport()?.testResults ?? [];
  const tests = files.flatMap((one) => one.assertionResults);
  const unloadable = files.filter((one) => one.status === 'failed' && one.assertionResults.every(isFine)).length;
  const failed = tests.filter((test) => test.status === 'failed').length + unloadable;
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
  };
}

function isFine(test: { readonly status: string }): boolean {
  return test.status !== 'failed';
}

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

function verdict({ passed, failed, skipped }: Outcome): boolean {
  const strict = process.env.LAB_REQUIRED === '1';
  for (const name of skipped) console.log(`${strict ? 'not run, and LAB_REQUIRED=1 demands it' : 'skipped'}: ${name}`);
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  return passed > 0 && failed === 0 && !(strict && skipped.length > 0);
}
