/**
 * What one vantage point sees of a primary.
 *
 * - alive: something of it answers.
 * - quiet: nothing says that it is gone, and nothing fresh says that it lives. Wait and look again.
 * - gone: it should be heard from here, and is not.
 * - blind: this vantage point cannot look, which says nothing about the primary.
 */
export type Sight = 'alive' | 'quiet' | 'gone' | 'blind';

export interface View {
  /** `us`, the name of a replica, or the name that the plan gives the vantage point. */
  readonly from: string;
  readonly kind: 'us' | 'replica' | 'url' | 'command';
  readonly sight: Sight;
  /** What was seen, in words. */
  readonly how: string;
}

/** up: it lives and we reach it. cut_off: it lives, and only we do not reach it. not_known: too few can tell. */
export const VERDICTS = ['up', 'down', 'cut_off', 'not_known'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** As many places must miss it before it counts as down: one alone may itself be cut off. */
export const WITNESSES = 2;

/** One sign of life outweighs any silence, and silence counts only when two places that could hear it do not. */
export function verdictOf(views: readonly View[]): Verdict {
  const alive = views.filter(({ sight }) => sight === 'alive');
  if (alive.some(({ kind }) => kind === 'us')) return 'up';
  if (alive.length > 0) return 'cut_off';
  if (views.some(({ sight }) => sight === 'quiet')) return 'not_known';
  return views.filter(({ sight }) => sight === 'gone').length >= WITNESSES ? 'down' : 'not_known';
}

/** `us: nothing listens there (ECONNREFUSED); replica: its stream has ended` */
export const viewsInWords = (views: readonly View[]): string =>
  views.map(({ from, how }) => `${from}: ${how}`).join('; ');

/** How our own question to the primary ended: each stage is only reached through the one before. */
export type Probe =
  | { readonly reached: 'write'; readonly how: string }
  | { readonly reached: 'login'; readonly how: string }
  | { readonly reached: 'answer'; readonly how: string }
  | { readonly reached: 'refused' | 'silence'; readonly how: string }
  /** The question never left: a name that cannot be looked up, no network of our own. */
  | { readonly reached: 'nowhere'; readonly how: string };

const SIGHT_OF_PROBE: Readonly<Record<Probe['reached'], Sight>> = {
  write: 'alive',
  // It takes no writes, and still it lives: whoever reaches it may change its mind.
  login: 'alive',
  answer: 'alive',
  refused: 'gone',
  silence: 'gone',
  nowhere: 'blind',
};

export const ownView = (probe: Probe): View => ({
  from: 'us',
  kind: 'us',
  sight: SIGHT_OF_PROBE[probe.reached],
  how: probe.how,
});

/** What a replica says of its stream. */
export interface Stream {
  readonly inRecovery: boolean;
  /** It has received something since it was started: only then its silence says anything. */
  readonly hasReceived: boolean;
  /** Of `pg_stat_wal_receiver`; absent when no receiver runs. */
  readonly receiver?: {
    readonly status: string;
    /** Since the last message of the primary, by the replica's own clock. */
    readonly silentMs: number;
    /** After so long without a message the receiver asks for one; 0 when it never does. */
    readonly asksAfterMs: number;
  };
}

/** Time for the answer to come, and for the receiver to wake up and ask. */
const ANSWER_WITHIN_MS = 2000;

/** A message as young as this was sent by a primary that lives now. */
const FRESH_MS = 1000;

export function replicaView(from: string, { inRecovery, hasReceived, receiver }: Stream): View {
  const seen = (sight: Sight, how: string): View => ({ from, kind: 'replica', sight, how });
  if (!inRecovery) return seen('blind', 'it is a primary itself and follows nobody');
  if (receiver === undefined)
    return hasReceived
      ? seen('gone', 'its stream has ended')
      : seen('blind', 'it has received nothing since it was started');
  if (receiver.status === 'hidden') return seen('blind', 'its stream is hidden from us: GRANT pg_monitor TO our role');
  const silence = `last message ${(receiver.silentMs / 1000).toFixed(1)}s ago`;
  if (receiver.status !== 'streaming') return seen('quiet', `its stream is ${receiver.status}, ${silence}`);
  if (receiver.silentMs <= FRESH_MS) return seen('alive', `it receives, ${silence}`);
  // An idle primary sends nothing for a while. Only a question that stays unanswered tells.
  const unanswered = receiver.asksAfterMs > 0 && receiver.silentMs > receiver.asksAfterMs + ANSWER_WITHIN_MS;
  return unanswered
    ? seen('gone', `its primary does not answer it, ${silence}`)
    : seen('quiet', `its stream stands, ${silence}`);
}
