import { errorRecord } from '../model/errors.ts';
import type { RunEvent } from '../model/run.ts';
import type { RunStep } from '../model/run-scenario.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { undoOrder } from '../model/undo-order.ts';
import { prepare, type StepRun } from './run-step.ts';
import { withDeadline } from './with-deadline.ts';

export type UndoRun = Omit<StepRun, 'step'>;

/** Takes back what this run did, newest first. What cannot be taken back is said, and the rest goes on. */
export async function undoAll(run: UndoRun): Promise<void> {
  for (const step of undoOrder(run.scenario.steps, run.log.state())) await undoOne({ ...run, step });
}

async function undoOne(run: StepRun): Promise<void> {
  const { step, log } = run;
  if (log.state().steps.get(step.id)?.progress.status !== 'undoing')
    await log.append([{ type: 'step.undoing', step: step.id }]);
  const impossible = await takeBack(run);
  const undone: RunEvent = { type: 'step.undone', step: step.id, ...(impossible === undefined ? {} : { impossible }) };
  await log.append(impossible === undefined ? [undone, ...settledBy(log.state(), step)] : [undone]);
}

const settledBy = (state: RunState, step: RunStep): readonly RunEvent[] =>
  openObligations(state)
    .filter((obligation) => obligation.step === step.id)
    .map((obligation) => ({ type: 'obligation.settled', step: step.id, id: obligation.id }));

/** Why it could not be taken back, or undefined when it was, or had no effect. */
export async function takeBack(run: StepRun): Promise<string | undefined> {
  const { step, log, ports, signal } = run;
  // It did nothing itself, and its items are taken back before it.
  if (step.for_each !== undefined) return undefined;
  try {
    const { action, ctx, input } = prepare(run);
    if (action.danger === 'read') return undefined;
    const deadline = { ms: action.timeout, clock: ports.clock, signal, what: `${step.id}: undo` };
    return await withDeadline(deadline, async (limited) => {
      const limitedCtx = { ...ctx, signal: limited };
      const seen = await action.observe(limitedCtx, input);
      // What owes something may have left half of it behind, e.g. a folder of a copy that was cut off.
      if (seen.state === 'absent' && !action.owes) return undefined;
      if (typeof action.undo !== 'function') return action.undo.impossible;
      await action.undo(
        limitedCtx,
        input,
        seen.state === 'done' ? seen.output : (log.state().steps.get(step.id)?.output ?? null),
      );
      return undefined;
    });
  } catch (error) {
    if (signal.aborted || errorRecord(error).code === 'RUN_FENCED') throw error;
    return `it failed: ${errorRecord(error).message}`;
  }
}

/** Puts back what one ended step left, on a person's word: by undoing it, or because they say that it is already done. */
export async function putBack(run: StepRun): Promise<void> {
  const { step, log } = run;
  const decision = log.state().steps.get(step.id)?.decision;
  const impossible = decision?.decision === 'undo' ? await takeBack(run) : undefined;
  if (impossible !== undefined)
    return log.append([
      {
        type: 'step.failed',
        step: step.id,
        error: {
          code: 'STEP_FAILED',
          message: `${step.id} could not be taken back: ${impossible}`,
          hint: `Put it back by hand, then: lifeboat decide ${log.state().id} ${step.id} done --reason "…"`,
        },
      },
    ]);
  await log.append(settledBy(log.state(), step));
}
