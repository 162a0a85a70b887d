import type { Complaint, Rule } from '../rule.ts';

/** A page that says "investigating: the service is restored" says nothing. */
export const statusAgreesWithTheText: Rule = {
  id: 'status-agrees-with-the-text',
  level: 'error',
  title: 'What a message says is what its status shows',
  why: 'Customers read the colour, journalists read the text. When they differ, one of them is told something wrong.',
  bad: `
templates: { done: { status: investigating, text: The service is restored. } }
`,
  good: `
templates: { done: { status: resolved, text: The service is restored. } }
`,
  judge: ({ templates }) =>
    Object.entries(templates).flatMap(([name, { status, text, subject }]): readonly Complaint[] => {
      if (status === undefined) return [];
      const said = `${subject ?? ''} ${text}`;
      const over = OVER.exec(said)?.[0];
      const open = OPEN.exec(said)?.[0];
      const words =
        status === 'investigating' || status === 'identified'
          ? NOT_YET.test(said)
            ? undefined
            : over
          : status === 'resolved' && !over
            ? open
            : undefined;
      if (words === undefined) return [];
      return [
        {
          path: ['templates', name, 'status'],
          message: `the template ${name} shows "${status}", and its text says "${words}"`,
          hint: 'Choose the status that the text says, or make two templates.',
          related: [{ path: ['templates', name, 'text'], message: words }],
        },
      ];
    }),
};

const OVER =
  /\b((is|are|was|were|been|now) (fully |now )?(restored|resolved|fixed|recovered|operational|available again)|back (online|to normal)|service restored)\b/i;
const OPEN = /\b(we are (still )?(investigating|looking into)|currently (down|unavailable|investigating))\b/i;

/** A promise for later is no news that it is over. */
const NOT_YET = /\b(until|once|when|as soon as|not yet)\b/i;
