import { describe, expect, test } from 'vitest';
import { actionContract } from '../../actions/contract.testsuite.ts';
import { fakeDesk } from '../../actions/run-desk.fake.ts';
import { nobodyThere, type RunDesk } from '../../actions/run-desk.ts';
import { attempt } from '../../actions/testing/attempt.ts';
import { KnownError } from '../../model/errors.ts';
import { approve } from './actions/approve.ts';
import { task } from './actions/task.ts';

const deskThat = (...says: Parameters<typeof fakeDesk>) => {
  const { desk, kept } = fakeDesk(...says);
  const spoil = () => {
    kept.answer = { outcome: 'failed', answer: 'it fell down again', by: 'ada', at: '2026-01-14T03:00:00.000Z' };
  };
  return { client: desk, state: () => kept, spoil };
};

actionContract(task, {
  'somebody who does it': {
    input: { instruction: 'Pull the plug', done_when: 'The lamp is out' },
    prepare: () => deskThat({ outcome: 'done', answer: 'it sparked' }),
    writes: ['ask', 'hold'],
  },
});

actionContract(task, {
  'a machine that sees it': {
    input: {
      instruction: 'Pull the plug',
      done_when: { uses: 'fake.gauge', until: 'outputs.there', text: 'The lamp is out' },
    },
    prepare: () => {
      const { desk, kept } = fakeDesk({ outcome: 'done', answer: 'pulled' });
      const ask = desk.ask;
      // Whoever is asked does it, and from then on the machine sees it.
      const doing = async (...asked: Parameters<typeof ask>) => {
        kept.world = { met: true, seen: 'there = true', output: { there: true } };
        return ask(...asked);
      };
      const spoil = () => {
        kept.world = { met: false, seen: 'there = false', output: { there: false } };
      };
      return { client: { ...desk, ask: doing }, state: () => kept, spoil };
    },
    writes: ['ask', 'hold'],
  },
});

const ctxOf = (client: RunDesk) => attempt(client).ctx;

describe('human.task', () => {
  const input = { instruction: 'Pull the plug' };

  test('puts out what was said, by whom and when', async () => {
    const { desk, kept } = fakeDesk({ outcome: 'done', answer: 'the red one' });
    expect(await task.run(ctxOf(desk), input)).toEqual({ answer: 'the red one', by: 'ada', at: kept.answer?.at });
    expect(kept.asked).toEqual([input]);
    const proofs = await task.verify(ctxOf(desk), input, { answer: '', by: '', at: '' });
    expect(proofs).toEqual([
      { claim: 'somebody says that it is done', held: true, observed: 'ada said "done": the red one' },
    ]);
  });

  test('fails with the words of whoever could not do it', async () => {
    const { desk } = fakeDesk({ outcome: 'failed', answer: 'no plug there' });
    await expect(task.run(ctxOf(desk), input)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: 'ada said that it could not be done: no plug there',
    });
  });

  test('who is asked is told what the machine looks for, in words or as it is written', () => {
    const seen = (text?: string) =>
      task.input.parse({
        ...input,
        done_when: { uses: 'fake.gauge', until: 'outputs.there', ...(text ? { text } : {}) },
      });
    const asks = ['somebody is asked: Pull the plug', 'it is done when fake.gauge gives there'];
    expect(task.preview(seen(), { state: 'absent' }).changes).toEqual(asks);
    expect(task.preview(seen('The lamp is out'), { state: 'absent' }).changes).toEqual(asks);
  });

  test('who answers for it does so also where the machine cannot look', async () => {
    const { desk, kept } = fakeDesk();
    kept.answer = { outcome: 'done', answer: 'I saw it', by: 'ada', at: '2026-01-14T03:00:00.000Z', despiteLook: true };
    const blind = { ...desk, look: () => Promise.reject(new KnownError('SECRET_MISSING', 'no token', 'Set it.')) };
    const seen = task.input.parse({ ...input, done_when: { uses: 'fake.gauge', until: 'outputs.there' } });
    expect(await task.verify(ctxOf(blind), seen, { answer: '', by: '', at: '' })).toMatchObject([
      { held: true, observed: 'ada said "done": I saw it; seen: no token' },
    ]);
    kept.answer = { outcome: 'done', answer: '', by: 'ada', at: '' };
    await expect(task.verify(ctxOf(blind), seen, { answer: '', by: '', at: '' })).rejects.toMatchObject({
      code: 'SECRET_MISSING',
    });
  });

  test('outside of a run there is nobody to ask', async () => {
    expect(await task.observe(ctxOf(nobodyThere), input)).toEqual({ state: 'absent' });
    await expect(task.run(ctxOf(nobodyThere), input)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('human.approve', () => {
  const input = { question: 'Leave the region?' };

  test('asks, and a "done" is a yes', async () => {
    const { desk, kept } = fakeDesk({ outcome: 'done', answer: 'two of us agree' });
    expect(await approve.observe(ctxOf(desk), input)).toEqual({ state: 'absent' });
    expect(await approve.run(ctxOf(desk), input)).toEqual({ answer: 'two of us agree', by: ['ada'] });
    expect(kept.asked).toEqual([{ instruction: 'Leave the region?' }]);
    expect(await approve.observe(ctxOf(desk), input)).toMatchObject({ state: 'done' });
  });

  test('"failed" is a no', async () => {
    const { desk } = fakeDesk({ outcome: 'failed', answer: 'it comes back at four' });
    await expect(approve.run(ctxOf(desk), input)).rejects.toMatchObject({
      code: 'APPROVAL_REJECTED',
      message: 'ada said no: it comes back at four',
    });
    expect(await approve.verify(ctxOf(desk), input, { answer: '', by: [] })).toMatchObject([{ held: false }]);
  });

  test('the approval of its step is the answer, and nobody is asked twice', async () => {
    const { desk, kept } = fakeDesk(undefined, ['grace', 'bob']);
    expect(await approve.run(ctxOf(desk), input)).toEqual({ answer: '', by: ['grace', 'bob'] });
    expect(kept.asked).toEqual([]);
  });

  test('who approves is shown the question', () =>
    expect(approve.preview(input, { state: 'absent' })).toEqual({ danger: 'read', changes: ['Leave the region?'] }));
});
