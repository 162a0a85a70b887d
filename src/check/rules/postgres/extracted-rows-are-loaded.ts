import type { SqlStatement } from '../../../shell/sql-statements.ts';
import { fileOf } from '../../../shell/values.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedCommand, type PlacedSql, whereIs } from '../../runbooks/acts.ts';
import { isAboutDamage } from '../../runbooks/restores.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A file with the rows is not yet the rows. */
export const extractedRowsAreLoaded: Rule = {
  id: 'extracted-rows-are-loaded',
  level: 'error',
  title: 'Rows that are taken out are put back in',
  why: 'COPY … TO writes a file. As long as no later step loads that file into production, and the rows that depend on them with it, the customer has nothing back (PostgreSQL documentation of COPY).',
  bad: `
scenarios:
  loss:
    title: Somebody deleted orders
    steps:
      - { id: take, uses: shell.run, with: { command: "psql -h side -c \\"\\\\copy (SELECT * FROM orders) TO 'orders.csv'\\"" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    title: Somebody deleted orders
    steps:
      - { id: take, uses: shell.run, with: { command: "psql -h side -c \\"\\\\copy (SELECT * FROM orders) TO 'orders.csv'\\"" } }
      - { id: load, uses: shell.run, with: { command: "psql -h shop -c \\"\\\\copy orders FROM 'orders.csv'\\"" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario || !isAboutDamage(sequence.scenario)) return [];
  return sequence.sql
    .filter((taken) => isCopy(taken.sql, 'to') && !isLoadedAfter(sequence, taken))
    .map((taken) => ({
      ...whereIs(taken),
      message: 'the rows are written to a file here, and no later step loads it: nothing comes back',
      hint: 'Load it into production: first what others refer to, then the rest, and count afterwards.',
    }));
}

/** By SQL, by another program that is given the file, by a person, or by an action that loads. */
function isLoadedAfter(sequence: Sequence, taken: PlacedSql): boolean {
  const file = fileOf(
    taken.sql.tokens.find(({ kind }, index, all) => kind === 'text' && all[index - 1]?.value === 'to')?.value ?? '',
  );
  return (
    sequence.sql.some(
      (one) => (isCopy(one.sql, 'from') || one.sql.tokens[0]?.value === 'insert') && sequence.happensAfter(one, taken),
    ) ||
    sequence.commands.some((one) => loads(one, file) && sequence.happensAfter(one, taken)) ||
    sequence.steps.some((placed) => saysSo(placed) && sequence.happensAfter({ placed, path: placed.path }, taken))
  );
}

const loads = ({ command: { program, words } }: PlacedCommand, file: string): boolean =>
  /^(pg_restore|pgloader)$/.test(program) ||
  (file !== '' && !LOOKS.has(program) && words.slice(1).some(({ value }) => value.includes(file)));

const LOOKS = new Set(['rm', 'ls', 'wc', 'head', 'tail', 'cat', 'less', 'shred', 'psql', 'test', '[']);

const saysSo = ({ step }: PlacedStep): boolean =>
  /\b(load|insert|import|put .* back)/i.test(
    `${step.uses} ${typeof step.with.instruction === 'string' ? step.with.instruction : ''}`.replaceAll(/[._]/g, ' '),
  );

/** `COPY t TO`, `\copy (SELECT …) TO`; a \copy that breaks off in the middle was meant to be one. */
function isCopy({ tokens, meta, text }: SqlStatement, way: 'to' | 'from'): boolean {
  if (meta !== 'copy' && tokens[0]?.value !== 'copy') return false;
  if (way === 'to' && meta === 'copy' && /\(/.test(text) && !/\)/.test(text)) return true;
  let depth = 0;
  return tokens.some(({ value }) => {
    if (value === '(') depth += 1;
    if (value === ')') depth -= 1;
    return depth === 0 && value === way;
  });
}
