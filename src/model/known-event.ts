import type { JournalEvent, RunEvent } from './run.ts';

/** Every type there is; the compiler complains when one is missing. */
const KNOWN: Readonly<Record<RunEvent['type'], true>> = {
  'run.created': true,
  'run.claimed': true,
  'run.adopted': true,
  'run.copy_lags': true,
  'run.paused': true,
  'run.extended': true,
  'run.impact': true,
  'run.detected': true,
  'run.healthy': true,
  'run.succeeded': true,
  'run.failed': true,
  'run.canceled': true,
  'step.waiting': true,
  'step.approved': true,
  'step.escalated': true,
  'step.edited': true,
  'step.rejected': true,
  'step.decided': true,
  'step.answered': true,
  'step.confirmed': true,
  'step.denied': true,
  'step.taking_back': true,
  'step.items': true,
  'step.looked': true,
  'step.holds': true,
  'step.started': true,
  'step.noted': true,
  'step.retrying': true,
  'step.succeeded': true,
  'step.failed': true,
  'step.skipped': true,
  'step.undoing': true,
  'step.undone': true,
  'obligation.opened': true,
  'obligation.settled': true,
};

/** False for what a newer Lifeboat wrote: whoever only watches goes on without understanding it. */
export const isKnownEvent = ({ type }: Pick<JournalEvent, 'type'>): boolean => Object.hasOwn(KNOWN, type);
