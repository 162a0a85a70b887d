import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../model/errors.ts';
import type { Decision, JournalEvent, RunEvent } from '../model/run.ts';
import type { Part, RunScenario, RunStep } from '../model/run-scenario.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import { moveFinder } from './move-finder.ts';
import { type Move, nextMove } from './schedule.ts';
import { originOf } from './testing/rig.ts';

/*
 * The move that is found by judging only what can have changed is the one that the definition gives, which judges every step: for any
 * runbook with needs, procedures inside of procedures and alternatives, and for any events, also such as no engine would keep.
 */

const failure = fc.constantFrom<RunStep['on_failure']>('ask', 'ask', 'ask', 'continue', 'continue', 'stop', 'undo');
const group = fc.constantFrom(undefined, undefined, 'way', 'way', 'road');

type Node = {
  readonly on_failure: RunStep['on_failure'];
  readonly one_of: string | undefined;
  readonly needs: readonly number[];
  readonly inside: readonly Node[];
};
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    on_failure: failure,
    one_of: group,
    needs: fc.array(fc.nat(6), { maxLength: 3 }),
    inside: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'parts' },
      fc.constant([]),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    ),
  }),
})).node;

const happening = fc.record({
  step: fc.nat(11),
  kind: fc.constantFrom(
    ...(['started', 'started', 'succeeded', 'succeeded', 'failed', 'failed', 'skipped', 'waiting', 'decided'] as const),
    ...(['retrying', 'noted', 'undoing', 'undone', 'paused', 'owes', 'settles', 'healthy'] as const),
  ),
  code: fc.constantFrom<ErrorCode>('TARGET_FAILED', 'TARGET_FAILED', 'OUTCOME_UNKNOWN', 'APPROVAL_REJECTED'),
  decision: fc.constantFrom<Decision>('retry', 'retry', 'skip', 'done', 'undo', 'abort'),
  /** Whether the engine looks after this event, or only after a later one. */
  looks: fc.boolean(),
});
type Happens = typeof happening extends fc.Arbitrary<infer T> ? T : never;

test('the move found from what changed is the move that the definition gives', () => {
  fc.assert(
    fc.property(
      fc.array(node, { minLength: 1, maxLength: 6 }),
      fc.array(happening, { maxLength: 40 }),
      (nodes, happenings) => {
        const scenario = scenarioOf(nodes);
        const findMove = moveFinder();
        let state = begun();
        for (const one of happenings) {
          state = applyEvent(state, stamped(state, eventOf(one, scenario)));
          if (one.looks) expect(told(findMove(scenario, state))).toEqual(told(nextMove(scenario, state)));
        }
        expect(told(findMove(scenario, state))).toEqual(told(nextMove(scenario, state)));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a scenario with more steps, and a state of another run, are judged anew', () => {
  const findMove = moveFinder();
  const [short, long] = [scenarioOf([leaf([])]), scenarioOf([leaf([]), leaf([0]), leaf([])])];
  const state = begun();
  expect(ready(findMove(short, state))).toEqual(['s0']);
  expect(ready(findMove(long, state))).toEqual(['s0', 's2']);
  const further = applyEvent(state, stamped(state, { type: 'step.skipped', step: 's0', why: 'so' }));
  expect(ready(findMove(long, further))).toEqual(['s1', 's2']);
  expect(ready(findMove(long, begun()))).toEqual(['s0', 's2']);
});

const leaf = (needs: readonly number[]): Node => ({ on_failure: 'ask', one_of: undefined, needs, inside: [] });

/** A step needs some of those before it, whether or not they are beside it. */
function scenarioOf(nodes: readonly Node[]): RunScenario {
  const steps: RunStep[] = [];
  const write = (all: readonly Node[], parts: readonly Part[]): void => {
    for (const [index, { on_failure, one_of, needs, inside }] of all.entries()) {
      const around = parts.at(-1);
      const id = `${around ? `${around.id}.` : ''}s${index}`;
      const said = { id, on_failure, ...(one_of === undefined ? {} : { one_of }) };
      if (inside.length > 0) write(inside, [...parts, said]);
      else {
        const above = needs.flatMap((back) => steps.at(-1 - back)?.id ?? []);
        steps.push({ ...said, uses: 'fake.make', with: {}, needs: [...new Set(above)], ...(around ? { parts } : {}) });
      }
    }
  };
  write(nodes, []);
  return { title: 'Loss', healthy: steps.at(-1)?.id, steps } as unknown as RunScenario;
}

const AT = '2026-01-14T03:00:00.000Z';
const stamped = ({ lastSeq }: Pick<RunState, 'lastSeq'>, event: RunEvent): JournalEvent =>
  ({ ...event, run: 'run-1', seq: lastSeq + 1, at: AT, by: 'ada', prev: '' }) as JournalEvent;
const begun = (): RunState => foldRun([stamped({ lastSeq: 0 }, { type: 'run.created', ...originOf([{ id: 's0' }]) })]);

function eventOf({ step: at, kind, code, decision }: Happens, { steps }: RunScenario): RunEvent {
  const step = steps[at % steps.length]?.id as string;
  const error = { code, message: `${step} fails`, hint: 'Wait.' };
  switch (kind) {
    case 'started':
      return { type: 'step.started', step, attempt: 1, action: 'fake.make', danger: 'add', input: {} };
    case 'succeeded':
      return { type: 'step.succeeded', step, how: 'ran', output: {}, proofs: [] };
    case 'failed':
      return { type: 'step.failed', step, error };
    case 'skipped':
      return { type: 'step.skipped', step, why: 'so' };
    case 'waiting':
      return { type: 'step.waiting', step, waitsFor: { kind: 'decision', why: error } };
    case 'decided':
      return { type: 'step.decided', step, decision, reason: 'so' };
    case 'retrying':
      return { type: 'step.retrying', step, attempt: 1, error, notBefore: AT };
    case 'noted':
      return { type: 'step.noted', step, note: 1 };
    // Taking back ends all else, so it is rare here.
    case 'undoing':
    case 'undone':
      return code === 'OUTCOME_UNKNOWN' ? { type: `step.${kind}`, step } : { type: 'step.noted', step, note: 1 };
    case 'paused':
      return { type: 'run.paused', why: 'so' };
    case 'owes':
      return { type: 'obligation.opened', step, obligation: { id: step, what: step } };
    case 'settles':
      return { type: 'obligation.settled', step, id: step };
    case 'healthy':
      return { type: 'run.healthy', step };
  }
}

/** What may be carried out has no order among itself. */
const told = (move: Move): unknown => (move.do === 'carry-out' ? { ...move, steps: ready(move) } : move);
const ready = (move: Move): readonly string[] =>
  move.do === 'carry-out' ? [...move.steps].map(({ id }) => id).sort() : [];
