import type { RunJournal } from '../model/journal.ts';

/** Calls `crash` once, right after the n-th event this process wrote became durable. Signals count, too. */
export function crashAfter(journal: RunJournal, n: number, crash: () => void): RunJournal {
  let written = 0;
  const count = (events: number) => {
    const before = written;
    written += events;
    if (before < n && written >= n) crash();
  };
  return {
    ...journal,
    async create(run) {
      const claim = await journal.create(run);
      count(2);
      return claim;
    },
    async claim(run, by) {
      const claim = await journal.claim(run, by);
      count(1);
      return claim;
    },
    async append(claim, by, events) {
      const kept = await journal.append(claim, by, events);
      count(kept.length);
      return kept;
    },
    async signal(run, by, event) {
      const kept = await journal.signal(run, by, event);
      count(1);
      return kept;
    },
  };
}
