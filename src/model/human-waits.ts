import type { JournalEvent, WaitsFor } from './run.ts';

/** Time in which the run waited for a person. `to` is absent while it still waits. */
export type HumanWait = {
  readonly step: string;
  readonly from: string;
  readonly to?: string;
  readonly waitsFor: WaitsFor['kind'];
  /** Who was asked: the role of an approval or a confirmation. */
  readonly role?: string;
  /** Whose words were heard, in their order. */
  readonly by?: readonly string[];
};

type StepEvent = Extract<JournalEvent, { type: `step.${string}` }>;

/** A wait begins when a step waits for a person and ends with the next thing that happens to that step and is not one of several people's words. */
export function nextWaits(waits: readonly HumanWait[], event: StepEvent, isStillAsked: boolean): readonly HumanWait[] {
  const isOfStep = (wait: HumanWait) => wait.step === event.step && wait.to === undefined;
  if (event.type === 'step.waiting') return waits.some(isOfStep) ? waits : [...waits, waitBegun(event)];
  return waits.map((wait) =>
    isOfStep(wait) ? { ...wait, ...heard(wait, event), ...(isStillAsked ? {} : { to: event.at }) } : wait,
  );
}

/** Of a run that is over nobody waits any more. */
export const endWaits = (waits: readonly HumanWait[], at: string): readonly HumanWait[] =>
  waits.map((wait) => (wait.to === undefined ? { ...wait, to: at } : wait));

const waitBegun = ({ step, at, waitsFor }: StepEvent & { type: 'step.waiting' }): HumanWait => ({
  step,
  from: at,
  waitsFor: waitsFor.kind,
  ...('role' in waitsFor ? { role: waitsFor.role } : {}),
});

const WORDS: ReadonlySet<string> = new Set([
  'step.approved',
  'step.rejected',
  'step.confirmed',
  'step.denied',
  'step.decided',
  'step.answered',
]);

const heard = ({ by = [] }: HumanWait, event: StepEvent): Pick<HumanWait, 'by'> =>
  WORDS.has(event.type) && !by.includes(event.by) ? { by: [...by, event.by] } : {};
