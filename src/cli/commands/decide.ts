import { KnownError } from '../../model/errors.ts';
import { DECISIONS } from '../../model/run.ts';
import { type DecideResult, decide } from '../../usecases/decide.ts';
import { type EditResult, editStep } from '../../usecases/edit-step.ts';
import { defineCommand, list, needed, text, toggle } from '../define-command.ts';
import { editText } from '../edit-text.ts';
import { notCopiedLines } from '../not-copied.ts';

export const decideCommand = defineCommand({
  name: 'decide',
  summary:
    'Say how to go on with a step that failed or whose outcome is unknown, or that somebody did what a step asks for.',
  details:
    'retry: look again and try again. done: it is done, a person answers for it. skip: go on without it.\n' +
    'undo: take back what this run did, newest first; where a step owes something, put that back. abort: end the run as failed.\n' +
    'Of what somebody was asked to do, done says that it is done, and --reason what was found: later steps may use it. failed: it could\n' +
    'not be done. Where a machine looks, too, "done" counts only when it sees it.\n' +
    'edit: give the step another input with --set, before it begins or while it waits; whoever approved the one before is asked anew.\n' +
    'Inputs are frozen in the run: "retry" uses the same ones, or what was edited.',
  examples: [
    'lifeboat decide run-20260114-030512-9f3c load retry --reason "the disk has room again"',
    'lifeboat decide run-20260114-030512-9f3c load edit --set options.batch=500 --reason "the small server"',
  ],
  args: {
    run: needed('The run.'),
    step: needed('The step.'),
    decision: needed(`One of ${DECISIONS.join(', ')}, edit; of what somebody does: done, failed.`),
  },
  flags: {
    reason: text('TEXT', 'Why, or what was found. Only "done" of what somebody does needs none.'),
    'without-safety-point': toggle(
      'With retry: go on although no recovery point was taken since the run began. What is broken cannot be backed up.',
    ),
    'despite-look': toggle(
      'With done of a task at which a machine looks: it counts although the machine does not see it. The reason is recorded.',
    ),
    by: text('NAME', 'Who decides. Default: $LIFEBOAT_USER, else your user name.'),
    set: list('KEY=VALUE', 'With edit: what the input becomes. a.b leads inside; 3 is a number, "3" is text.'),
    'break-glass': text(
      'REASON',
      "Answer a task that is somebody else's, who cannot be reached. The reason is recorded.",
    ),
  },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'TARGET_PROTECTED', 'OBLIGATION_OPEN', 'VERIFICATION_FAILED'],
  async run(input, services): Promise<Decided> {
    const { run, step, decision, by, reason, set } = input;
    const { 'break-glass': breakGlass, 'without-safety-point': withoutSafetyPoint } = input;
    const { 'despite-look': despiteLook } = input;
    const said = { run, step, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
    if (decision === 'edit') return editStep({ ...said, set }, services);
    if (set.length > 0)
      throw new KnownError('USAGE', '--set belongs to "edit"', 'Say "edit", and then decide "retry".');
    return decide(
      { ...said, decision, withoutSafetyPoint, despiteLook, ...(breakGlass === undefined ? {} : { breakGlass }) },
      services,
    );
  },
  print: (result) => ('changed' in result ? editText(result) : decidedText(result)),
});

type Decided = DecideResult | EditResult;

const MACHINE = {
  seen: 'The machine that looks sees it, too.',
  later: 'It counts when the machine that looks sees it, too. See: lifeboat next',
} as const;

const decidedText = ({ run, step, by, decision, resume, machine, ...kept }: DecideResult): string =>
  [
    `${by} decided "${decision}" about ${step} of ${run}.`,
    ...(machine === undefined ? [] : [MACHINE[machine]]),
    ...notCopiedLines(kept),
    ...(resume ? [`Nobody drives the run. Go on with: lifeboat recover --resume ${run}`] : []),
  ].join('\n');
