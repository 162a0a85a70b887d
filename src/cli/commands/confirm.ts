import { confirm } from '../../usecases/confirm.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';
import { notCopiedLines } from '../not-copied.ts';

export const confirmCommand = defineCommand({
  name: 'confirm',
  summary: 'Say that the world is right after a step, or with --no that it is not.',
  details:
    'Where a step says confirm, it is taken back when nobody says in time that the world is right, and at once when somebody says no.\n' +
    'The time is counted from the first asking, also while nobody drives the run.',
  examples: [
    'lifeboat confirm run-20260114-030512-9f3c switch --by dana',
    'lifeboat confirm run-20260114-030512-9f3c switch --no --reason "orders cannot be paid"',
  ],
  args: { run: needed('The run.'), step: needed('The step.') },
  flags: {
    by: text('NAME', 'Who confirms: an entry of people in the plan. Default: $LIFEBOAT_USER, else your user name.'),
    no: toggle('The world is not right: take the step back.'),
    reason: text('TEXT', 'What was seen. Needed with --no.'),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'NOT_CONFIRMED'],
  run: ({ run, step, by, no, reason }, services) =>
    confirm(
      { run, step, no, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) },
      services,
    ),
  print: ({ run, step, by, answer, missing, until, resume, ...kept }) =>
    [
      answer === 'denied' ? `${by} said no: ${step} of ${run} is taken back.` : `${by} confirmed ${step} of ${run}.`,
      ...(missing > 0 && answer === 'confirmed' ? [`${missing} more must confirm until ${until}.`] : []),
      ...notCopiedLines(kept),
      ...(resume ? [`Nobody drives the run. Go on with: lifeboat recover --resume ${run}`] : []),
    ].join('\n'),
});
