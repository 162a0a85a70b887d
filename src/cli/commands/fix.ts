import type { DecideResult } from '../../usecases/decide.ts';
import type { EditResult } from '../../usecases/edit-step.ts';
import { type FixResult, fix } from '../../usecases/fix.ts';
import { defineCommand, optional } from '../define-command.ts';
import { editText } from '../edit-text.ts';
import { askForDecision, fixText } from '../fix-guide.ts';
import { notCopiedLines } from '../not-copied.ts';

export const fixCommand = defineCommand({
  name: 'fix',
  summary: 'Be guided through the decision about a step that stopped.',
  details:
    'Shows what went wrong, what the world says just now, and what follows from each answer; then asks.\n' +
    'Without a terminal it asks nothing and prints the exact commands. The answer is the same as with "lifeboat decide".',
  examples: ['lifeboat fix', 'lifeboat fix run-20260114-030512-9f3c load'],
  args: {
    run: optional('The run. Default: the one that is not over.'),
    step: optional('The step. Default: the first one that needs a decision.'),
  },
  flags: {},
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'INTERRUPTED'],
  async run({ run, step }, services, screen): Promise<Fixed> {
    const request = { ...(run === undefined ? {} : { run }), ...(step === undefined ? {} : { step }) };
    const found = await fix(request, services, screen.signal);
    if (!screen.ask) return found;
    screen.say(fixText(found, screen.paint));
    const decided = await askForDecision(found, screen, services);
    return { ...found, ...(decided === undefined ? { asked: true } : { decided }) };
  },
  print: (result, paint) => {
    if (result.decided) return decidedText(result.decided);
    return result.asked ? 'Nothing was decided.' : fixText(result, paint);
  },
});

/** `asked`: a person was asked, and left it open. */
type Fixed = FixResult & { readonly decided?: DecideResult | EditResult; readonly asked?: true };

const decidedText = (decided: DecideResult | EditResult): string =>
  'changed' in decided ? editText(decided) : wordText(decided);

const wordText = ({ run, step, by, decision, resume, ...kept }: DecideResult): string =>
  [
    `${by} decided "${decision}" about ${step} of ${run}.`,
    ...notCopiedLines(kept),
    ...(resume ? [`Now go on with: lifeboat recover --resume ${run}`] : []),
  ].join('\n');
