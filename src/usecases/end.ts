import { KnownError } from '../model/errors.ts';
import { openObligations } from '../model/run-state.ts';
import { runUnderWay } from './attach.ts';
import { waysBack } from './cancel.ts';
import { findRun, isDriven } from './find-run.ts';
import { isOver } from './resume.ts';
import { journalOf } from './run-look.ts';
import type { Services } from './services.ts';

/** What ending a run for good would leave behind. */
export interface EndLook {
  readonly run: string;
  readonly scenario: string;
  readonly environment: string;
  /** Steps that may have changed something; that stays as it is. */
  readonly changed: readonly string[];
  /** What the run owes: nobody puts it back any more once the run is ended. */
  readonly owed: readonly string[];
  /** How it is put back first, in this order. */
  readonly commands: readonly string[];
  readonly healthy: boolean;
  /** How to end it from any terminal. */
  readonly command: string;
}

/** Says what ending a run would mean, without ending it: `cancel` does that. */
export async function lookAtEnd(run: string | undefined, services: Services): Promise<EndLook> {
  const id = run ?? (await runUnderWay(journalOf(services), 'end'));
  const { state, journal } = await findRun(id, services);
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${id} is over: ${state.status}`, `See: lifeboat status ${id}`);
  const owed = openObligations(state);
  return {
    run: id,
    scenario: state.origin.scenario,
    environment: state.origin.environment,
    changed: [...state.steps.values()]
      .filter(({ attempts, danger, progress }) => attempts > 0 && danger !== 'read' && progress.status !== 'undone')
      .map((step) => step.id),
    owed: owed.map(({ what }) => what),
    commands: owed.length > 0 ? waysBack(state, await isDriven(id, journal)) : [],
    healthy: state.healthyAt !== undefined,
    command: `lifeboat cancel ${id}${owed.length > 0 ? ' --leave' : ''} --reason "…"`,
  };
}
