import { cancel } from '../../usecases/cancel.ts';
import { defineCommand, needed, text } from '../define-command.ts';

export const cancelCommand = defineCommand({
  name: 'cancel',
  summary: 'End a run for good. What it changed stays as it is.',
  examples: ['lifeboat cancel run-20260114-030512-9f3c --reason "started by mistake"'],
  args: { run: needed('The run.') },
  flags: {
    reason: text('TEXT', 'Why. Needed.'),
    by: text('NAME', 'Who cancels. Default: $LIFEBOAT_USER, else your user name.'),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run, by, reason }, services) =>
    cancel({ run, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) }, services),
  print: ({ run, by, left }) =>
    [`${by} canceled ${run}.`, ...left.map((what) => `  Not put back, do it by hand: ${what}`)].join('\n'),
});
