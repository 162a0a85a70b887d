import type { JournalEvent, Obligation } from './run.ts';

export interface OpenedObligation extends Obligation {
  readonly step: string;
  readonly openedAt: string;
  readonly settledAt?: string;
}

interface Owing {
  readonly obligations: readonly OpenedObligation[];
}

/** With one more; what is owed already is not owed twice. */
export function openObligation(
  state: Owing,
  event: JournalEvent & { type: 'obligation.opened' },
): readonly OpenedObligation[] {
  if (state.obligations.some((known) => known.id === event.obligation.id && known.settledAt === undefined))
    return state.obligations;
  return [...state.obligations, { ...event.obligation, step: event.step, openedAt: event.at }];
}

/** With one put back. */
export const settleObligation = (state: Owing, id: string, at: string): readonly OpenedObligation[] =>
  state.obligations.map((known) =>
    known.id === id && known.settledAt === undefined ? { ...known, settledAt: at } : known,
  );

/** What is not put back yet. */
export const openObligations = (state: Owing): readonly OpenedObligation[] =>
  state.obligations.filter((known) => known.settledAt === undefined);
