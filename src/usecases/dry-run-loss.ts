import { choosePoint, type PointTarget } from '../catalog/choose-point.ts';
import { loadRecoveryPoints } from '../catalog/load.ts';
import type { PlannedStep } from '../engine/dry-run.ts';
import { withDeadline } from '../engine/with-deadline.ts';
import { seconds } from '../lib/duration.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import type { LogSearchResult } from '../model/log-search.ts';
import { parseLsn } from '../model/lsn.ts';
import { effectiveObjective } from '../model/plan/effective.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { PlanWorld, Services } from './services.ts';

/** Somebody waits for it: what cannot be counted in this time is said not to be known. */
const COUNT_WITHIN = seconds(30);

/** To what a step would go back if it were carried out now, and what that would lose. What is absent is not known. */
export interface ForetoldLoss {
  readonly step: string;
  readonly component: string;
  /** As the step says it: latest, a moment, a position. */
  readonly to?: string;
  /** Production stays as it is: nothing is lost by it. */
  readonly beside?: true;
  /** The recovery point it would start from. */
  readonly point?: string;
  readonly verified?: RecoveryPoint['verified'];
  /** The moment it would go back to, and how long ago that is. */
  readonly at?: string;
  readonly age_seconds?: number;
  /** Committed transactions that would not come back, as far as they could be counted. */
  readonly transactions?: number;
  /** There are, or may be, more than those. */
  readonly more?: boolean;
  /** How much time would be lost; never less than that. */
  readonly lost_seconds?: number;
  /** What the plan promises at most. */
  readonly objective_seconds?: number;
  readonly verdict: 'within the RPO' | 'beyond the RPO' | 'not known' | 'nothing promised' | 'nothing lost';
  /** What is not known, and why. */
  readonly not_known: readonly string[];
}

