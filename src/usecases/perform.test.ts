import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { ActionContext } from '../actions/action.ts';
import { minutes, seconds } from '../lib/duration.ts';
import { perform } from './perform.ts';
import type { PlanWorld } from './services.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

type Verb = (ctx: ActionContext<unknown>) => Promise<never>;

/** Five minutes at most, and in each test one verb does not end well. */
function copy(verbs: { observe?: Verb; run?: Verb; verify?: Verb }) {
  const action = {
    name: 'fake.copy' as const,
    summary: 'Copy it.',
    danger: 'add' as const,
    timeout: minutes(5),
    input: z.strictObject({}),
    output: z.strictObject({}),
    permissions: () => [],
    observe: async () => ({ state: 'absent' as const }),
    preview: () => ({ danger: 'add' as const, changes: [] }),
    run: async () => ({}),
    verify: async () => [{ claim: 'it is there', held: true, observed: 'there' }],
    undo: { impossible: 'a copy does no harm' },
    ...verbs,
  };
  return (signal: AbortSignal) => {
    const services = rig.services({ openActions: () => ({ find: () => ({ action, client: {} }) }) });
    return perform({ action: 'fake.copy', input: {}, signal, log: () => undefined }, {} as PlanWorld, services);
  };
}

const deaf: Verb = () => new Promise(() => undefined);
const listening: Verb = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

test.each([
  ['looking', { observe: deaf }, 'fake.copy: looking at the world did not end within 5m'],
  ['running', { run: deaf }, 'fake.copy did not end within 5m'],
  ['running, and listening', { run: listening }, 'fake.copy did not end within 5m'],
  ['verifying', { verify: deaf }, 'fake.copy did not end within 5m'],
])('an action ends when its time is over while %s', async (_what, verbs, message) => {
  const begun = rig.clock.now().getTime();
  const error = await copy(verbs)(new AbortController().signal).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TIMED_OUT', message, hint: expect.stringContaining('lifeboat points') });
  expect(rig.clock.now().getTime() - begun).toBe(minutes(5));
});

test('an action that does not listen to Ctrl-C is given a moment to come to rest, and no more', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped by a signal');
  const run: Verb = () => {
    stop.abort(reason);
    return new Promise(() => undefined);
  };
  const begun = rig.clock.now().getTime();
  await expect(copy({ run })(stop.signal)).rejects.toBe(reason);
  expect(rig.clock.now().getTime() - begun).toBe(seconds(10));
});

test('an action in time is not disturbed', async () => {
  expect(await copy({})(new AbortController().signal)).toEqual({});
});
