import { attach, exitOf } from '../../usecases/attach.ts';
import { defineCommand, optional, WATCHING } from '../define-command.ts';
import { runSummary } from '../summary.ts';
import { whileWatching } from '../watching.ts';

export const attachCommand = defineCommand({
  name: 'attach',
  summary: 'Follow a run that another terminal drives, and answer what it asks.',
  details:
    'It ends when the run stops (over, paused, or its process gone), with the exit code that "lifeboat recover" ends with.\n' +
    'Ctrl-C leaves the run alone: only the following ends, with exit code 75.',
  examples: ['lifeboat attach', 'lifeboat attach run-20260114-030512-9f3c --plain'],
  args: { run: optional('The run. Default: the one that is not over.') },
  flags: WATCHING,
  fails: [
    'USAGE',
    'RUN_NOT_FOUND',
    'JOURNAL_DAMAGED',
    'OUTCOME_UNKNOWN',
    'RUN_PAUSED',
    'STEP_FAILED',
    'OBLIGATION_OPEN',
    'VERIFICATION_FAILED',
    'RUN_CANCELED',
    'INTERRUPTED',
  ],
  run: (input, services, screen) =>
    whileWatching(input, { screen, services }, ({ attaches, drives, watch }) =>
      attach(input.run, services, { signal: screen.signal, attaches, drives, watch }),
    ),
  print: runSummary,
  exit: exitOf,
});
