import { type ErrorRecord, KnownError } from '../model/errors.ts';
import type { Decision, RunEvent } from '../model/run.ts';
import type { RunStep } from '../model/run-scenario.ts';
import { openObligations, type StepState } from '../model/run-state.ts';
import { isLeftBehind, leftOut } from './branches.ts';
import { runConfirmed } from './confirm.ts';
import { failurePolicy } from './failure.ts';
import { pauseBefore } from './retry-pause.ts';
import { failureEvents, prepare, type StepRun } from './run-step.ts';
import { NotItsTurn } from './turn.ts';

/** How a step came to rest: settled in the log, or parked until a person decides and the run is resumed. */
export type Rest = 'settled' | 'parked';

/** Carries a step out through tries and people's decisions. Throws only what stops the whole run: fencing, abort, a journal that cannot be written. */
export async function carryOut(run: StepRun): Promise<Rest> {
  const why = leftOut(run.scenario, run.step, run.log.state());
  if (why !== undefined) {
    await run.log.append([{ type: 'step.skipped', step: run.step.id, why }]);
    return 'settled';
  }
  for (;;) {
    const answer = await afterFailure(run);
    if (answer !== 'go') return answer;
    await pauseBeforeRetry(run);
    try {
      await runConfirmed(run);
      return 'settled';
    } catch (error) {
      if (error instanceof NotItsTurn) return 'settled';
      if (run.signal.aborted || (error instanceof KnownError && error.code === 'RUN_FENCED')) throw error;
      await run.log.append(await failureEvents(run, error));
    }
  }
}

const known = ({ log, step }: StepRun): StepState | undefined => log.state().steps.get(step.id);

/** What to do with a step that has failed before: nothing has, so go; or what the plan says; or what a person says. */
async function afterFailure(run: StepRun): Promise<'go' | Rest> {
  const { step, log } = run;
  const progress = known(run)?.progress;
  const error =
    progress?.status === 'failed'
      ? progress.error
      : progress?.status === 'waiting' && progress.waitsFor.kind === 'decision'
        ? progress.waitsFor.why
        : undefined;
  if (!error) return 'go';
  if (failurePolicy(step, error) !== 'ask' || isLeftBehind(run.scenario, step, log.state())) return 'settled';
  const decision = known(run)?.decision?.decision ?? (await decisionOf(run, error));
  if (decision === undefined) return 'parked';
  if (decision === 'retry') return 'go';
  if (decision === 'skip') await log.append([{ type: 'step.skipped', step: step.id, why: wordOf(run, step) }]);
  if (decision === 'done')
    await log.append([
      {
        type: 'step.succeeded',
        step: step.id,
        how: 'decided',
        output: {},
        proofs: [{ claim: wordOf(run, step), held: true, observed: 'not looked at: a person answers for it' }],
      },
      ...putBackByHand(run),
    ]);
  return 'settled';
}

/** A step that puts something back has done so when a person says that it is done. Where it cannot be known what, that stays owed. */
function putBackByHand(run: StepRun): readonly RunEvent[] {
  try {
    const { action, input } = prepare(run);
    const id = action.settles?.(input);
    const isOwed = openObligations(run.log.state()).some((known) => known.id === id);
    return id !== undefined && isOwed ? [{ type: 'obligation.settled', step: run.step.id, id }] : [];
  } catch (error) {
    if (error instanceof KnownError) return [];
    throw error;
  }
}

async function decisionOf(run: StepRun, why: ErrorRecord): Promise<Decision | undefined> {
  const { step, log, ports } = run;
  if (known(run)?.progress.status !== 'waiting')
    await log.append([{ type: 'step.waiting', step: step.id, waitsFor: { kind: 'decision', why } }]);
  if (!ports.mayAsk) return undefined;
  await log.until((state) => state.steps.get(step.id)?.decision !== undefined, run.signal);
  return known(run)?.decision?.decision;
}

const wordOf = (run: StepRun, step: RunStep): string =>
  `${known(run)?.decision?.by} decided about ${step.id}: ${known(run)?.decision?.reason}`;

async function pauseBeforeRetry({ step, log, ports, signal }: StepRun): Promise<void> {
  const known = log.state().steps.get(step.id);
  if (known?.progress.status !== 'retrying') return;
  const left = Date.parse(known.progress.notBefore) - ports.clock.now().getTime();
  // A clock that was put back an hour must not make the pause an hour longer.
  const longest = step.retry === undefined ? left : pauseBefore(step.retry, known.retries - 1);
  const wait = Math.min(left, longest);
  if (wait > 0) await ports.clock.sleep(wait, signal);
}
