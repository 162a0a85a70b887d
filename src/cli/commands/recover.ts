import { ERRORS, KnownError } from '../../model/errors.ts';
import { type DryRunResult, dryRunScenario } from '../../usecases/dry-run.ts';
import { recover } from '../../usecases/recover.ts';
import { resume } from '../../usecases/resume.ts';
import type { RunResult } from '../../usecases/run-result.ts';
import type { Services } from '../../usecases/services.ts';
import { promptAsker } from '../asker.ts';
import { defineCommand, list, optional, text, toggle } from '../define-command.ts';
import { dryRunText } from '../dry-run-text.ts';
import { runView } from '../run-view.ts';
import type { Screen } from '../screen.ts';
import { runSummary } from '../summary.ts';

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
    'lifeboat recover --resume run-20260114-030512-9f3c',
  ],
  args: { scenario: optional('The scenario; with --resume the run, which may be left out when only one is open.') },
  flags: {
    set: list('NAME=VALUE', 'An input of the scenario.'),
    impact: text('TIME', 'When the damage was done, with its time zone. The RTO clock starts there.'),
    'dry-run': toggle('Show what every step would do, and do nothing.'),
    resume: toggle('Go on with a run that was interrupted.'),
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
    const watching = watchingFrom(services, screen);
    if (input.resume) return resume(input.scenario, services, watching);
    const request = {
      scenario: requireScenario(input.scenario),
      set: input.set,
      ...(input.impact === undefined ? {} : { impact: input.impact }),
    };
    if (input['dry-run']) return dryRunScenario(request, services, screen.signal);
    return recover(request, services, watching);
  },
  print: (result, paint) => ('run' in result ? runSummary(result, paint) : dryRunText(result, paint)),
  exit: (result) => ('run' in result && result.error ? ERRORS[result.error.code].exit : 0),
});

function watchingFrom(services: Services, screen: Screen) {
  const view = runView(screen, promptAsker(services, screen));
  return { signal: screen.signal, mayAsk: screen.ask !== undefined, resumes: view.resumes, watch: view.watch };
}

function requireScenario(scenario: string | undefined): string {
  if (scenario !== undefined) return scenario;
  throw new KnownError('USAGE', 'SCENARIO is missing', 'See the scenarios of the plan with: lifeboat docs');
}
