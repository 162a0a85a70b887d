import type { JournalEvent } from './run.ts';

/** How it stands with the word that a step waits for after it has acted: asked once, and durable like all else. */
export interface Confirmation {
  /** When it was first asked: the effect was there, and proven. */
  readonly since: string;
  /** A later asking, by a process that took the run up, does not move it. */
  readonly until: string;
  readonly count: number;
  readonly yes: readonly { readonly by: string; readonly at: string; readonly reason?: string }[];
  readonly no?: { readonly by: string; readonly reason: string };
  /** Why it is taken back. From then on no word counts. */
  readonly takenBack?: string;
}

/** The people still missing. */
export const confirmationsMissing = ({ count, yes }: Confirmation): number =>
  Math.max(0, count - new Set(yes.map(({ by }) => by)).size);

/** confirmed: for good. denied, late: it is to be taken back. */
export type ConfirmationStand = 'open' | 'confirmed' | 'denied' | 'late';

/** How it stands at a moment. What was said in time counts, however late it is read. */
export function standOf(confirmation: Confirmation, now: Date): ConfirmationStand {
  const { no, takenBack, until } = confirmation;
  if (takenBack === undefined && no === undefined && confirmationsMissing(confirmation) === 0) return 'confirmed';
  if (no !== undefined) return 'denied';
  return takenBack !== undefined || now.getTime() >= Date.parse(until) ? 'late' : 'open';
}

type Word = Extract<JournalEvent, { type: 'step.confirmed' | 'step.denied' }>;
type Asking = Extract<JournalEvent, { type: 'step.waiting' | 'step.taking_back' }>;

/** The confirmation of a step after an event about it, as a part of its state. Nothing where none is asked. */
export function confirmationOf(
  before: Confirmation | undefined,
  event: Word | Asking,
): { readonly confirmation?: Confirmation } {
  if (event.type === 'step.waiting') return before ? { confirmation: before } : asked(event);
  if (!before) return {};
  const isWord = event.type !== 'step.taking_back';
  return { confirmation: isWord ? withWord(before, event) : { ...before, takenBack: event.why } };
}

function asked({ at, waitsFor }: Asking & { type: 'step.waiting' }): { readonly confirmation?: Confirmation } {
  if (waitsFor.kind !== 'confirmation') return {};
  const { until, count } = waitsFor;
  return { confirmation: { since: at, until, count, yes: [] } };
}

/** A word that comes too late, or when all is said, changes nothing. */
function withWord(before: Confirmation, event: Word): Confirmation {
  if (standOf(before, new Date(event.at)) !== 'open') return before;
  const { by, at, reason } = event;
  if (event.type === 'step.denied') return { ...before, no: { by, reason: event.reason } };
  return { ...before, yes: [...before.yes, { by, at, ...(reason ? { reason } : {}) }] };
}
