import { DECISIONS } from '../../model/run.ts';
import { decide } from '../../usecases/decide.ts';
import { defineCommand, needed, text } from '../define-command.ts';

export const decideCommand = defineCommand({
  name: 'decide',
  summary:
    'Say how to go on with a step that failed or whose outcome is unknown, or that somebody did what a step asks for.',
  details:
    'retry: look again and try again. done: it is done, a person answers for it. skip: go on without it.\n' +
    'undo: take back what this run did, newest first; where a step owes something, put that back. abort: end the run as failed.\n' +
    'Of what somebody was asked to do, done says that it is done, and --reason what was found: later steps may use it. failed: it could\n' +
    'not be done.\n' +
    'Inputs are frozen in the run: "retry" uses the same ones. Were they wrong, cancel the run and start again with the right ones.',
  examples: ['lifeboat decide run-20260114-030512-9f3c load retry --reason "the disk has room again"'],
  args: {
    run: needed('The run.'),
    step: needed('The step.'),
    decision: needed(`One of ${DECISIONS.join(', ')}; of what somebody does: done, failed.`),
  },
  flags: {
    reason: text('TEXT', 'Why, or what was found. Only "done" of what somebody does needs none.'),
    by: text('NAME', 'Who decides. Default: $LIFEBOAT_USER, else your user name.'),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run, step, decision, by, reason }, services) =>
    decide(
      { run, step, decision, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) },
      services,
    ),
  print: ({ run, step, by, decision, resume }) =>
    `${by} decided "${decision}" about ${step} of ${run}.${resume ? `\nNobody drives the run. Go on with: lifeboat recover --resume ${run}` : ''}`,
});
