import { describe, expect, test } from 'vitest';
import type { ActionContext } from '../../../actions/action.ts';
import { fakeClock } from '../../../lib/clock.fake.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import { type FakeShell, fakeShell } from '../client.fake.ts';
import type { ShellClient } from '../client-api.ts';
import { run } from './run.ts';

interface More {
  readonly notes?: Json[];
  readonly again?: boolean;
  readonly inDoubt?: boolean;
  readonly signal?: AbortSignal;
  readonly fence?: (text: string) => void;
}

/** One process at the step; `notes` are what an earlier one has left. */
function at(fake: FakeShell, { notes = [], signal = new AbortController().signal, ...more }: More = {}) {
  const ctx: ActionContext<ShellClient> = {
    client: fake.client,
    key: 'run-1/step',
    signal,
    clock: fakeClock(),
    log: () => undefined,
    note: async (note) => void notes.push(note),
    notes,
    ...more,
  };
  return { ctx, notes };
}

const input = (more: JsonObject = {}) => run.input.parse({ command: 'make x', ...more });
const stopped = (): AbortSignal => AbortSignal.abort(new KnownError('TIMED_OUT', 'too late', ''));

describe('after a crash, without a command that can tell', () => {
  test('what was never started is absent', async () => {
    expect(await run.observe(at(fakeShell()).ctx, input())).toEqual({ state: 'absent' });
  });

  test('what was never noted is unknown when notes may be missing, until a person says "again" or the world tells', async () => {
    const unknown = { state: 'unknown', why: expect.stringContaining('may have begun it') };
    expect(await run.observe(at(fakeShell(), { inDoubt: true }).ctx, input())).toEqual(unknown);
    expect(await run.observe(at(fakeShell(), { inDoubt: true, again: true }).ctx, input())).toEqual({
      state: 'absent',
    });
    const told = await run.observe(at(fakeShell(), { inDoubt: true }).ctx, input({ observe: 'look x' }));
    expect(told).toEqual({ state: 'absent' });
  });

  test('what was noted and not begun is begun by the next process, under the same name', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    const dead = { ...ctx, client: { ...fake.client, begin: () => Promise.reject(new Error('kill -9')) } };
    await expect(run.run(dead, input())).rejects.toThrow('kill -9');
    expect(await run.observe(at(fake, { notes }).ctx, input())).toEqual({ state: 'absent' });
    await run.run(at(fake, { notes }).ctx, input());
    expect(notes).toHaveLength(1);
    expect(fake.made.get('x')).toBe(1);
  });

  test('what has ended is done, with what it put out', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    const output = await run.run(ctx, input());
    expect(await run.observe(at(fake, { notes }).ctx, input())).toEqual({ state: 'done', output });
    expect(output).toMatchObject({ exit_code: 0, json: { done: true }, stdout: '{"done": true}' });
  });

  test('what has failed is not run again by itself: its proof is red', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    const failing = input({ command: 'fail' });
    const output = await run.run(ctx, failing);
    const seen = await run.observe(at(fake, { notes }).ctx, failing);
    expect(seen).toMatchObject({ state: 'done', output: { exit_code: 7 } });
    expect(await run.verify(ctx, failing, output)).toEqual([
      { claim: 'it ended with the exit code 0', held: false, observed: 'exit code 7: no such thing' },
    ]);
    expect(await run.verify(ctx, input({ command: 'fail', exit_codes: [0, 7] }), output)).toMatchObject([
      { held: true },
    ]);
  });

  test('what was stopped midway is unknown', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake, { signal: stopped() });
    await expect(run.run(ctx, input())).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(await run.observe(at(fake, { notes }).ctx, input())).toEqual({
      state: 'unknown',
      why: 'it was stopped before it had ended',
    });
  });

  test('what another machine has started is unknown here', async () => {
    const { ctx, notes } = at(fakeShell('there'));
    await run.run(ctx, input());
    expect(await run.observe(at(fakeShell('here'), { notes }).ctx, input())).toEqual({
      state: 'unknown',
      why: 'it was started on there, and this is here',
    });
  });

  test('a person who says "again" has it run again, once', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    await run.run(ctx, input());
    const again = at(fake, { notes, again: true }).ctx;
    expect((await run.observe(again, input())).state).toBe('unknown');
    await run.run(again, input());
    expect(fake.made.get('x')).toBe(2);
    expect(await run.observe(at(fake, { notes }).ctx, input())).toMatchObject({ state: 'done' });
    expect(notes).toHaveLength(2);
  });
});

