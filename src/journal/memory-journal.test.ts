import { describe, expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import { crashAfter } from './crash-after.fake.ts';
import { createdEvent, journalContract } from './journal.testsuite.ts';
import { keepJournal } from './keep-journal.ts';
import { memoryJournal, memoryStore, noContent } from './memory-journal.fake.ts';

journalContract('the journal in memory', () => {
  const content = noContent();
  return { open: (facts) => keepJournal(memoryStore(content), facts) };
});

const clock: Clock = { now: () => new Date('2026-01-14T03:00:00Z'), sleep: () => Promise.resolve() };
const run = { id: 'run-1', lock: 'shop/production', by: 'ana', origin: createdEvent() };

describe('the journal in memory', () => {
  test('plays a crash: the next process claims what the dead one held', async () => {
    const journal = memoryJournal({ clock });
    await journal.create(run);
    const next = journal.anotherProcess();
    await expect(next.claim('run-1', 'bob')).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    journal.die();
    expect(await next.claim('run-1', 'bob')).toEqual({ run: 'run-1', epoch: 2 });
  });
});

describe('crashAfter', () => {
  class Crash extends Error {}
  const crash = () => {
    throw new Crash();
  };

  test.each([
    [1, 2],
    [2, 2],
    [3, 3],
    [4, 5],
    [5, 5],
    [6, 6],
  ])('after event %i, %i events are kept', async (n, kept) => {
    const inner = memoryJournal({ clock });
    const journal = crashAfter(inner, n, crash);
    const work = async () => {
      const claim = await journal.create(run);
      await journal.append(claim, 'ana', [{ type: 'run.impact', impactAt: 'x', source: 'y' }]);
      await journal.append(claim, 'ana', [
        { type: 'step.undoing', step: 'a' },
        { type: 'step.undone', step: 'a' },
      ]);
      await journal.signal('run-1', 'bob', { type: 'run.canceled', reason: 'x' });
    };
    await expect(work()).rejects.toThrow(Crash);
    expect(await inner.events('run-1')).toHaveLength(kept);
  });

  test('a claim counts as one, and the crash comes once', async () => {
    const inner = memoryJournal({ clock });
    await inner.release(await inner.create(run));
    const journal = crashAfter(inner, 1, crash);
    await expect(journal.claim('run-1', 'ana')).rejects.toThrow(Crash);
    await journal.append({ run: 'run-1', epoch: 2 }, 'ana', [{ type: 'run.succeeded' }]);
  });
});
