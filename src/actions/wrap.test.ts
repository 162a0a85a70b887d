import { describe, expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import { KnownError } from '../model/errors.ts';
import type { ActionContext } from './action.ts';
import { withFaults } from './testing/faults.ts';
import { darkLamp, type Lamps, light } from './testing/lamps.fake.ts';
import { withReadOnly, withReadRetry } from './wrap.ts';

const unreachable = new KnownError('TARGET_UNREACHABLE', 'the lamps do not answer', 'Wait.');
const denied = new KnownError('TARGET_DENIED', 'the lamps say no', 'Ask.');
const input = { lamp: 'door' };

function contextOf(client: Lamps, signal = new AbortController().signal) {
  const clock = fakeClock();
  const notes: unknown[] = [];
  const note = async (fact: unknown) => void notes.push(fact);
  const ctx: ActionContext<Lamps> = { client, key: 'run-1/step', signal, clock, log: () => undefined, note, notes: [] };
  return { ctx, clock, notes };
}

async function lamps() {
  const { client, state } = await darkLamp.prepare();
  return { client, state };
}

describe('withReadRetry', () => {
  const steady = withReadRetry(light, [1000, 4000]);

  test('looks again after an error that may pass, with a pause', async () => {
    const { client, assertAllFired } = withFaults((await lamps()).client, { isLit: [unreachable, unreachable] });
    const { ctx, clock } = contextOf(client);
    const before = clock.now().getTime();
    expect(await steady.observe(ctx, input)).toEqual({ state: 'absent' });
    expect(clock.now().getTime() - before).toBe(5000);
    assertAllFired();
  });

  test('verify too', async () => {
    const { client, assertAllFired } = withFaults((await lamps()).client, { isLit: [unreachable] });
    expect(await steady.verify(contextOf(client).ctx, input, input)).toMatchObject([{ held: false }]);
    assertAllFired();
  });

  test('gives the error on when it does not pass', async () => {
    const { client, assertAllFired } = withFaults((await lamps()).client, {
      isLit: [unreachable, unreachable, unreachable],
    });
    await expect(steady.observe(contextOf(client).ctx, input)).rejects.toBe(unreachable);
    assertAllFired();
  });

  test.each([denied, new TypeError('x is undefined')])('does not try again after %s', async (error) => {
    const { client } = withFaults((await lamps()).client, { isLit: [error] });
    await expect(steady.observe(contextOf(client).ctx, input)).rejects.toBe(error);
    expect(await steady.observe(contextOf(client).ctx, input)).toEqual({ state: 'absent' });
  });

  test('run and undo are called once: their tries are kept in the journal', async () => {
    const { client } = withFaults((await lamps()).client, { light: [unreachable], isLit: [undefined, unreachable] });
    await expect(steady.run(contextOf(client).ctx, input)).rejects.toBe(unreachable);
    const undo = steady.undo as Exclude<typeof steady.undo, { impossible: string }>;
    await expect(undo(contextOf(client).ctx, input, input)).rejects.toBe(unreachable);
  });

  test('an abort ends it at once, during a look and during a pause', async () => {
    const stop = new AbortController();
    const pausing = contextOf(withFaults((await lamps()).client, { isLit: [unreachable] }).client, stop.signal);
    const looking = steady.observe(pausing.ctx, input);
    stop.abort(new Error('stopped'));
    await expect(looking).rejects.toThrow();
    const { client } = withFaults((await lamps()).client, { isLit: [unreachable, denied] });
    await expect(steady.observe(contextOf(client, stop.signal).ctx, input)).rejects.toBe(unreachable);
  });
});

describe('withReadOnly', () => {
  const readOnly = withReadOnly(light);

  test('looks as before', async () => {
    const { client } = await lamps();
    expect(await readOnly.observe(contextOf(client).ctx, input)).toEqual({ state: 'absent' });
    expect(await readOnly.verify(contextOf(client).ctx, input, input)).toMatchObject([{ held: false }]);
  });

  test('refuses run and undo, and nothing has changed', async () => {
    const { client, state } = await lamps();
    const before = state();
    const refusal = { code: 'INTERNAL', message: expect.stringContaining('only looking is allowed') };
    await expect(readOnly.run(contextOf(client).ctx, input)).rejects.toMatchObject(refusal);
    const undo = readOnly.undo as Exclude<typeof light.undo, { impossible: string }>;
    await expect(undo(contextOf(client).ctx, input, input)).rejects.toMatchObject(refusal);
    expect(state()).toEqual(before);
  });

  test('refuses to keep anything', async () => {
    const noting = withReadOnly({
      ...light,
      observe: async (ctx) => {
        await ctx.note(1);
        return { state: 'absent' };
      },
    });
    const { ctx, notes } = contextOf((await lamps()).client);
    await expect(noting.observe(ctx, input)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(notes).toEqual([]);
  });

  test('still says why something cannot be undone', () => {
    const undo = { impossible: 'It is gone.' };
    expect(withReadOnly({ ...light, undo }).undo).toBe(undo);
  });
});
