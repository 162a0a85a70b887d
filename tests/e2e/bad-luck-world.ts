import { expect } from 'vitest';
import { TINY_SEED, withClient } from '../../lab/corporate-intel/database.ts';
import { startStream, startWorld, type World } from '../../lab/corporate-intel/world.ts';
import type { RecoverOutput } from '../../lab/demo/result.ts';
import type { RunningLifeboat } from '../../lab/lifeboat.ts';
import type { ErrorRecord } from '../../src/model/errors.ts';
import { documentOf, type Ended, expectRefusal, lifeboat, type Refusal } from './bad-luck.ts';

/* The one small world of the test file that imports this, with a base backup and a stream. */
export let world: World;
export let stream: RunningLifeboat;

export async function startSmallWorld(): Promise<void> {
  world = await startWorld({ seed: TINY_SEED, rate: 10, settings: ['fsync = off'] });
  stream = await startStream(world);
  expect(await run(['backup', 'database', '--method', 'base_backup'])).toMatchObject({ code: 0 });
}

export type Env = Readonly<Record<string, string>>;
export const calling = (env: Env = {}) => ({ cwd: world.folder.path, env: { ...world.env, ...env } });
export const run = (args: readonly string[], env: Env = {}): Promise<Ended> =>
  lifeboat([...args, '--plan', world.plan, '--json'], calling(env));

export async function refused(args: readonly string[], refusal: Refusal, env: Env = {}): Promise<ErrorRecord> {
  const ended = await run(args, env);
  const password = new URL(world.env.CORPORATE_INTEL_DATABASE_URL ?? '').password;
  expect(ended.stdout + ended.stderr).not.toContain(password);
  return expectRefusal(ended, refusal);
}

export const addressWith = (part: 'password' | 'port' | 'hostname' | 'pathname', value: string): Env => {
  const url = new URL((world.env.CORPORATE_INTEL_DATABASE_URL ?? '').replace('postgresql:', 'http:'));
  url[part] = value;
  return { CORPORATE_INTEL_DATABASE_URL: url.href.replace('http:', 'postgresql:') };
};

export const backups = async (): Promise<readonly string[]> => {
  const { components } = documentOf(await run(['points'])) as { components: { points: { backup: string }[] }[] };
  return components.flatMap(({ points }) => points.map(({ backup }) => backup));
};

export const canLogIn = (role: string): Promise<boolean> =>
  withClient(world.urls.superuser, async (client) => {
    const { rows } = await client.query('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [role]);
    return rows[0].rolcanlogin;
  });

export const letIn = (role: string): Promise<unknown> =>
  withClient(world.urls.superuser, (client) => client.query(`ALTER ROLE ${role} LOGIN`));

/** A run that stopped at a step and can be resumed: exit 12, and the step says why. */
export async function paused(ended: Ended, at: { step: string; code: string; says: RegExp }): Promise<RecoverOutput> {
  const result = documentOf(ended) as unknown as RecoverOutput & { steps: { id: string; waits_for?: string }[] };
  const step = result.steps.find(({ id }) => id === at.step);
  expect({ exit: ended.code, code: (result.error as ErrorRecord | undefined)?.code, step }).toMatchObject({
    exit: 12,
    code: 'RUN_PAUSED',
    step: {
      waits_for: 'decision',
      error: { code: at.code, message: expect.stringMatching(at.says), hint: expect.stringMatching(/\S/) },
    },
  });
  expect(documentOf(await run(['status', result.run]))).toMatchObject({ status: 'paused', owner_state: 'none' });
  return result;
}

export const decide = async (id: string, step: string, decision: string) =>
  expect(await run(['decide', id, step, decision, '--reason', 'a test'])).toMatchObject({ code: 0 });
export const cancel = async (id: string) =>
  expect(await run(['cancel', id, '--reason', 'a test'])).toMatchObject({ code: 0 });
export const recoverAs = (actor: string, ...more: string[]) => [
  'recover',
  'accidental-deletion',
  '--set',
  `actor=${actor}`,
  ...more,
];
