import type { ErrorRecord } from '../model/errors.ts';
import { type Membership, membershipsOf, type RunScenario, type RunStep } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { indexOf } from '../model/scenario-index.ts';
import { failurePolicy, isTolerated, needsPerson } from './failure.ts';

interface Branch {
  readonly id: string;
  readonly steps: readonly RunStep[];
}

/**
 * open: not begun, or under way. succeeded: all of it ended, and something was done. passed: all of it was skipped.
 * failed: a step of it failed, and that is not for a person to judge.
 */
type Standing = 'open' | 'succeeded' | 'passed' | 'failed';

const groupsOf = new WeakMap<RunScenario, ReadonlyMap<string, readonly Branch[]>>();

/** All groups of a scenario with their branches in the order written. */
function groups(scenario: RunScenario): ReadonlyMap<string, readonly Branch[]> {
  const before = groupsOf.get(scenario);
  if (before) return before;
  const found = new Map<string, Map<string, RunStep[]>>();
  for (const step of scenario.steps)
    for (const { group, branch } of membershipsOf(step)) {
      const branches = found.get(group) ?? new Map<string, RunStep[]>();
      const inside = branches.get(branch) ?? [];
      inside.push(step);
      found.set(group, branches.set(branch, inside));
    }
  const result = new Map(
    [...found].map(([group, branches]) => [group, [...branches].map(([id, steps]) => ({ id, steps }))] as const),
  );
  groupsOf.set(scenario, result);
  return result;
}

const branchesOf = (scenario: RunScenario, group: string): readonly Branch[] => groups(scenario).get(group) ?? [];

/** How branches stand in a state is asked for each of their steps. */
const standings = new WeakMap<RunState['steps'], Map<Branch, Standing>>();

function standing(scenario: RunScenario, branch: Branch, state: RunState): Standing {
  const known = standings.get(state.steps) ?? new Map<Branch, Standing>();
  standings.set(state.steps, known);
  const found = known.get(branch) ?? workOutStanding(scenario, branch, state);
  known.set(branch, found);
  return found;
}

function workOutStanding(scenario: RunScenario, branch: Branch, state: RunState): Standing {
  const { steps } = branch;
  if (steps.some((step) => failsBranch(scenario, step, branch.id, state))) return 'failed';
  const over = (step: RunStep) => isOver(step, state) || isLeftBehindInside(scenario, step, branch.id, state);
  if (!steps.every(over)) return 'open';
  return steps.some(({ id }) => state.steps.get(id)?.progress.status === 'succeeded') ? 'succeeded' : 'passed';
}

const failureOf = (step: RunStep, state: RunState): ErrorRecord | undefined => {
  const progress = state.steps.get(step.id)?.progress;
  return progress?.status === 'failed' ? progress.error : undefined;
};

/** Whether the failure of a step is one of the branch, and not tolerated in it, or for a person to judge, or for the whole run. */
function countsAgainst(step: RunStep, branch: string, state: RunState): boolean {
  const error = failureOf(step, state);
  if (!error || needsPerson(error) || isTolerated(step, branch)) return false;
  return ['ask', 'continue'].includes(failurePolicy(step, error));
}

const failsBranch = (scenario: RunScenario, step: RunStep, branch: string, state: RunState): boolean =>
  countsAgainst(step, branch, state) && !isLeftBehindInside(scenario, step, branch, state);

const isOver = (step: RunStep, state: RunState): boolean => {
  const error = failureOf(step, state);
  if (error) return failurePolicy(step, error) === 'continue';
  const status = state.steps.get(step.id)?.progress.status;
  return status === 'succeeded' || status === 'skipped';
};

const RESTING: readonly string[] = ['queued', 'succeeded', 'skipped', 'failed', 'undone'];

const isAtRest = (branch: Branch, state: RunState): boolean =>
  branch.steps.every(({ id }) => RESTING.includes(state.steps.get(id)?.progress.status ?? 'queued'));

/** Whether a failed step is left behind because another way is, or can still be, taken. Of several that fail the last one counts. */
export const isLeftBehind = (scenario: RunScenario, step: RunStep, state: RunState): boolean =>
  failureOf(step, state) !== undefined && leavesBehind(scenario, step, membershipsOf(step), state);

/** The same, by the alternatives inside of a branch only. */
function isLeftBehindInside(scenario: RunScenario, step: RunStep, branch: string, state: RunState): boolean {
  if (failureOf(step, state) === undefined) return false;
  const all = membershipsOf(step);
  return leavesBehind(scenario, step, all.slice(all.findIndex((one) => one.branch === branch) + 1), state);
}

function leavesBehind(
  scenario: RunScenario,
  step: RunStep,
  memberships: readonly Membership[],
  state: RunState,
): boolean {
  return memberships.some(({ group, branch }) => {
    if (!countsAgainst(step, branch, state)) return false;
    const branches = branchesOf(scenario, group);
    const later = branches.slice(branches.findIndex(({ id }) => id === branch) + 1);
    return later.some((other) => standing(scenario, other, state) !== 'passed');
  });
}

/** Whether it is not the turn of a step: an earlier way is still open, or its own way has failed. */
export function mustWait(scenario: RunScenario, step: RunStep, state: RunState): boolean {
  return membershipsOf(step).some(({ group, branch }) => {
    const branches = branchesOf(scenario, group);
    const at = branches.findIndex(({ id }) => id === branch);
    if (standing(scenario, branches[at] as Branch, state) === 'failed') return true;
    return branches.slice(0, at).some((earlier) => {
      const stands = standing(scenario, earlier, state);
      return stands === 'open' || stands === 'succeeded' || !isAtRest(earlier, state);
    });
  });
}

