import type { Complaint, Rule } from '../../rule.ts';

/** One event has one severity. */
export const severityAgreesWithTheScenario: Rule = {
  id: 'severity-agrees-with-the-scenario',
  level: 'error',
  title: 'The matrix and the scenario name the same severity',
  why: 'When the matrix calls a lost region sev2 and the scenario declares sev1, the wrong people are woken, or nobody is.',
  bad: `
severities:
  sev1: { title: Down }
  sev2: { title: Partly down, examples: [{ text: A region is gone, scenario: loss }] }
scenarios: { loss: { severity: sev1 } }
`,
  good: `
severities:
  sev1: { title: Down, examples: [{ text: A region is gone, scenario: loss }] }
  sev2: { title: Partly down }
scenarios: { loss: { severity: sev1 } }
`,
  judge: ({ severities, scenarios }) =>
    Object.entries(severities).flatMap(([name, { examples }]) =>
      examples.flatMap((example, index): readonly Complaint[] => {
        if (
          typeof example === 'string' ||
          example.scenario === undefined ||
          !Object.hasOwn(scenarios, example.scenario)
        )
          return [];
        const declared = scenarios[example.scenario]?.severity;
        if (declared === undefined || declared === name) return [];
        return [
          {
            path: ['severities', name, 'examples', index],
            message: `"${example.text}" is an example of ${name}, and ${example.scenario} is declared as ${declared}`,
            hint: 'Decide which of the two it is, and write it in both places.',
            related: [{ path: ['scenarios', example.scenario, 'severity'], message: `declared as ${declared}` }],
          },
        ];
      }),
    ),
};
