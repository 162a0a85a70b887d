import { openObligations, type RunState, type StepState } from '../../../src/model/run-state.ts';
import { type Outcome, type Play, type Remains, RUN, stateOf } from './lives.ts';
import { timesOf } from './world.ts';

/** What is not as it would be without the death. Nothing, when all is well. */
export function differences(play: Play, calm: Outcome, after: Outcome, left: Remains): readonly string[] {
  if (isTakenBack(calm)) return leftBehind(play, calm, after, left);
  return [
    ...different('the run', endOf(calm.state), endOf(after.state)),
    ...different('things in the world', [...calm.world.effects.keys()].sort(), [...after.world.effects.keys()].sort()),
    ...differentSteps(calm.state, after.state),
    ...wrongTimes(calm, after),
    ...wrongQuestions(play, calm, after, left),
  ];
}

const isTakenBack = ({ state }: Outcome): boolean =>
  [...state.steps.values()].some(({ progress }) => progress.status === 'undone');

/**
 * How far steps beside the one that failed had come when all was taken back depends on the moment. But whatever had begun is taken back
 * or said to be impossible to take back, once, and nobody owes more than without the death.
 */
function leftBehind(play: Play, calm: Outcome, after: Outcome, left: Remains): readonly string[] {
  const begun = [...after.state.steps.values()].filter(({ attempts }) => attempts > 0);
  const notUndone = begun.filter(({ progress }) => progress.status !== 'undone').map(({ id }) => `${id} is not undone`);
  const { owed, ...end } = endOf(after.state);
  const { owed: owedAnyway, ...wanted } = endOf(calm.state);
  return [
    ...different('the run', wanted, end),
    ...notUndone,
    ...undoneAndThere(after),
    ...tooOften(after),
    ...owed.filter((id) => !owedAnyway.includes(id)).map((id) => `owed: ${id}`),
    ...wrongQuestions(play, calm, after, left),
  ];
}

/** What counts as taken back and is still there. */
export const undoneAndThere = ({ state, world }: Outcome): readonly string[] =>
  [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'undone' && progress.impossible === undefined && world.effects.has(`${RUN}/${id}`)
      ? [`${id} counts as undone, and is still there`]
      : [],
  );

/** What happened twice though nobody was asked, knew of it, and said "again". */
export function tooOften({ world, asked }: Outcome): readonly string[] {
  const granted = (line: string) => asked.filter(({ step, isTwice }) => isTwice && line.endsWith(` ${RUN}/${step}`));
  return [...timesOf(world)]
    .filter(([line, times]) => times > 1 + granted(line).length)
    .map(([line, times]) => `${times} times: ${line}`);
}

const endOf = (state: RunState) => ({
  status: state.status,
  healthy: state.healthyAt !== undefined,
  owed: openObligations(state).map(({ id }) => id),
});

const different = (what: string, wanted: unknown, found: unknown): readonly string[] =>
  JSON.stringify(wanted) === JSON.stringify(found)
    ? []
    : [`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];

function differentSteps(calm: RunState, after: RunState): readonly string[] {
  const ids = new Set([...calm.steps.keys(), ...after.steps.keys()]);
  return [...ids].flatMap((id) => {
    const [wanted, found] = [calm.steps.get(id), after.steps.get(id)];
    const status = different(id, wanted?.progress.status, found?.progress.status);
    const isTold = found?.progress.status === 'succeeded' && found.progress.how === 'decided';
    return [...status, ...(isTold ? [] : different(`output of ${id}`, said(wanted?.output), said(found?.output)))];
  });
}

/** People and waits say when, and that is another time after a death. */
function said(output: unknown): unknown {
  const { at: _at, until: _until, ...rest } = (output ?? {}) as Record<string, unknown>;
  return rest;
}

/** Everything as often as without the death; once more only where somebody was asked, looked, and said "again". */
function wrongTimes(calm: Outcome, after: Outcome): readonly string[] {
  const [wanted, found] = [timesOf(calm.world), timesOf(after.world)];
  const granted = after.asked.filter(({ isTwice }) => isTwice).map(({ step }) => step);
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((line) => {
    const more = granted.filter((step) => line.endsWith(` ${RUN}/${step}`) && !line.startsWith('undo ')).length;
    const times = found.get(line) ?? 0;
    const least = (wanted.get(line) ?? 0) + Math.min(more, 1);
    // Whoever said "again" and died before it was done again says it once more.
    const isRight = times >= least && times <= (wanted.get(line) ?? 0) + more;
    return isRight ? [] : different(`times of ${line}`, least, times);
  });
}

/** Somebody is asked whether it happened exactly where the world cannot answer. Other questions are none that were not asked before. */
function wrongQuestions(play: Play, calm: Outcome, after: Outcome, left: Remains): readonly string[] {
  const unknown = after.asked.filter(({ code }) => code === 'OUTCOME_UNKNOWN').map(({ step }) => step);
  const before = left.asked.filter(({ code }) => code === 'OUTCOME_UNKNOWN').map(({ step }) => step);
  const cutOff = [...before, ...unseenCutOff(play, left)].sort();
  const questions = isTakenBack(calm)
    ? unknown.filter((step) => !cutOff.includes(step)).map((step) => `${step}: asked without need`)
    : different('asked whether it happened', cutOff, unknown.toSorted());
  const others = new Set(calm.asked.map(({ step, code }) => `${step} ${code}`));
  const needless = after.asked.filter(({ step, code }) => code !== 'OUTCOME_UNKNOWN' && !others.has(`${step} ${code}`));
  return [...questions, ...needless.map(({ step, code }) => `${step}: asked about ${code} without need`)];
}

/** Steps without a trace that had begun and not ended, and of which nobody has said anything. */
function unseenCutOff(play: Play, left: Remains): readonly string[] {
  const state = stateOf(left);
  const begun = [...(state?.steps.values() ?? [])].filter((step) => {
    const { id, progress, action } = step;
    const isUnseen = play.roles.get(id)?.nature === 'unseen' && changesSomething(action, state, id);
    return isUnseen && (progress.status === 'running' || progress.status === 'retrying' || isAskedAbout(step));
  });
  return begun.map(({ id }) => id).sort();
}

/** The question stands already, and waits for its answer. */
function isAskedAbout({ progress, decision }: StepState): boolean {
  if (decision) return false;
  if (progress.status === 'failed') return progress.error.code === 'OUTCOME_UNKNOWN';
  if (progress.status !== 'waiting' || progress.waitsFor.kind !== 'decision') return false;
  return progress.waitsFor.why.code === 'OUTCOME_UNKNOWN';
}

/** Looks, people and waits are not played by the stand-in world. */
const changesSomething = (action: string | undefined, state: RunState | undefined, id: string): boolean =>
  !/^(human|time)\./.test(action ?? '') && state?.steps.get(id)?.danger !== 'read';
