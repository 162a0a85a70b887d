import { next } from '../../usecases/next.ts';
import { defineCommand, optional } from '../define-command.ts';
import { nextText } from '../next-text.ts';

export const nextCommand = defineCommand({
  name: 'next',
  summary: 'Say the one thing that a person must do now, in one screen.',
  details:
    'For whoever has just been woken. Of several runs it tells the one that waits for a person. It changes nothing.',
  examples: ['lifeboat next', 'lifeboat next run-20260114-030512-9f3c --json'],
  args: { run: optional('The run. Default: the one that is not over and waits for a person.') },
  flags: {},
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run }, services) => next(run, services),
  print: nextText,
});
