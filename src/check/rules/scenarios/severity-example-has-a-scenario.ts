import { hours } from '../../../lib/duration.ts';
import { parseSpan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What people will meet needs an answer. */
export const severityExampleHasAScenario: Rule = {
  id: 'severity-example-has-a-scenario',
  level: 'warning',
  title: 'Every example of a severity is answered by a scenario',
  why: 'An example names what the authors expect to happen. When no scenario answers it, the matrix says only how loud to shout. What may wait for more than an hour needs no page of its own.',
  bad: `
severities: { sev1: { title: Down, examples: [Ransomware] } }
`,
  good: `
severities: { sev1: { title: Down, examples: [{ text: The server is gone, scenario: loss }] } }
`,
  judge: ({ severities }) =>
    Object.entries(severities).flatMap(([name, { examples, respond_within }]) =>
      examples.flatMap((example, index): readonly Complaint[] => {
        if (isLeisurely(respond_within)) return [];
        if (typeof example !== 'string' && example.scenario !== undefined) return [];
        const text = typeof example === 'string' ? example : example.text;
        const message = `"${text}" is an example of ${name}, and no scenario answers it`;
        const hint = 'Write { text: …, scenario: NAME }, and the scenario when there is none.';
        return [{ path: ['severities', name, 'examples', index], message, hint }];
      }),
    ),
};

/** What may wait is dealt with at a desk. */
const isLeisurely = (within: string | undefined): boolean => {
  if (within === undefined || within === 'immediate') return false;
  return (parseSpan(within)?.max ?? Number.POSITIVE_INFINITY) > hours(1);
};
