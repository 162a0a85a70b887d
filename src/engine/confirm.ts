import { parseDuration } from '../lib/duration.ts';
import { type Confirmation, standOf } from '../model/confirmation.ts';
import { KnownError } from '../model/errors.ts';
import type { Proof } from '../model/run.ts';
import { runStep, type StepRun } from './run-step.ts';
import { takeBack } from './undo.ts';

/**
 * Carries a step out and, where it says `confirm`, keeps its success only when people have said that the world is right; else it is
 * taken back. What was begun to be taken back is never carried out again by itself, however often the process dies.
 */
export async function runConfirmed(run: StepRun): Promise<void> {
  const before = confirmationOf(run);
  if (before && mustGoBack(before, run)) throw await takenBack(run);
  await runStep(run, (proofs) => confirmed(run, proofs));
}

/** Undefined where nobody needs to confirm; else the moment from which it counts. Throws NOT_CONFIRMED when it was taken back. */
async function confirmed(run: StepRun, proofs: readonly Proof[]): Promise<string | undefined> {
  const { step, log, ports, signal } = run;
  if (!step.confirm) return undefined;
  if (standing(run) !== 'confirmed') {
    const { role, count, within } = step.confirm;
    const first = confirmationOf(run)?.until;
    const until = first ?? new Date(ports.clock.now().getTime() + (parseDuration(within) as number)).toISOString();
    const waitsFor = { kind: 'confirmation', role, count, until, proofs } as const;
    await log.append([{ type: 'step.waiting', step: step.id, waitsFor }]);
    await log.until(() => standing(run) !== 'open', signal, new Date(until));
    // A word may have come in at the last moment.
    await log.refresh();
  }
  if (standing(run) === 'confirmed') return confirmationOf(run)?.since;
  throw await takenBack(run);
}

const confirmationOf = ({ log, step }: StepRun): Confirmation | undefined =>
  log.state().steps.get(step.id)?.confirmation;

function standing(run: StepRun) {
  const known = confirmationOf(run);
  return known ? standOf(known, run.ports.clock.now()) : 'open';
}

const mustGoBack = (known: Confirmation, { ports }: StepRun): boolean =>
  ['denied', 'late'].includes(standOf(known, ports.clock.now()));

/** Takes the step back, from wherever an earlier process left that, and gives the error that ends it. */
async function takenBack(run: StepRun): Promise<KnownError> {
  const { step, log } = run;
  const why = confirmationOf(run)?.takenBack ?? reasonOf(run);
  if (confirmationOf(run)?.takenBack === undefined)
    await log.append([{ type: 'step.taking_back', step: step.id, why }]);
  const decide = `lifeboat decide ${log.state().id} ${step.id}`;
  // What this run found done was done by others, and is theirs to take back.
  if ((log.state().steps.get(step.id)?.attempts ?? 0) === 0)
    return new KnownError(
      'NOT_CONFIRMED',
      `${step.id}: ${why}. It was there before this run, so it was not taken back`,
      `Look at it, then: ${decide} retry|skip|undo|abort --reason "…"`,
    );
  const impossible = await takeBack(run);
  if (impossible !== undefined)
    return new KnownError(
      'OUTCOME_UNKNOWN',
      `${step.id}: ${why}, and it could not be taken back: ${impossible}`,
      `Take it back by hand, then: ${decide} skip|abort --reason "…"`,
    );
  return new KnownError(
    'NOT_CONFIRMED',
    `${step.id}: ${why}. It was taken back`,
    `Look at what was not right, then: ${decide} retry|skip|undo|abort --reason "…"`,
  );
}

function reasonOf(run: StepRun): string {
  const { no } = confirmationOf(run) ?? {};
  if (no) return `${no.by} said that the world is not right: ${no.reason}`;
  const { role, within } = run.step.confirm ?? {};
  return `nobody in the role ${role} confirmed it within ${within}`;
}
