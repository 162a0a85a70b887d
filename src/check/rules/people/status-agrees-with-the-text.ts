import type { Plan } from '../../../model/plan.ts';
import { curlCall } from '../../../shell/programs/curl.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';

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
  judge: (plan) => [...ofTemplates(plan), ...ofPosts(plan)],
};

const ofTemplates = ({ templates }: Plan): readonly Complaint[] =>
  Object.entries(templates).flatMap(([name, { status, text, subject }]): readonly Complaint[] => {
    const words = status === undefined ? undefined : contradiction(status, `${subject ?? ''} ${text}`);
    if (words === undefined) return [];
    return [
      {
        path: ['templates', name, 'status'],
        message: `the template ${name} shows "${status}", and its text says "${words}"`,
        hint: 'Choose the status that the text says, or make two templates.',
        related: [{ path: ['templates', name, 'text'], message: words }],
      },
    ];
  });

/** What curl sends to a status page. */
const ofPosts = (plan: Plan): readonly Complaint[] =>
  judgeCommands(plan, (command) => {
    const sent = curlCall(command)?.data?.value ?? '';
    const status = /"status"\s*:\s*"(investigating|identified|resolved)"/i.exec(sent)?.[1]?.toLowerCase();
    const words = status === undefined ? undefined : contradiction(status, sent);
    if (words === undefined) return [];
    const message = `what is posted shows "${status}", and its text says "${words}"`;
    return [{ message, hint: 'Choose the status that the text says.' }];
  });

/** The words of a text that a status does not agree with. */
function contradiction(status: string, said: string): string | undefined {
  const over = OVER.exec(said)?.[0];
  if (status === 'investigating' || status === 'identified') return NOT_YET.test(said) ? undefined : over;
  return status === 'resolved' && !over ? OPEN.exec(said)?.[0] : undefined;
}

const OVER =
  /\b((is|are|was|were|been|now) (fully |now )?(restored|resolved|fixed|recovered|operational|available again)|back (online|to normal)|service restored)\b/i;
const OPEN = /\b(we are (still )?(investigating|looking into)|currently (down|unavailable|investigating))\b/i;

/** A promise for later is no news that it is over. */
const NOT_YET = /\b(until|once|when|as soon as|not yet)\b/i;
