import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ErrorRecord } from '../../src/model/errors.ts';

const PROGRAM = join(process.cwd(), 'bin/lifeboat.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Calling {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the real program to its end. */
export function lifeboat(args: readonly string[], { cwd, env }: Calling): Promise<Ended> {
  return programEnds(process.execPath, [PROGRAM, ...args], { cwd, env });
}

/** The same, in a shell that first does something to the machine; `$@` is the command line of lifeboat. */
export function inShell(script: string, args: readonly string[], { cwd, env }: Calling): Promise<Ended> {
  return programEnds('bash', ['-euc', script, 'bash', process.execPath, PROGRAM, ...args], { cwd, env });
}

/** The same in a private view of the file system, which goes when the program ends. Only root can have that. */
export function inOwnMounts(script: string, args: readonly string[], { cwd, env }: Calling): Promise<Ended> {
  const shell = ['-m', '--propagation', 'private', 'bash', '-euc', script, 'bash', process.execPath, PROGRAM];
  return programEnds('unshare', [...shell, ...args], { cwd, env });
}

function programEnds(program: string, args: readonly string[], { cwd, env }: Calling): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        text[name] += part;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}

/** What must be said when something is refused. */
export interface Refusal {
  readonly exit: number;
  readonly code: string;
  readonly says: string | RegExp;
  readonly hint: string | RegExp;
}

/** The one JSON document on stdout. Fails when there is anything else, or no document. */
export function documentOf({ stdout, stderr }: Ended): Record<string, unknown> {
  try {
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    throw new Error(`stdout is not one JSON document:\n${stdout}\nstderr:\n${stderr}`);
  }
}

/** Checks that it ended as it must, with `--json`. */
export function expectRefusal(ended: Ended, { exit, code, says, hint }: Refusal): ErrorRecord {
  const { error } = documentOf(ended) as { error?: ErrorRecord };
  expect({ exit: ended.code, code: error?.code, message: error?.message }).toEqual({
    exit,
    code,
    message: typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
  });
  if (typeof hint === 'string') expect(error?.hint).toContain(hint);
  else expect(error?.hint).toMatch(hint);
  return error as ErrorRecord;
}

/** Every file below a folder with a digest of its content, to see that nothing was changed. */
export function contentOf(folder: string, without: RegExp = /^$/): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const kept = files.filter((file) => !without.test(file)).sort();
  return Object.fromEntries(kept.map((file) => [file, describeFile(file)]));
}

const describeFile = (file: string): string =>
  `${statSync(file).mode.toString(8)} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;

/** A text of the company's plan in place of another. Throws when it is not there, so that a test never tests nothing. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the plan has no ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}

/** `line:column` of the end of `mark` in a text, counted from 1. */
export function placeAfter(text: string, mark: string): string {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the text has no ${JSON.stringify(mark)}`);
  const before = text.slice(0, at + mark.length).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
