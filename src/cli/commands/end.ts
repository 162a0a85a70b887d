import type { CancelResult } from '../../usecases/cancel.ts';
import { type EndLook, lookAtEnd } from '../../usecases/end.ts';
import { defineCommand, optional } from '../define-command.ts';
import { askToEnd, endText } from '../end-guide.ts';
import { notCopiedLines } from '../not-copied.ts';

export const endCommand = defineCommand({
  name: 'end',
  summary: 'Be guided through ending a run for good: see what stays, then cancel it.',
  details:
    'Says what the run changed and what would never be put back; then asks why, and for a word that ends it.\n' +
    'Without a terminal it ends nothing and prints the exact commands. The end is the same as with "lifeboat cancel".',
  examples: ['lifeboat end', 'lifeboat end run-20260114-030512-9f3c'],
  args: { run: optional('The run. Default: the one that is not over.') },
  flags: {},
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED', 'OBLIGATION_OPEN'],
  async run({ run }, services, screen): Promise<Ended> {
    const look = await lookAtEnd(run, services);
    if (!screen.ask) return look;
    screen.say(endText(look, screen.paint));
    const ended = await askToEnd(look, screen, services);
    return { ...look, ...(ended === undefined ? { asked: true } : { ended }) };
  },
  print: (result, paint) => {
    if (result.ended) return endedText(result.ended);
    return result.asked ? 'The run was not ended.' : endText(result, paint);
  },
});

/** `asked`: a person was asked, and did not end it. */
type Ended = EndLook & { readonly ended?: CancelResult; readonly asked?: true };

const endedText = ({ run, by, left, ...kept }: CancelResult): string =>
  [
    `${by} ended ${run}.`,
    ...left.map((what) => `  Not put back, do it by hand: ${what}`),
    ...notCopiedLines(kept),
  ].join('\n');