describe('with a command that can tell', () => {
  const telling = (more: JsonObject = {}) => input({ observe: 'look x', ...more });

  test.each([
    [0, { state: 'done', output: { from: 'observe', exit_code: 0 } }],
    [1, { state: 'absent' }],
    [2, { state: 'unknown', why: 'observe cannot tell: exit code 2: no such thing' }],
  ])('exit code %i is its answer', async (answer, seen) => {
    const fake = fakeShell();
    fake.answer = answer;
    expect(await run.observe(at(fake).ctx, telling())).toMatchObject(seen);
  });

  test('it is asked how far a stopped command came', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake, { signal: stopped() });
    await expect(run.run(ctx, telling())).rejects.toThrow();
    expect(await run.observe(at(fake, { notes }).ctx, telling())).toMatchObject({ state: 'done' });
    fake.answer = 1;
    expect(await run.observe(at(fake, { notes }).ctx, telling())).toEqual({ state: 'absent' });
    delete fake.answer;
    await run.run(at(fake, { notes }).ctx, telling());
    expect(fake.made.get('x')).toBe(2);
  });

  test('an exit code of 0 is not enough when it says that nothing was done', async () => {
    const fake = fakeShell();
    const { ctx } = at(fake);
    const output = await run.run(ctx, telling());
    expect(await run.verify(ctx, telling(), output)).toMatchObject([{ held: true }, { held: true }]);
    fake.answer = 1;
    expect(await run.verify(ctx, telling(), output)).toMatchObject([{ held: true }, { held: false }]);
  });
});

describe('undo', () => {
  test('what was run again after it was taken back, is taken back again', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    const taking = input({ undo: 'make undone' });
    const take = () => undo(at(fake, { notes }).ctx, taking, null as never);
    await run.run(ctx, taking);
    await take();
    await take();
    expect(fake.made.get('undone')).toBe(1);
    await run.run(at(fake, { notes, again: true }).ctx, taking);
    await take();
    await take();
    expect(fake.made.get('undone')).toBe(2);
  });

  test('says beforehand whether the plan gives a command for it', () => {
    expect(run.cannotUndo?.(input())).toBe('The plan gives no command that takes it back.');
    expect(run.cannotUndo?.(input({ undo: 'make undone' }))).toBeUndefined();
  });

  const undo = run.undo as Exclude<typeof run.undo, { impossible: string }>;

  test('without a command for it is refused, and says so', async () => {
    await expect(undo(at(fakeShell()).ctx, input(), null as never)).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });

  test('that fails is a failure, and the next time it is tried again', async () => {
    const fake = fakeShell();
    const { ctx, notes } = at(fake);
    const taking = input({ undo: 'unmake y' });
    await expect(undo(ctx, taking, null as never)).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: 'undo failed: exit code 1: no such thing',
    });
    fake.made.set('y', 1);
    await undo(at(fake, { notes }).ctx, taking, null as never);
    expect(fake.made.has('y')).toBe(false);
  });
});

describe('the input', () => {
  test.each([
    ['no command', { command: ' ' }],
    ['a variable of ours', { command: 'x', environment: { LIFEBOAT_KEY: 'x' } }],
    ['a variable that is none', { command: 'x', environment: { 'BASH_FUNC_x%%': 'x' } }],
    ['an exit code that there is not', { command: 'x', exit_codes: [256] }],
  ])('%s is refused', (_what, given) => expect(run.input.safeParse(given).success).toBe(false));

  test('secrets of the environment pass the fence as values, before anything is started', async () => {
    const fake = fakeShell();
    const fence = (text: string) => {
      if (text.includes('env:PROD')) throw new KnownError('TARGET_PROTECTED', text, '');
    };
    const { ctx, notes } = at(fake, { fence });
    const secret = input({ environment: { URL: { secret: 'env:PROD' } } });
    await expect(run.run(ctx, secret)).rejects.toMatchObject({ code: 'TARGET_PROTECTED' });
    expect(fake.made.size).toBe(0);
    expect(await run.observe(at(fake, { notes }).ctx, input())).toEqual({ state: 'absent' });
  });
});
