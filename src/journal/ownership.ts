import { KnownError } from '../model/errors.ts';
import type { RunSummary } from '../model/journal.ts';
import type { Machine } from './machine.ts';
import type { Holder, RunRecord } from './run-store.ts';

/** Whether the process that holds a run lives, as far as this machine can tell. */
export function ownerState(holder: Holder | undefined, machine: Machine): RunSummary['ownerState'] {
  if (holder === undefined) return 'none';
  if (holder.host !== machine.host) return 'elsewhere';
  return machine.startedAt(holder.pid) === holder.startedAt ? 'alive' : 'gone';
}

/** True while nobody else may write: the holder lives, or is out of sight and its lease is not over. */
export function isHeld(record: RunRecord, machine: Machine, now: Date): boolean {
  const state = ownerState(record.holder, machine);
  return state === 'alive' || (state === 'elsewhere' && Date.parse(record.leaseUntil) > now.getTime());
}

export const isOver = ({ status }: RunRecord): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'canceled';

/** True while no other run of the same lock may begin. A canceled run keeps the lock until its process has stopped. */
export const keepsLock = (record: RunRecord, machine: Machine, now: Date): boolean =>
  !isOver(record) || isHeld(record, machine, now);

export function lockedError(record: RunRecord, machine: Machine): KnownError {
  const { id, scenario, environment, status, holder } = record;
  const run = `${id} (scenario ${scenario}, ${environment}, ${status})`;
  const state = ownerState(holder, machine);
  const resume = `lifeboat recover --resume ${id}`;
  if (holder === undefined || state === 'none')
    return new KnownError(
      'RUN_LOCKED',
      `${run} is not over, and nobody works on it`,
      `Go on with it: ${resume}. Or end it: lifeboat cancel ${id} --reason "…"`,
    );
  const who = `${holder.by} on ${holder.host}, process ${holder.pid}, since ${clockTime(holder.since)}`;
  if (state === 'gone')
    return new KnownError(
      'RUN_LOCKED',
      `${run} is not over: it was held by ${who}, and that process is gone`,
      `Go on with it: ${resume}. Or end it: lifeboat cancel ${id} --reason "…"`,
    );
  if (state === 'alive')
    return new KnownError(
      'RUN_LOCKED',
      `${run} is held by ${who}, and that process is alive`,
      `Wait until it is over: lifeboat status ${id}. If it hangs, stop process ${holder.pid}, then: ${resume}`,
    );
  return new KnownError(
    'RUN_LOCKED',
    `${run} is held by ${who}; this machine cannot see whether it lives`,
    `Wait until it is over: lifeboat status ${id}. If ${holder.host} is down, after ${clockTime(record.leaseUntil)}: ${resume}`,
  );
}

export function fencedError({ id, holder, epoch }: RunRecord): KnownError {
  const who = holder === undefined ? 'another process' : `${holder.by} on ${holder.host}, process ${holder.pid}`;
  return new KnownError(
    'RUN_FENCED',
    `${id} was taken over by ${who} (claim ${epoch}); this process may not write to it any more`,
    `Nothing is lost. Follow it there: lifeboat status ${id}`,
  );
}

/** `2026-01-14 03:05:12 UTC` */
const clockTime = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
