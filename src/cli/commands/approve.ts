import { approve } from '../../usecases/approve.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';

export const approveCommand = defineCommand({
  name: 'approve',
  summary: 'Say yes, or no, to a step that waits for approval.',
  details: 'Read first what it will do: lifeboat status RUN. A yes holds only for exactly that.',
  examples: [
    'lifeboat approve run-20260114-030512-9f3c load --by dana',
    'lifeboat approve run-20260114-030512-9f3c load --reject --reason "wrong transaction"',
  ],
  args: { run: needed('The run.'), step: needed('The step.') },
  flags: {
    by: text('NAME', 'Who approves: an entry of people in the plan. Default: $LIFEBOAT_USER, else your user name.'),
    reject: toggle('Say no.'),
    reason: text('TEXT', 'Why. Needed to say no.'),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run, step, by, reject, reason }, services) =>
    approve(
      { run, step, reject, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) },
      services,
    ),
  print: ({ run, step, by, answer, missing }) =>
    `${by} ${answer} ${step} of ${run}.${missing > 0 ? ` ${missing} more must approve.` : ''}`,
});
