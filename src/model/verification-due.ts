import type { Duration } from '../lib/duration.ts';
import { parseSchedule } from '../lib/schedule.ts';
import type { Plan } from './plan.ts';
import type { VerificationRecord } from './repository.ts';

/** How long ago a component may last have been restored and proven, as its plan wants it, and how long ago it was. */
export interface VerificationDue {
  readonly component: string;
  /** As the plan writes it: `1d`. */
  readonly every: string;
  /** ISO 8601; absent when none was ever restored and found good. */
  readonly last?: string;
  /** ISO 8601; the end of the time within which the next one has to be. */
  readonly due: string;
  readonly overdue: boolean;
}

/**
 * Whether a component must be verified again, by `backups[].verify` with `how: restore`. Undefined when its plan asks for none. Only a proof
 * that held counts: a backup that was found bad is as unproven as one nobody looked at.
 */
export function verificationDue(
  { components }: Plan,
  component: string,
  { records, now }: { readonly records: readonly VerificationRecord[]; readonly now: Date },
): VerificationDue | undefined {
  const wanted = strictest(components[component]?.backups ?? []);
  if (wanted === undefined) return undefined;
  const last = records
    .filter(({ held }) => held)
    .map(({ at }) => at)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
  const due = last === undefined ? now.getTime() : Date.parse(last) + wanted.gap;
  return {
    component,
    every: wanted.every,
    ...(last === undefined ? {} : { last }),
    due: new Date(due).toISOString(),
    overdue: due <= now.getTime(),
  };
}

type Backups = Plan['components'][string]['backups'];

function strictest(backups: Backups): { readonly every: string; readonly gap: Duration } | undefined {
  const restored = backups.flatMap(({ verify }) => verify).filter(({ how }) => how === 'restore');
  return restored
    .flatMap(({ every }) => {
      const gap = every === undefined ? undefined : parseSchedule(every)?.longestGap;
      return every === undefined || gap === undefined ? [] : [{ every, gap }];
    })
    .sort((a, b) => a.gap - b.gap)[0];
}
