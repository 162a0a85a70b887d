import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Calling, contentOf, expectRefusal, lifeboat, type Refusal } from './bad-luck.ts';

/* A folder with the company's plan, a key and a repository, and no server behind it. */
export const EXAMPLE = readFileSync(join(process.cwd(), 'examples/corporate-intel/lifeboat.yaml'), 'utf8');
export const PASSWORD = 'canary-5f2b';
export let folder: string;
export let calling: Calling;

export async function makeFolder(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-bad-luck-'));
  const env = { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1' };
  const made = await lifeboat(['key', 'new', '--out', join(folder, 'lifeboat.key'), '--json'], { cwd: folder, env });
  const key = readFileSync(join(folder, 'lifeboat.key'), 'utf8');
  calling = {
    cwd: folder,
    env: {
      ...env,
      LIFEBOAT_STATE: join(folder, 'state'),
      CORPORATE_INTEL_RECIPIENT: /age1[0-9a-z]+/.exec(made.stdout)?.[0] ?? '',
      LIFEBOAT_IDENTITY: /AGE-SECRET-KEY-\S+/.exec(key)?.[0] ?? '',
      CORPORATE_INTEL_REPOSITORY: join(folder, 'repository'),
      CORPORATE_INTEL_DATABASE_URL: `postgresql://lifeboat:${PASSWORD}@127.0.0.1:1/corporate_intel`,
    },
  };
  writeFileSync(join(folder, 'lifeboat.yaml'), EXAMPLE);
  expect((await lifeboat(['init', '--repository', join(folder, 'repository')], calling)).code).toBe(0);
}

export function removeFolder(): void {
  for (const one of [folder, ...made]) rmSync(one, { recursive: true, force: true });
}

export const recoverArgs = ['recover', 'accidental-deletion', '--set', 'actor=analyst'];
let plans = 0;
/** Looking into the journal makes one, and that is no change. That no run began is looked at in the end. */
const RUNS = /-?state\/(journal|work|\.gitignore)/;

/** Calls lifeboat, and looks that whatever it answered, nothing in the folder was changed and no password was shown. */
export async function refused(args: readonly string[], refusal: Refusal, how: Partial<Calling> = {}) {
  const before = contentOf(folder, RUNS);
  const ended = await lifeboat([...args, '--json'], { ...calling, ...how });
  const error = expectRefusal(ended, refusal);
  expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
  expect(contentOf(folder, RUNS)).toEqual(before);
  return error;
}

/** A plan in a folder of its own, beside which nothing stands that could change. */
export function planFile(content: string | Buffer): string {
  const own = mkdtempSync(join(tmpdir(), 'lifeboat-bad-plan-'));
  made.push(own);
  plans += 1;
  const file = join(own, `plan-${plans}.yaml`);
  writeFileSync(file, content);
  return file;
}
const made: string[] = [];

export const invalid = (says: string | RegExp, hint: string | RegExp = 'lifeboat check --plan'): Refusal => ({
  exit: 2,
  code: 'PLAN_INVALID',
  says,
  hint,
});

export const usage = (says: string | RegExp, hint: string | RegExp): Refusal => ({
  exit: 2,
  code: 'USAGE',
  says,
  hint,
});
