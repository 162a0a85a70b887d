import { ERRORS, KnownError } from '../../model/errors.ts';
import { exitOf } from '../../usecases/attach.ts';
import { type DryRunResult, dryRunScenario } from '../../usecases/dry-run.ts';
import type { AskForName } from '../../usecases/production-guard.ts';
import { recover } from '../../usecases/recover.ts';
import { type Extension, resume } from '../../usecases/resume.ts';
import type { Watching } from '../../usecases/run-ports.ts';
import type { RunResult } from '../../usecases/run-result.ts';
import { takeOver } from '../../usecases/take-over.ts';
import { COPIED, defineCommand, list, optional, text, toggle, WATCHING } from '../define-command.ts';
import { dryRunText } from '../dry-run-text.ts';
import type { RunView } from '../run-view.ts';
import type { Screen } from '../screen.ts';
import { runSummary } from '../summary.ts';
import { whileWatching } from '../watching.ts';

export const recoverCommand = defineCommand({
  name: 'recover',
  summary: 'Carry out a scenario of the plan: the real thing.',
  details:
    'Steps that need an approval wait for it, at the prompt or from any terminal with "lifeboat approve".\n' +
    'Ctrl-C pauses the run; "lifeboat recover --resume" goes on where it stopped, after looking at what is already done.\n' +
    'Where something is destroyed in a protected environment, its name is typed at the start; without a terminal with --environment.\n' +
    'Inputs are frozen in the run: after a wrong --set, cancel it and start again with the right one.\n' +
    'With --json, error.because {code, message, hint} is the error of the step that paused the run.',
  examples: [
    'lifeboat recover accidental-deletion --set actor=analyst --dry-run',
    'lifeboat recover accidental-deletion --set actor=analyst',
    'lifeboat recover database-destroyed --impact 2026-01-14T03:05:00Z --detected 2026-01-14T03:09:00Z',
    'lifeboat recover database-destroyed --despite-findings "the plan promises too much, and the server is gone"',
    'lifeboat recover --resume run-20260114-030512-9f3c',
    'lifeboat recover --resume run-20260114-030512-9f3c --extend 2h --reason "the copy needs another hour"',
    'lifeboat recover --take-over run-20260114-030512-9f3c --repository /mnt/backups/orders --identity /safe/key.txt --state /srv/lifeboat --owner-is-gone "its server burned"',
  ],
  args: {
    scenario: optional(
      'The scenario; with --resume the run, which may be left out when only one is open; with --take-over the run.',
    ),
  },
  flags: {
    set: list('NAME=VALUE', 'An input of the scenario.'),
    impact: text('TIME', 'When the damage was done, with its time zone. The RTO clock starts there.'),
    detected: text('TIME', 'When it was noticed, with its time zone. Without it the time to detect is not known.'),
    'despite-findings': text(
      'REASON',
      'Break-glass: begin although check finds errors in the plan. The reason is recorded. What cannot be carried out is still refused.',
    ),
    'dry-run': toggle('Show what every step would do, and do nothing.'),
    resume: toggle('Go on with a run that was interrupted.'),
    extend: text('TIME', 'With --resume: give a run that has a deadline so much more time, e.g. 2h. It is recorded.'),
    reason: text('REASON', 'With --extend: why.'),
    'take-over': toggle('Go on with a run that another machine began, from the copy of its log in the repository.'),
    'owner-is-gone': text(
      'REASON',
      'With --take-over: how you know that whoever drove the run is gone. Not needed when it was paused. The reason is recorded.',
    ),
    ...COPIED,
    ...WATCHING,
  },
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'PLAN_REFUSED',
    'SECRET_MISSING',
    'RUN_NOT_FOUND',
    'RUN_LOCKED',
    'OUTCOME_UNKNOWN',
    'RUN_PAUSED',
    'APPROVAL_REJECTED',
    'APPROVAL_EXPIRED',
    'NOT_CONFIRMED',
    'STEP_FAILED',
    'OBLIGATION_OPEN',
    'VERIFICATION_FAILED',
    'RUN_FENCED',
    'RUN_CANCELED',
    'RUN_LATE',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'KEY_MISSING',
    'KEY_WRONG',
  ],
  async run(input, services, screen): Promise<DryRunResult | RunResult> {
    const world = { screen, services };
    const extension = extensionOf(input);
    if (input['take-over']) {
      const { repository, identity, 'owner-is-gone': gone } = input;
      const request = { run: requireRun(input.scenario), gone, repository, identity };
      return whileWatching(input, world, (view) => takeOver(request, services, watchingOf(screen, view)));
    }
    refuseWithoutTakeOver(input);
    if (input.resume)
      return whileWatching(input, world, (view) =>
        resume(input.scenario, services, watchingOf(screen, view), extension),
      );
    const request = {
      scenario: requireScenario(input.scenario),
      set: input.set,
      ...(input.impact === undefined ? {} : { impact: input.impact }),
      ...(input.detected === undefined ? {} : { detected: input.detected }),
      ...(input['despite-findings'] === undefined ? {} : { despite: input['despite-findings'] }),
    };
    if (input['dry-run']) return dryRunScenario(request, services, screen.signal);
    const { ask } = screen;
    const guarded = { ...request, ...(ask ? { askForName: askForName(screen, ask) } : {}) };
    return whileWatching(input, world, (view) => recover(guarded, services, watchingOf(screen, view)));
  },
  print: (result, paint) => ('run' in result ? runSummary(result, paint) : dryRunText(result, paint)),
  exit: (result) => ('run' in result ? exitOf(result) : exitOfDryRun(result)),
});

