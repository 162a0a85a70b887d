import { sqlTexts } from '../../../shell/programs/sql.ts';
import { judgeScripts, type PlacedScript, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What was pasted from a console runs nowhere. */
export const commandsAreShell: Rule = {
  id: 'commands-are-shell',
  level: 'error',
  title: 'The command of a step is a command',
  why: 'A step hands its text to a shell. SQL without a client, a query for a log console or a half line is no command: the shell stops with a syntax error, or starts a program that has the name of its first word. In a document it is read; in a runbook it is run.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "SELECT count(*) FROM orders;" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'psql -d shop -c "SELECT count(*) FROM orders;"' } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) => judgeScripts(plan, judgeScript),
};

/** The first place in a text: what comes below it is hardly ever another mistake. */
function judgeScript({ script, step }: PlacedScript): readonly Remark[] {
  const pasted = sqlTexts(script).find(({ command }) => command === undefined);
  if (pasted)
    return [
      {
        at: pasted.at,
        message: `this is SQL, and no client sends it: ${firstLine(pasted.sql)}`,
        hint: 'Send it: psql -X -v ON_ERROR_STOP=1 -d … -c "…", or a here-document.',
      },
    ];
  const [first] = script.unreadable;
  if (!first) return [];
  return [
    {
      at: first.at,
      level: 'warning',
      message: `the shell cannot read this part of "${step.id}" (${first.why}): ${firstLine(first.text)}`,
      hint: 'Put the missing quote or word in. When it is for another program, say which: aws logs start-query --query-string "…".',
    },
  ];
}

const LONGEST = 60;
const firstLine = (text: string): string => {
  const [line = ''] = text.trim().split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
};
