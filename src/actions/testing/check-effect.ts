import assert from 'node:assert/strict';
import type { Action } from '../action.ts';
import { carryOut, takeBack } from './attempt.ts';
import {
  type Check,
  type ContractCase,
  inNewSystem,
  requireState,
  requireUndone,
  stateOf,
  type Trial,
} from './contract-case.ts';
import type { OnCall } from './intercept.ts';

/** What the verbs do to the world, and what they do not. */
export function effectChecks<Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  given: ContractCase<Client>,
): readonly Check[] {
  const trying = (name: string, check: (trial: Trial<Client, In, Out>) => Promise<void>): Check => ({
    name,
    check: () => inNewSystem(action, given, check),
  });
  return [
    trying('looking writes nothing', lookingWritesNothing),
    trying(
      action.danger === 'read' ? 'what is called "read" changes nothing' : 'its effect is seen once it is there',
      action.danger === 'read' ? readingChangesNothing : effectIsSeen,
    ),
    trying('twice with one key is once', twiceIsOnce),
    trying('verify turns red when the world is spoiled', verifyTurnsRed),
    ...(typeof action.undo === 'function' && action.danger !== 'read'
      ? [trying('undo takes the effect back, and twice is once', undoTakesBack)]
      : []),
  ];
}

async function lookingWritesNothing<C, I, O>({ action, given, input, system, first }: Trial<C, I, O>): Promise<void> {
  const before = await stateOf(system);
  const looker = first(onlyLooking(given.writes ?? []));
  await action.observe(looker.ctx, input);
  await requireState(system, before, 'observe has changed the world');
  const output = await carryOut(action, first(), input);
  if (output === 'unknown') return;
  const after = await stateOf(system);
  await action.observe(looker.ctx, input);
  await requireState(system, after, 'observe has changed the world after the effect');
  await action.verify(looker.ctx, input, output);
  await requireState(system, after, 'verify has changed the world');
}

const onlyLooking =
  (writes: readonly string[]): OnCall =>
  (name, go) => {
    assert.ok(name !== 'note', 'a verb that only looks has noted something');
    assert.ok(!writes.includes(name), `a verb that only looks has called ${name}`);
    return go();
  };

async function readingChangesNothing<C, I, O>({ action, input, system, first }: Trial<C, I, O>): Promise<void> {
  const before = await stateOf(system);
  await carryOut(action, first(), input);
  await requireState(system, before, 'the danger of the action is "read", and it has changed the world');
}

async function effectIsSeen<C, I, O>({ action, given, input, system, first }: Trial<C, I, O>): Promise<void> {
  const before = await stateOf(system);
  const one = first();
  const unseen = await action.observe(one.ctx, input);
  assert.notEqual(unseen.state, 'done', 'observe says "done" before anything was done');
  await carryOut(action, one, input);
  assert.notDeepEqual(await stateOf(system), before, 'nothing has changed: the prepared system gives it nothing to do');
  if (given.mayBeUnknown) return;
  const seen = await action.observe(one.again().ctx, input);
  assert.equal(seen.state, 'done', 'observe does not see the effect, so that a resumed run would repeat it');
  if (seen.state === 'done') action.output.parse(seen.output);
}

async function twiceIsOnce<C, I, O>({ action, input, system, first }: Trial<C, I, O>): Promise<void> {
  const one = first();
  action.output.parse(await action.run(one.ctx, input));
  const once = await stateOf(system);
  action.output.parse(await action.run(one.again().ctx, input));
  await requireState(system, once, 'the second run with the same key had an effect of its own');
}

async function verifyTurnsRed<C, I, O>({ action, input, system, first }: Trial<C, I, O>): Promise<void> {
  const one = first();
  const output = await carryOut(action, one, input);
  assert.notEqual(output, 'unknown', 'the action does not know what it did just now');
  await system.spoil();
  const proofs = await action.verify(one.again().ctx, input, output as O).catch((error: unknown) => {
    requireKnown(error);
    return [];
  });
  assert.ok(
    proofs.length === 0 || proofs.some(({ held }) => !held),
    'the world was spoiled, and verify says that all is well',
  );
}

async function undoTakesBack<C, I, O>({ action, input, system, first }: Trial<C, I, O>): Promise<void> {
  const before = await stateOf(system);
  const one = first();
  const output = await carryOut(action, one, input);
  const known = output === 'unknown' ? undefined : output;
  await takeBack(action, one.again(), input, known);
  await requireUndone(system, before, 'undo has not taken the effect back');
  if (typeof action.undo === 'function') await action.undo(one.again().ctx, input, known as O);
  await requireUndone(system, before, 'a second undo had an effect of its own');
}

/** An error that people can act on; anything else is a fault of the action. */
export function requireKnown(error: unknown): void {
  const code = (error as { code?: unknown } | undefined)?.code;
  assert.ok(error instanceof Error && error.name === 'KnownError' && code !== 'INTERNAL', error as Error);
}
