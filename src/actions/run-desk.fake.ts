import { KnownError } from '../model/errors.ts';
import type { Answer, RunDesk, Seen, Task } from './run-desk.ts';

/** A desk in memory, and what is kept at it. Somebody answers at once. */
export interface FakeDesk {
  readonly desk: RunDesk;
  readonly kept: { heldUntil?: string; answer?: Answer; asked: Task[]; world?: Seen };
}

const nothingSeen: Seen = { met: false, seen: 'nothing' };

export function fakeDesk(
  say: Pick<Answer, 'outcome' | 'answer'> = { outcome: 'done', answer: '' },
  approvedBy: readonly string[] = [],
): FakeDesk {
  const kept: FakeDesk['kept'] = { asked: [] };
  const desk: RunDesk = {
    heldUntil: async () => (kept.heldUntil === undefined ? undefined : new Date(kept.heldUntil)),
    async hold(until) {
      kept.heldUntil ??= until.toISOString();
      return new Date(kept.heldUntil);
    },
    answer: async () => kept.answer,
    async ask(task) {
      if (kept.answer) return kept.answer;
      kept.asked.push(task);
      kept.answer = { ...say, by: 'ada', at: '2026-01-14T03:00:00.000Z' };
      return kept.answer;
    },
    look: async () => kept.world ?? nothingSeen,
    async lookUntil(_look, { signal }) {
      signal.throwIfAborted();
      if (kept.world?.met) return kept.world;
      throw new KnownError('TIMED_OUT', 'waited in vain', 'Look why.');
    },
    approvedBy: async () => approvedBy,
  };
  return { desk, kept };
}
