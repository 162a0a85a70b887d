import type { Component, Plan } from '../../model/plan.ts';
import { type CopyPlace, copyPlaces, LOGS } from '../copies.ts';
import { isLost } from '../losses.ts';

/** A copy with everything it cannot be used without. */
export interface StoredCopy {
  readonly place: CopyPlace;
  /** The copy is gone with any of these domains. */
  readonly home: readonly string[];
  /** With this one its key is gone. */
  readonly key: string | undefined;
  /** What the plan leaves out, so that nobody knows whether it is of use. */
  readonly unsaid: string | undefined;
}

/** locked: it is there, and its key is gone. no-base: log without the base backup to replay it on. */
export type CopyState = 'there' | 'gone' | 'locked' | 'no-base' | 'unknown';

export interface CopyFate {
  readonly method: string;
  readonly domain: string | null;
  readonly state: CopyState;
  /** Why it is of no use, where the place does not say it. */
  readonly why: string | null;
}

/** unknown: the plan leaves out what it depends on. */
export type DataFate = 'recoverable' | 'lost' | 'unknown';

/** The copies of a component, with what they depend on. Copies beside the component go wherever it goes. */
export function storedCopies(plan: Plan, name: string): readonly StoredCopy[] {
  const component = plan.components[name] as Component;
  return copyPlaces(plan, name, component).map((place): StoredCopy => {
    const { domain, beside, copy } = place;
    const home = [...(domain === undefined ? [] : [domain]), ...(beside ? component.also_in : [])];
    return { place, home, key: copy?.key_in, unsaid: unsaidOf(place) };
  });
}

function unsaidOf({ domain, copy }: CopyPlace): string | undefined {
  if (domain === undefined) return 'nothing says where it is kept';
  if (copy?.encrypted === 'own-key' && copy.key_in === undefined) return 'nothing says where its key is kept';
  return undefined;
}

/** Whether this is log, which is of no use alone. Where its base backup is left, that is a copy already. */
export const isLog = ({ place }: StoredCopy): boolean => LOGS.has(place.policy.method);

/** What becomes of copies when these domains are lost. */
export function copyFates(copies: readonly StoredCopy[], lost: readonly string[]): readonly CopyFate[] {
  const bases = copies
    .filter(({ place }) => place.policy.method === 'postgres.base_backup')
    .map((copy) => fateOf(copy, lost).state);
  return copies.map((copy) => {
    const fate = fateOf(copy, lost);
    if (!isLog(copy) || fate.state !== 'there' || bases.includes('there')) return fate;
    if (bases.includes('unknown')) return { ...fate, state: 'unknown', why: 'nobody knows where its base backup is' };
    return { ...fate, state: 'no-base', why: 'no base backup is left to replay it on' };
  });
}

function fateOf({ place, home, key, unsaid }: StoredCopy, lost: readonly string[]): CopyFate {
  const itself = { method: place.policy.method, domain: place.domain ?? null };
  if (home.some((one) => isLost(one, lost))) return { ...itself, state: 'gone', why: null };
  if (isLost(key, lost)) return { ...itself, state: 'locked', why: `its key was in ${key}` };
  if (unsaid !== undefined) return { ...itself, state: 'unknown', why: unsaid };
  return { ...itself, state: 'there', why: null };
}

/** What can be had back from copies. */
export function dataFate(fates: readonly CopyFate[]): DataFate {
  if (fates.some(({ state }) => state === 'there')) return 'recoverable';
  return fates.some(({ state }) => state === 'unknown') ? 'unknown' : 'lost';
}
