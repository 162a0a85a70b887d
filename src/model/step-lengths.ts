import { isJsonObject, type Json } from '../lib/json.ts';
import type { HumanWait } from './human-waits.ts';
import { stepHash } from './measured.ts';
import type { JournalEvent } from './run.ts';
import { scenarioOfRun } from './run-scenario.ts';
import { foldRun } from './run-state.ts';

/** How long one step really took, in seconds. */
export interface StepLength {
  readonly step: string;
  readonly hash: string;
  /** From its first try to its end, without approvals and decisions. What people are asked to do themselves belongs to it. */
  readonly seconds: number;
  /** Time in which it waited for people, of whatever kind. */
  readonly wait_seconds: number;
  readonly attempts: number;
  /** Bytes of what it worked on, where it says so. */
  readonly bytes?: number;
}

/**
 * The lengths of the steps that a run carried out itself, and that succeeded. What was seen to be done or only said to be tells nothing
 * of how long it takes. Nor does a step that was cut off: nobody knows how long nobody worked at it. Of a step for each of several
 * items the length of the whole counts.
 */
export function stepLengths(events: readonly JournalEvent[]): readonly StepLength[] {
  const state = foldRun(events);
  const interrupted = cutOff(events);
  return scenarioOfRun({ origin: state.origin }).steps.flatMap((step): readonly StepLength[] => {
    const known = state.steps.get(step.id);
    const progress = known?.progress;
    if (progress?.status !== 'succeeded' || progress.how !== 'ran' || known?.startedAt === undefined) return [];
    if (interrupted.has(step.id)) return [];
    const [from, to] = [Date.parse(known.startedAt), Date.parse(progress.finishedAt)];
    const waits = state.waits.filter((wait) => wait.step === step.id);
    const apart = waits.filter(({ waitsFor }) => waitsFor !== 'task');
    const bytes = bytesOf(progress.output);
    return [
      {
        step: step.id,
        hash: stepHash(step),
        seconds: Math.max(0, to - from - lengthWithin(apart, from, to)) / 1000,
        wait_seconds: lengthWithin(waits, Number.NEGATIVE_INFINITY, to) / 1000,
        attempts: known.attempts,
        ...(bytes === undefined ? {} : { bytes }),
      },
    ];
  });
}

/** Steps that were under way when another process took the run up. */
function cutOff(events: readonly JournalEvent[]): ReadonlySet<string> {
  const found = new Set<string>();
  const underWay = new Set<string>();
  for (const event of events) {
    if (event.type === 'run.claimed') for (const step of underWay) found.add(step);
    if (event.type === 'step.started') underWay.add(event.step);
    if (ENDS.has(event.type) && 'step' in event) underWay.delete(event.step);
  }
  return found;
}

const ENDS: ReadonlySet<string> = new Set(['step.succeeded', 'step.skipped', 'step.undone']);

/** Waits of one step follow each other and never overlap. */
const lengthWithin = (waits: readonly HumanWait[], from: number, to: number): number =>
  waits.reduce((sum, wait) => {
    const end = wait.to === undefined ? to : Date.parse(wait.to);
    return sum + Math.max(0, Math.min(end, to) - Math.max(Date.parse(wait.from), from));
  }, 0);

function bytesOf(output: Json): number | undefined {
  const bytes = isJsonObject(output) ? output.bytes : undefined;
  return typeof bytes === 'number' && bytes >= 0 ? bytes : undefined;
}
