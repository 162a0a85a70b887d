import { parseDuration } from '../../../lib/duration.ts';
import type { Step } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What a step says of the pauses between its tries agrees. */
export const pausesGrowAsWritten: Rule = {
  id: 'pauses-grow-as-written',
  level: 'error',
  title: 'The longest pause between tries is not shorter than the first one',
  why: 'at_most ends the growth of pauses. Shorter than the first pause it overrules what every says; where pauses do not grow it says nothing. Either way the step does not wait as whoever wrote it believes.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, retry: { times: 5, every: 1m, backoff: 2, at_most: 30s } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, retry: { times: 5, every: 1m, backoff: 2, at_most: 10m } }
`,
  judge: ({ scenarios, procedures }) =>
    Object.entries({ scenarios, procedures }).flatMap(([part, books]) =>
      Object.entries(books as Record<string, { readonly steps: readonly Step[] }>).flatMap(([name, { steps }]) =>
        steps.flatMap((step, index): readonly Complaint[] => {
          const wrong = wrongPause(step);
          return wrong ? [{ path: [part, name, 'steps', index, 'retry', 'at_most'], ...wrong }] : [];
        }),
      ),
    ),
};

function wrongPause({ id, retry }: Step): Pick<Complaint, 'message' | 'hint'> | undefined {
  if (retry?.at_most === undefined) return undefined;
  const { every, at_most: longest, backoff = 1 } = retry;
  if (backoff === 1)
    return {
      message: `the step "${id}" says how long its pauses may become, and they do not grow`,
      hint: 'Add backoff: 2, or remove at_most.',
    };
  if ((parseDuration(longest) ?? 0) >= (parseDuration(every) ?? 0)) return undefined;
  return {
    message: `the step "${id}" pauses ${every} at first, and at most ${longest}`,
    hint: 'Write a longer at_most, or a shorter every.',
  };
}
