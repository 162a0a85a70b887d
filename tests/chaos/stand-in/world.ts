import type { JsonObject } from '../../../src/lib/json.ts';

/**
 * keyed: marked with its key, so that it can be seen, and a second call joins the first.
 * long: goes on by itself once it was begun; looking says "running" for a while.
 * unseen: leaves no trace that could be looked for, like a command.
 */
export const NATURES = ['keyed', 'long', 'unseen'] as const;
export type Nature = (typeof NATURES)[number];

/** One line for every time the world was changed. */
export interface LedgerLine {
  readonly what: string;
  readonly key: string;
  readonly at: string;
}

interface Effect {
  readonly name: string;
  readonly isWhole: boolean;
  /** How often looking at it still says "running". */
  readonly polls: number;
}

/** What outlives the processes that act on it. */
export interface StandInWorld {
  readonly effects: Map<string, Effect>;
  readonly ledger: LedgerLine[];
}

export const newWorld = (): StandInWorld => ({ effects: new Map(), ledger: [] });
export const copyOf = ({ effects, ledger }: StandInWorld): StandInWorld => ({
  effects: new Map(effects),
  ledger: [...ledger],
});

/** What is known of a step beforehand: how its effect behaves, and what it puts out. */
export interface Role {
  readonly nature: Nature;
  readonly output: JsonObject;
}

/** An error that a call ends with, before its effect or after it. */
export interface Trouble {
  readonly error: Error;
  readonly place: 'before' | 'after';
  readonly isPassing: boolean;
}

/** The world as one process reaches it. */
export interface Reach {
  readonly world: StandInWorld;
  /** By the name of the step. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The next error of a step. */
  readonly troubles: Map<string, Trouble>;
  /** Called before, during and after each effect. */
  readonly tick: (where: string) => void;
}

/** A key is `run/step`. */
export const stepOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** The keys that were used for what was changed, each as often as it was. */
export function timesOf({ ledger }: StandInWorld): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { what, key } of ledger) times.set(`${what} ${key}`, (times.get(`${what} ${key}`) ?? 0) + 1);
  return times;
}