interface Around {
  readonly scenario: string;
  readonly world: PlanWorld;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/** For each step that brings data back: the recovery point it would choose now, its age, and the loss. Only reads; never throws for what it cannot see. */
export async function foretoldLosses(steps: readonly PlannedStep[], around: Around): Promise<readonly ForetoldLoss[]> {
  const losses: ForetoldLoss[] = [];
  const known = new Map<string, Omit<ForetoldLoss, 'step'>>();
  for (const { step, goes_back: goes } of steps) {
    if (!goes) continue;
    const key = JSON.stringify(goes);
    const told = known.get(key) ?? (await toldOf(goes, around));
    known.set(key, told);
    losses.push({ step, ...told });
  }
  return losses;
}

type GoesBack = NonNullable<PlannedStep['goes_back']>;
type Told = Omit<ForetoldLoss, 'step'>;

async function toldOf(goes: GoesBack, around: Around): Promise<Told> {
  const { component, to, beside } = goes;
  const about = { component, ...(to === undefined ? {} : { to }), ...(beside ? { beside } : {}) };
  const open = (why: string): Told => judged({ ...about, not_known: [why] }, around);
  if (to === undefined) return open('to which moment: an earlier step finds it');
  try {
    const points = await loadRecoveryPoints(around.world.repository, component);
    const target = targetOf(to);
    const point = choosePoint(points, target);
    const chosen = { ...about, point: point.id, verified: point.verified, ...momentOf(target, point, around) };
    if (beside) return judged({ ...chosen, not_known: [] }, around);
    return judged({ ...chosen, ...(await counted(goes, target, around)) }, around);
  } catch (error) {
    around.signal.throwIfAborted();
    return open(`the recovery point: ${wordsOf(error, around)}`);
  }
}

function targetOf(to: string): PointTarget {
  if (to === 'latest') return { kind: 'latest' };
  return to.includes('/') ? { kind: 'lsn', lsn: parseLsn(to) } : { kind: 'time', at: new Date(to) };
}

/** Which moment a position in the log is, only reading the log would tell. */
function momentOf(target: PointTarget, point: RecoveryPoint, { services }: Around) {
  if (target.kind === 'lsn') return {};
  const at = target.kind === 'time' ? target.at : new Date(point.to);
  return { at: at.toISOString(), age_seconds: Math.max(0, services.clock.now().getTime() - at.getTime()) / 1000 };
}

type Counted = Pick<Told, 'transactions' | 'more' | 'lost_seconds' | 'not_known'>;

/** What is not in the repository yet, by the server itself; and what is there, but later than where it goes back to. */
async function counted({ component }: GoesBack, target: PointTarget, around: Around): Promise<Counted> {
  const unsaved = await attempt('what the server has and the repository does not', around, async (signal) => {
    const { lost } = await around.services.gauge(around.world, component, signal);
    return lost ?? Promise.reject(notTold('the server cannot tell'));
  });
  if (target.kind === 'latest') {
    if ('why' in unsaved) return { not_known: [unsaved.why] };
    const { transactions, more, seconds: lost } = unsaved.value;
    return { transactions, more, lost_seconds: lost, not_known: [] };
  }
  const later = await attempt('what was committed since', around, (signal) =>
    laterIn(component, target, around, signal),
  );
  const reasons = [unsaved, later].flatMap((one) => ('why' in one ? [one.why] : []));
  if ('why' in later) return { not_known: reasons };
  const here = 'why' in unsaved ? { transactions: 0, more: true } : unsaved.value;
  const transactions = (later.value.within?.transactions ?? 0) + here.transactions;
  return { transactions, more: here.more || later.value.gaps.length > 0, not_known: reasons };
}

async function laterIn(
  component: string,
  target: PointTarget,
  { world, services }: Around,
  signal: AbortSignal,
): Promise<LogSearchResult> {
  if (target.kind !== 'time') throw notTold('from a position in the log on, nothing is counted');
  const search = { component, kinds: [], minRows: 1, from: target.at, signal, log: () => undefined };
  return services.findInLog(world, search);
}

const notTold = (why: string): KnownError => new KnownError('TARGET_FAILED', why, 'Look at the target.');

type Attempt<T> = { readonly value: T } | { readonly why: string };

async function attempt<T>(
  what: string,
  around: Around,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Attempt<T>> {
  const { signal, services } = around;
  try {
    return {
      value: await withDeadline({ ms: COUNT_WITHIN, clock: services.clock, signal, what: 'counting it' }, work),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { why: `${what}: ${wordsOf(error, around)}` };
  }
}

const wordsOf = (error: unknown, { services }: Around): string => services.redact(errorRecord(error).message);

/** Beside the promise. What is not known is never within it. */
function judged(told: Omit<Told, 'verdict'>, { scenario, world }: Around): Told {
  const promised = effectiveObjective(world.plan, { component: told.component, scenario }, 'rpo')?.promised?.max;
  const objective = promised === undefined ? {} : { objective_seconds: promised / 1000 };
  return { ...told, ...objective, verdict: verdictOf(told, promised) };
}

function verdictOf(told: Omit<Told, 'verdict'>, promised: number | undefined): ForetoldLoss['verdict'] {
  if (told.beside) return 'nothing lost';
  if (promised === undefined) return 'nothing promised';
  const most = longestLoss(told);
  if (most !== undefined && most * 1000 <= promised) return 'within the RPO';
  return isSure(told) ? 'beyond the RPO' : 'not known';
}

/** Since the latest moment that is kept no more can be lost than the time since; the server may know that it is less. */
const longestLoss = ({ lost_seconds, age_seconds }: Omit<Told, 'verdict'>): number | undefined =>
  lost_seconds ?? age_seconds;

/** Going back to a moment by choice loses all since; of the latest one only the server knows. */
const isSure = ({ lost_seconds, age_seconds, to }: Omit<Told, 'verdict'>): boolean =>
  lost_seconds !== undefined || (age_seconds !== undefined && to !== 'latest');
