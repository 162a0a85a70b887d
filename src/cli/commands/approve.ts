import { type RequestText, requestApproval } from '../../usecases/approval-request.ts';
import { type ApproveResult, approve } from '../../usecases/approve.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';
import { notCopiedLines } from '../not-copied.ts';

export const approveCommand = defineCommand({
  name: 'approve',
  summary: 'Say yes, or no, to a step that waits for approval.',
  details:
    'Read first what it will do: lifeboat status RUN. A yes holds only for exactly that, and may be given before the step asks.\n' +
    'Who began the run or took it up does not count. --break-glass goes on without a second person; that is recorded and stands first in the report.\n' +
    'Where no network is left: --request prints the question as text, "lifeboat sign" makes a code of it elsewhere, --code takes it.',
  examples: [
    'lifeboat approve run-20260114-030512-9f3c load --by dana',
    'lifeboat approve run-20260114-030512-9f3c load --reject --reason "wrong transaction"',
    'lifeboat approve run-20260114-030512-9f3c load --break-glass "nobody answers, and the shop is down"',
    'lifeboat approve run-20260114-030512-9f3c load --request',
  ],
  args: { run: needed('The run.'), step: needed('The step.') },
  flags: {
    by: text('NAME', 'Who approves: an entry of people in the plan. Default: $LIFEBOAT_USER, else your user name.'),
    reject: toggle('Say no.'),
    reason: text('TEXT', 'Why. Needed to say no.'),
    'break-glass': text(
      'REASON',
      'Say yes alone, whoever you are: any person of the plan may. The reason is recorded.',
    ),
    request: toggle('Say nothing yet: print the question as a text for somebody who cannot reach this run.'),
    code: text('CODE', 'The yes of somebody far away: the lines that "lifeboat sign" printed.'),
  },
  verbatim: (result: ApproveResult | RequestText) => 'text' in result,
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'APPROVAL_INVALID', 'APPROVAL_EXPIRED'],
  async run(input, services): Promise<ApproveResult | RequestText> {
    const { run, step, by, reject, reason, request, code, 'break-glass': breakGlass } = input;
    if (request) return requestApproval({ run, step }, services);
    const said = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
    const how = { ...(breakGlass === undefined ? {} : { breakGlass }), ...(code === undefined ? {} : { code }) };
    return approve({ run, step, reject, ...said, ...how }, services);
  },
  print: (result) => ('text' in result ? result.text : answerText(result)),
});

function answerText(result: ApproveResult): string {
  const { run, step, by, answer, missing, breakGlass } = result;
  const how = breakGlass === undefined ? '' : `BREAK-GLASS (${breakGlass}): `;
  const said = `${how}${by} ${answer} ${step} of ${run}.${missing > 0 ? ` ${missing} more must approve.` : ''}`;
  return [said, ...notCopiedLines(result)].join('\n');
}
