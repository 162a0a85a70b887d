import assert from 'node:assert/strict';
import { KnownError } from '../../model/errors.ts';
import type { Action } from '../action.ts';
import { carryOut, Stopped, takeBack } from './attempt.ts';
import { requireKnown } from './check-effect.ts';
import { type Check, type ContractCase, inNewSystem, requireState, requireUndone, stateOf } from './contract-case.ts';
import { Crash, dyingAfter } from './crash.ts';
import { failingAt } from './faults.ts';
import type { OnCall } from './intercept.ts';

/** What holds when the process dies, or the system stops answering, at any call whatever. */
export function crashChecks<Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  given: ContractCase<Client>,
): readonly Check[] {
  const undoable = typeof action.undo === 'function' && action.danger !== 'read';
  return [
    { name: 'a crash after any call, then again: the same world', check: () => crashThenAgain(action, given) },
    { name: 'no answer at any call, then again: the same world', check: () => faultThenAgain(action, given) },
    { name: 'stopped at any call, then again: the same world', check: () => stopThenAgain(action, given) },
    { name: 'no answer is never taken for an absent effect', check: () => silenceIsNotAbsence(action, given) },
    ...(undoable
      ? [
          { name: 'a crash after any call, then undo: as it was', check: () => crashThenUndo(action, given) },
          { name: 'a crash in undo, then undo again: as it was', check: () => crashInUndo(action, given) },
        ]
      : []),
  ];
}

type Subject<C, I, O> = readonly [action: Action<C, I, O>, given: ContractCase<C>];

async function crashThenAgain<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  const { calls, state } = await uninterrupted(action, given);
  for (const [index, call] of ['nothing', ...calls].entries())
    await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
      const dead = first(dyingAfter(index));
      if (index < calls.length) await assert.rejects(carryOut(tried, dead, input), Crash, `after ${call}`);
      const output = await carryOut(tried, dead.again(), input);
      if (output === 'unknown' && given.mayBeUnknown) return;
      assert.notEqual(output, 'unknown', `after a crash after ${call} it does not know what happened`);
      await requireState(system, state, `after a crash after ${call} and another try, the world is another one`);
    });
}

async function faultThenAgain<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  const { calls, state } = await uninterrupted(action, given);
  for (const [index, call] of calls.entries())
    await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
      const cut = first(failingAt(index + 1, noAnswer()));
      await carryOut(tried, cut, input).catch(requireKnown);
      const output = await carryOut(tried, cut.again(), input);
      if (output === 'unknown' && given.mayBeUnknown) return;
      assert.notEqual(output, 'unknown', `after no answer to ${call} it does not know what happened`);
      await requireState(system, state, `after no answer to ${call} and another try, the world is another one`);
    });
}

/** Unlike a crash, a stop lets the action clean up: it must not clean away what the next try relies on. */
async function stopThenAgain<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  const { calls, state } = await uninterrupted(action, given);
  for (const [index, call] of calls.entries())
    await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
      let made = 0;
      const one = first((_name, go) => {
        if (made++ === index) one.stop();
        return go();
      });
      await carryOut(tried, one, input).catch((error: unknown) => {
        if (!(error instanceof Stopped)) requireKnown(error);
      });
      const output = await carryOut(tried, one.again(), input);
      if (output === 'unknown' && given.mayBeUnknown) return;
      assert.notEqual(output, 'unknown', `after a stop at ${call} it does not know what happened`);
      await requireState(system, state, `after a stop at ${call} and another try, the world is another one`);
    });
}

/** An effect that cannot be seen may be there. To say "absent" would have it done twice. */
async function silenceIsNotAbsence<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  if (action.danger === 'read') return;
  await inNewSystem(action, given, async ({ action: tried, input, first }) => {
    const one = first();
    await carryOut(tried, one, input);
    let asked = 0;
    const silent: OnCall = () => {
      asked += 1;
      throw noAnswer();
    };
    const seen = await tried.observe(one.again(silent).ctx, input).catch((error: unknown) => {
      requireKnown(error);
      return undefined;
    });
    if (asked > 0) assert.notEqual(seen?.state, 'absent', 'no answer was taken for an absent effect');
  });
}

async function crashThenUndo<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  const { calls } = await uninterrupted(action, given);
  for (const [index, call] of calls.entries())
    await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
      const before = await stateOf(system);
      const dead = first(dyingAfter(index + 1));
      await carryOut(tried, dead, input).catch(requireCrash);
      await takeBack(tried, dead.again(), input);
      await requireUndone(system, before, `after a crash after ${call} and undo, something is left`);
    });
}

async function crashInUndo<C extends object, I, O>(...[action, given]: Subject<C, I, O>): Promise<void> {
  for (let index = 1, died = true; died; index++)
    await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
      const before = await stateOf(system);
      const one = first();
      const output = await carryOut(tried, one, input);
      died = await dies(
        takeBack(tried, one.again(dyingAfter(index)), input, output === 'unknown' ? undefined : output),
      );
      await takeBack(tried, one.again(), input);
      await requireUndone(
        system,
        before,
        `after a crash after call ${index} of undo and another undo, something is left`,
      );
    });
}

const dies = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      requireCrash(error);
      return true;
    },
  );

function requireCrash(error: unknown): void {
  assert.ok(error instanceof Crash, error as Error);
}

/** The names of the calls of a run that nothing disturbs, and the world after it. */
async function uninterrupted<C extends object, I, O>(
  ...[action, given]: Subject<C, I, O>
): Promise<{ readonly calls: readonly string[]; readonly state: unknown }> {
  const calls: string[] = [];
  let state: unknown;
  await inNewSystem(action, given, async ({ action: tried, input, system, first }) => {
    const counted: OnCall = (name, go) => {
      calls.push(name);
      return go();
    };
    await carryOut(tried, first(counted), input);
    state = await stateOf(system);
  });
  return { calls, state };
}

const noAnswer = (): KnownError => new KnownError('TARGET_UNREACHABLE', 'the system does not answer', 'Wait.');