/** Why a step that has not begun never will: another way was taken, or its procedure goes on without it. */
export function leftOut(scenario: RunScenario, step: RunStep, state: RunState): string | undefined {
  if ((state.steps.get(step.id)?.progress.status ?? 'queued') !== 'queued') return undefined;
  for (const membership of membershipsOf(step)) {
    const why = notTaken(scenario, membership, state);
    if (why !== undefined) return why;
  }
  for (const part of step.parts ?? []) {
    if (part.on_failure !== 'continue') continue;
    const inside = indexOf(scenario).inPart.get(part.id) ?? [];
    const failed = inside.find((other) => endsPart(scenario, other, part.id, state));
    if (failed) return `${failed.id} failed, and the run goes on without the rest of ${part.id}`;
  }
  return undefined;
}

function notTaken(scenario: RunScenario, { group, branch }: Membership, state: RunState): string | undefined {
  const branches = branchesOf(scenario, group);
  const name = group.slice(group.indexOf('/') + 1);
  const taken = branches.find((one) => standing(scenario, one, state) === 'succeeded');
  if (taken) return taken.id === branch ? undefined : `${taken.id} was taken: one of "${name}"`;
  const own = branches.find(({ id }) => id === branch) as Branch;
  if (standing(scenario, own, state) !== 'failed' || !isDecided(scenario, group, state)) return undefined;
  return `${branch} failed before it: one of "${name}"`;
}

/**
 * The name of the group whose last way this step is, where no other was open and the step itself is not wanted either: then nothing would
 * be done, and that is for a person to say. A group of which every way may fail may also be left out as a whole.
 */
export function lastWayOf(scenario: RunScenario, step: RunStep, state: RunState): string | undefined {
  const isSkipped = ({ id }: RunStep) => id === step.id || state.steps.get(id)?.progress.status === 'skipped';
  const found = membershipsOf(step).findLast(({ group }) => {
    const branches = branchesOf(scenario, group);
    const mayBeLeftOut = branches.every(({ steps }) => steps.every((one) => one.on_failure === 'continue'));
    const isLast = branches.every(({ steps }) => steps.every(isSkipped));
    return isLast && !mayBeLeftOut;
  });
  return found?.group.slice(found.group.indexOf('/') + 1);
}

const endsPart = (scenario: RunScenario, step: RunStep, part: string, state: RunState): boolean =>
  failureOf(step, state) !== undefined &&
  isOver(step, state) &&
  !isTolerated(step, part) &&
  !isLeftBehind(scenario, step, state);

/** All that steps outside of a branch can know of a group: while this stays the same, nothing changes for them. */
export function groupFacts(scenario: RunScenario, group: string, state: RunState): string {
  const facts = branchesOf(scenario, group).map((branch) => {
    const stands = standing(scenario, branch, state);
    const isOpen = stands === 'open' || stands === 'succeeded';
    return isOpen ? stands : `${stands} ${isAtRest(branch, state) ? 'at rest' : 'under way'}`;
  });
  return `${facts.join(', ')}: ${isDecided(scenario, group, state) ? 'decided' : 'undecided'}`;
}

/**
 * What counts where a step names another one: that one, or in its place the last steps of the way that was taken of its group. Nothing
 * when none was taken.
 */
export function inPlaceOf(scenario: RunScenario, named: RunStep, asking: RunStep, state: RunState): readonly RunStep[] {
  const inside = new Set(membershipsOf(asking).map(({ group }) => group));
  for (const { group, branch } of membershipsOf(named)) {
    if (inside.has(group)) continue;
    const taken = branchesOf(scenario, group).find((one) => standing(scenario, one, state) === 'succeeded');
    if (!taken) return [];
    if (taken.id !== branch) return lastOf(taken.steps).flatMap((last) => inPlaceOf(scenario, last, asking, state));
  }
  return [named];
}

function lastOf(steps: readonly RunStep[]): readonly RunStep[] {
  const needed = new Set(steps.flatMap(({ needs = [] }) => needs));
  return steps.filter(({ id }) => !needed.has(id));
}

/** Whether whoever waits for this step from outside of its groups may go on: each of them has been decided. */
export function isDecidedFor(scenario: RunScenario, needed: RunStep, waiting: RunStep, state: RunState): boolean {
  const inside = new Set(membershipsOf(waiting).map(({ group }) => group));
  return membershipsOf(needed).every(({ group }) => inside.has(group) || isDecided(scenario, group, state));
}

/** Whether one way was gone to its end, or none can be gone any more and the run goes on all the same. */
function isDecided(scenario: RunScenario, group: string, state: RunState): boolean {
  const stands = branchesOf(scenario, group).map((branch) => ({ branch, as: standing(scenario, branch, state) }));
  if (stands.some(({ as }) => as === 'succeeded')) return true;
  return stands.every(({ branch, as }) => as === 'passed' || (as === 'failed' && isGivenUp(scenario, branch, state)));
}

const isGivenUp = (scenario: RunScenario, branch: Branch, state: RunState): boolean =>
  isAtRest(branch, state) &&
  branch.steps.every(
    (step) => failureOf(step, state) === undefined || isOver(step, state) || isLeftBehind(scenario, step, state),
  );
