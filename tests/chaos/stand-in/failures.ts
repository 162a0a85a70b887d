import { failurePolicy } from '../../../src/engine/failure.ts';
import { errorRecord, KnownError } from '../../../src/model/errors.ts';
import { membershipsOf, type RunStep, scenarioOfRun } from '../../../src/model/run-scenario.ts';
import { openObligations } from '../../../src/model/run-state.ts';
import { isReal } from './actions.ts';
import { tooOften, undoneAndThere } from './compare.ts';
import { live, type Outcome, type Play } from './lives.ts';
import { broken, type Variant } from './variants.ts';
import type { Trouble } from './world.ts';

const unreachable: Trouble = {
  ...broken,
  error: new KnownError('TARGET_UNREACHABLE', 'it does not answer', 'Wait.'),
};

/** An error that may pass, and one that does not; before the effect, and after it. */
export const FAILURES: readonly Trouble[] = [broken, unreachable].flatMap((trouble) => [
  { ...trouble, place: 'before' as const },
  { ...trouble, place: 'after' as const },
]);

export interface Failures {
  readonly calls: number;
  readonly wrong: readonly string[];
}

/** Every call of a play fails once in the given ways, and somebody who is asked says "retry". */
export async function failEverywhere(
  { play }: Variant,
  ways: (index: number) => readonly Trouble[],
): Promise<Failures> {
  const calm = await live(play, undefined);
  const called = scenarioOfRun({ origin: play.origin }).steps.filter(
    ({ id, uses }) => !isReal(uses) && isDone(calm, id),
  );
  const wrong: string[] = [];
  let calls = 0;
  for (const [index, step] of called.entries())
    for (const trouble of ways(index)) {
      const troubles = new Map([[step.id, trouble]]);
      calls++;
      const about = `${step.id} fails once ${trouble.place} its effect with ${errorRecord(trouble.error).code}`;
      wrong.push(...(await failOnce({ ...play, troubles }, calm, step, trouble)).map((what) => `${about}: ${what}`));
    }
  return { calls, wrong };
}

const isDone = ({ state }: Outcome, step: string): boolean => state.steps.get(step)?.progress.status === 'succeeded';

async function failOnce(play: Play, calm: Outcome, step: RunStep, trouble: Trouble): Promise<readonly string[]> {
  try {
    const after = await live(play, undefined);
    const policy = failurePolicy(step, errorRecord(trouble.error));
    const isGranted = step.retry !== undefined && errorRecord(trouble.error).code === 'TARGET_UNREACHABLE';
    const goesOn = policy === 'ask' || policy === 'continue' || isGranted;
    return [
      ...(after.state.status === (goesOn ? calm.state.status : 'failed')
        ? []
        : [`the run ended ${after.state.status}`]),
      ...(goesOn && policy === 'ask' ? unlike(calm, after, step) : []),
      ...owed(calm, after),
      ...tooOften(after),
      ...(goesOn ? [] : undoneAndThere(after)),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Where a person said "retry", all is as if nothing had failed; but another way may have been taken. */
function unlike(calm: Outcome, after: Outcome, step: RunStep): readonly string[] {
  if (membershipsOf(step).length > 0) return [];
  const ends = ({ state }: Outcome) => [...state.steps].map(([id, { progress }]) => `${id} ${progress.status}`).sort();
  return JSON.stringify(ends(calm)) === JSON.stringify(ends(after))
    ? []
    : ['not all steps ended as without the failure'];
}

const owed = (calm: Outcome, { state }: Outcome): readonly string[] =>
  openObligations(state).length <= openObligations(calm.state).length ? [] : ['something is still owed'];
