import type { Proof } from '../../../model/run.ts';

/** What could not be proven, one way or the other. Never counts as proven. */
export interface NotLookedAt {
  readonly claim: string;
  readonly why: string;
}

/** Gathers what was found, in the order in which it was. */
export interface Findings {
  readonly proofs: Proof[];
  readonly notLookedAt: NotLookedAt[];
}

export const noFindings = (): Findings => ({ proofs: [], notLookedAt: [] });

/** What holds when nothing of the list was found; else the first of them are named. */
export function noneOf(claim: string, faults: readonly string[], sound: string): Proof {
  if (faults.length === 0) return { claim, held: true, observed: sound };
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  return { claim, held: false, observed: `${faults.slice(0, SHOWN).join('; ')}${more}` };
}

const SHOWN = 20;
