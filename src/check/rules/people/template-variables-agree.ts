import type { PlanPath } from '../../../model/finding.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A message goes out with what was filled in, and with what was not. */
export const templateVariablesAgree: Rule = {
  id: 'template-variables-agree',
  level: 'error',
  title: 'The variables of a message are those that stand in it',
  why: 'What stands in the text and is asked of nobody is sent as {{name}}. What is asked and stands nowhere is lost.',
  bad: `
templates: { down: { text: "We are down since {{start}}.", variables: [begin] } }
`,
  good: `
templates: { down: { text: "We are down since {{start}}.", variables: [start] } }
`,
  judge: ({ templates }) =>
    Object.entries(templates).flatMap(([name, { text, subject, variables }]): readonly Complaint[] => {
      const used = new Set(
        [...`${subject ?? ''}\n${text}`.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map((match) => String(match[1])),
      );
      const path: PlanPath = ['templates', name];
      const unasked = [...used].filter((one) => !variables.includes(one));
      const unused = variables.filter((one) => !used.has(one));
      return [
        ...unasked.map((one) => ({
          path: [...path, 'text'],
          message: `the template ${name} says {{${one}}}, and nobody is asked for it`,
          hint: `Add ${one} to its variables.`,
        })),
        ...unused.map((one) => ({
          path: [...path, 'variables', variables.indexOf(one)],
          level: 'warning' as const,
          message: `the template ${name} asks for ${one}, and says it nowhere`,
          hint: `Write {{${one}}} into the text, or do not ask for it.`,
        })),
      ];
    }),
};
