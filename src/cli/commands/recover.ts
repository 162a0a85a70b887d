import { KnownError } from '../../model/errors.ts';
import { exitOf } from '../../usecases/attach.ts';
import { type DryRunResult, dryRunScenario } from '../../usecases/dry-run.ts';
import { recover } from '../../usecases/recover.ts';
import { resume } from '../../usecases/resume.ts';
import type { Watching } from '../../usecases/run-ports.ts';
import type { RunResult } from '../../usecases/run-result.ts';
import { defineCommand, list, optional, text, toggle, WATCHING } from '../define-command.ts';
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
    'Inputs are frozen in the run: after a wrong --set, cancel it and start again with the right one.\n' +
    'With --json, error.because {code, message, hint} is the error of the step that paused the run.',
  examples: [
    'lifeboat recover accidental-deletion --set actor=analyst --dry-run',
    'lifeboat recover accidental-deletion --set actor=analyst',
    'lifeboat recover database-destroyed --impact 2026-01-14T03:05:00Z',
    'lifeboat recover database-destroyed --despite-findings "the plan promises too much, and the server is gone"',
    'lifeboat recover --resume run-20260114-030512-9f3c',
  ],
  args: { scenario: optional('The scenario; with --resume the run, which may be left out when only one is open.') },
  flags: {
    set: list('NAME=VALUE', 'An input of the scenario.'),
    impact: text('TIME', 'When the damage was done, with its time zone. The RTO clock starts there.'),
    'despite-findings': text(
      'REASON',
      'Break-glass: begin although check finds errors in the plan. The reason is recorded. What cannot be carried out is still refused.',
    ),
    'dry-run': toggle('Show what every step would do, and do nothing.'),
    resume: toggle('Go on with a run that was interrupted.'),
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
    'STEP_FAILED',
    'OBLIGATION_OPEN',
    'VERIFICATION_FAILED',
    'RUN_FENCED',
    'RUN_CANCELED',
    'REPOSITORY_MISSING',
  ],
  async run(input, services, screen): Promise<DryRunResult | RunResult> {
    const world = { screen, services };
    if (input.resume)
      return whileWatching(input, world, (view) => resume(input.scenario, services, watchingOf(screen, view)));
    const request = {
      scenario: requireScenario(input.scenario),
      set: input.set,
      ...(input.impact === undefined ? {} : { impact: input.impact }),
      ...(input['despite-findings'] === undefined ? {} : { despite: input['despite-findings'] }),
    };
    if (input['dry-run']) return dryRunScenario(request, services, screen.signal);
    return whileWatching(input, world, (view) => recover(request, services, watchingOf(screen, view)));
  },
  print: (result, paint) => ('run' in result ? runSummary(result, paint) : dryRunText(result, paint)),
  exit: (result) => ('run' in result ? exitOf(result) : 0),
});

const watchingOf = (screen: Screen, { resumes, watch }: RunView): Watching => ({
  signal: screen.signal,
  mayAsk: screen.ask !== undefined,
  resumes,
  watch,
});

function requireScenario(scenario: string | undefined): string {
  if (scenario !== undefined) return scenario;
  throw new KnownError('USAGE', 'SCENARIO is missing', 'See the scenarios of the plan with: lifeboat docs');
}
