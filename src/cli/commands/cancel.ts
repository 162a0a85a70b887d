import { cancel } from '../../usecases/cancel.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';
import { notCopiedLines } from '../not-copied.ts';

export const cancelCommand = defineCommand({
  name: 'cancel',
  summary: 'End a run for good. What it changed stays as it is.',
  details:
    'While something is not put back, such as a blocked role, it is refused, and the commands that put it back are named.\n' +
    'Once it is canceled, Lifeboat puts nothing back any more.',
  examples: ['lifeboat cancel run-20260114-030512-9f3c --reason "started by mistake"'],
  args: { run: needed('The run.') },
  flags: {
    reason: text('TEXT', 'Why. Needed.'),
    by: text('NAME', 'Who cancels. Default: $LIFEBOAT_USER, else your user name.'),
    leave: toggle('Cancel although something is not put back: it stays as it is until somebody does it by hand.'),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'OBLIGATION_OPEN'],
  run: ({ run, by, reason, leave }, services) =>
    cancel({ run, leave, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) }, services),
  print: ({ run, by, left, ...kept }) =>
    [
      `${by} canceled ${run}.`,
      ...left.map((what) => `  Not put back, do it by hand: ${what}`),
      ...notCopiedLines(kept),
    ].join('\n'),
});
