import { sqlTexts } from '../../../shell/programs/sql.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** 4711 rows: is that good? */
export const countsHaveABaseline: Rule = {
  id: 'counts-have-a-baseline',
  level: 'warning',
  title: 'What is counted after a restore is compared with a number that was known before',
  why: 'A count that is only printed proves that a table can be read. Whether rows are missing is seen against what was there before: a number recorded with each backup, or a bound that is always true. At night nobody knows by heart how many orders there were.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: shell.run, with: { command: 'psql -d shop -c "SELECT count(*) FROM orders"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: shell.run, with: { command: 'test "$(psql -d shop -Atc "SELECT count(*) FROM orders")" -ge "$(cat baseline.txt)"' } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ steps, scenario }) =>
      scenario ? steps.filter(({ step }) => step.success === undefined).flatMap(judgeStep) : [],
    ),
};

/** The first count of a step: what compares it compares them all. */
function judgeStep({ step, path }: PlacedStep): readonly Complaint[] {
  const script = scriptOf(step);
  if (!script || script.commands.some(compares)) return [];
  const count = sqlTexts(script).find(
    ({ sql, command }) => COUNT.test(sql) && !ABOUT_NOW.test(sql) && isOnlyPrinted(command),
  );
  if (!count) return [];
  const table = /\bcount\s*\([^)]*\)[^;]*?\bfrom\s+([\w."]+)/i.exec(count.sql)?.[1];
  return [
    {
      path: [...path, 'with', 'command'],
      within: count.at,
      message: `"${step.id}" prints how many rows ${table ?? 'a table'} has, and nothing says how many there should be`,
      hint: 'Record the counts with every backup, and compare: test "$(psql -Atc …)" -ge "$expected", or success: … of the step.',
    },
  ];
}

const COUNT = /\bcount\s*\(/i;

/** What goes on in the server now is no data that could be missing. */
const ABOUT_NOW = /\bpg_(stat_activity|locks|stat_replication|stat_progress\w*)\b/i;

const isOnlyPrinted = (command: ShellCommand | undefined): boolean =>
  command === undefined ||
  (command.keptIn === undefined &&
    command.feeds === undefined &&
    !command.inside.includes('condition') &&
    !command.inside.includes('substitution'));

const compares = ({ program }: ShellCommand): boolean => /^(\[|test|diff|cmp|comm|expr|bc)$/.test(program);
