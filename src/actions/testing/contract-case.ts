import assert from 'node:assert/strict';
import type { Clock } from '../../lib/clock.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Action } from '../action.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { OnCall } from './intercept.ts';

/** A system in which an action is tried, prepared so that there is something for it to do. */
export interface TestSystem<Client> {
  readonly client: Client;
  /** All that matters in the world, as data that can be compared. What must not happen twice is counted in it. */
  state(): unknown;
  /** Spoils what the action achieved or found, behind its back: `verify` must see it. */
  spoil(): void | Promise<void>;
  /** Whether the effect has been taken back. Default: the state is the one from before. */
  undone?(): boolean | Promise<boolean>;
  /** Stops and removes a real system. */
  remove?(): Promise<void>;
}

/** One use of an action for which the contract is checked. */
export interface ContractCase<Client> {
  /** The input as it stands in a plan. */
  readonly input: JsonObject;
  /** A new system, always the same. */
  prepare(): TestSystem<Client> | Promise<TestSystem<Client>>;
  /** Methods of the client that write. Given them, a verb that only looks is caught also when its write changes nothing. */
  readonly writes?: readonly (keyof Client & string)[];
  /** The world cannot tell after a crash, so a person is asked. Only for actions whose effect leaves no trace. */
  readonly mayBeUnknown?: true;
  /** For real systems. Default: a clock on which nobody waits. */
  readonly clock?: Clock;
}

/** One thing the contract demands. Throws when it is not so. */
export interface Check {
  readonly name: string;
  check(): Promise<void>;
}

/** What a check works with. */
export interface Trial<Client, In, Out> {
  readonly action: Action<never, In, Out>;
  readonly given: ContractCase<Client>;
  readonly input: In;
  readonly system: TestSystem<Client>;
  readonly first: (onCall?: OnCall) => Attempt;
}

/** Runs the check in a new system, which is removed afterwards. */
export async function inNewSystem<Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  given: ContractCase<Client>,
  check: (trial: Trial<Client, In, Out>) => Promise<void>,
): Promise<void> {
  const system = await given.prepare();
  try {
    const input = frozen(action.input.parse(given.input));
    const first = (onCall?: OnCall) => attempt(system.client, onCall, given.clock);
    await check({ action: action as Action<never, In, Out>, given, input, system, first });
  } finally {
    await system.remove?.();
  }
}

/** An action that writes into its input fails here. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

type AnySystem = Pick<TestSystem<unknown>, 'state' | 'undone'>;

/** The state as it is now, safe from later changes. */
export const stateOf = async (system: AnySystem): Promise<unknown> => structuredClone(await system.state());

export async function requireState(system: AnySystem, expected: unknown, message: string): Promise<void> {
  assert.deepEqual(await stateOf(system), expected, message);
}

export async function requireUndone(system: AnySystem, before: unknown, message: string): Promise<void> {
  if (system.undone === undefined) return requireState(system, before, message);
  assert.ok(await system.undone(), message);
}