const watchingOf = (screen: Screen, { resumes, watch }: RunView): Watching => ({
  signal: screen.signal,
  mayAsk: screen.ask !== undefined,
  resumes,
  watch,
});

interface Extending {
  readonly resume: boolean;
  readonly extend: string | undefined;
  readonly reason: string | undefined;
}

/** More time is given to a run that there is, and nobody gives it without saying why. */
function extensionOf({ resume: isResumed, extend, reason }: Extending): Extension | undefined {
  const command = 'lifeboat recover --resume RUN --extend 2h --reason "…"';
  if (extend === undefined && reason === undefined) return undefined;
  if (!isResumed) throw new KnownError('USAGE', '--extend and --reason are for a run that is resumed', command);
  if (extend === undefined) throw new KnownError('USAGE', '--reason is for --extend', command);
  if (reason === undefined || reason.trim() === '') throw new KnownError('USAGE', 'a reason is missing', command);
  return { duration: extend, reason };
}

const askForName =
  (screen: Screen, ask: NonNullable<Screen['ask']>): AskForName =>
  async ({ environment, destroys }) => {
    screen.say(screen.paint.warn(`In ${environment}, which is protected, this run destroys something:`));
    for (const { step, action, where } of destroys)
      screen.say(`  - ${step}: ${action}${where.length > 0 ? `, ${where.join(', ')}` : ''}`);
    return ask(`Type ${environment} to begin: `, screen.signal);
  };

function requireRun(run: string | undefined): string {
  if (run !== undefined) return run;
  throw new KnownError('USAGE', 'RUN is missing', 'See the runs in a repository: lifeboat runs --repository FOLDER');
}

/** Flags that would be ignored mean that something else was meant. */
function refuseWithoutTakeOver(
  input: Readonly<Record<'owner-is-gone' | 'repository' | 'identity', string | undefined>>,
): void {
  const given = (['owner-is-gone', 'repository', 'identity'] as const).find((name) => input[name] !== undefined);
  if (given === undefined) return;
  throw new KnownError('USAGE', `--${given} says nothing without --take-over`, 'Add --take-over, or leave it out.');
}

function requireScenario(scenario: string | undefined): string {
  if (scenario !== undefined) return scenario;
  throw new KnownError('USAGE', 'SCENARIO is missing', 'See the scenarios of the plan with: lifeboat docs');
}

/** A recovery that would not reach its repository is no good plan for the night. */
const exitOfDryRun = ({ repository_error: error }: DryRunResult): number =>
  error === undefined ? 0 : ERRORS[error.code].exit;
