import type { SqlStatement } from '../../../shell/sql-statements.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedSql, whereIs } from '../../runbooks/acts.ts';
import { isRestore } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A restored server has not counted anything yet. */
export const statisticsAreNoRowCounts: Rule = {
  id: 'statistics-are-no-row-counts',
  level: 'warning',
  title: 'Restored rows are counted, not looked up in statistics',
  why: 'The numbers of pg_stat_user_tables are kept by the running server and are thrown away when it starts after a crash. That is what a server restored from a storage snapshot or a base backup does: n_live_tup is 0 until ANALYZE or autovacuum has run, over a full table (PostgreSQL documentation, the cumulative statistics system).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: look, uses: shell.run, with: { command: 'psql -c "SELECT relname, n_live_tup FROM pg_stat_user_tables"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: look, uses: shell.run, with: { command: 'psql -c "SELECT count(*) FROM orders"' } }
      - { id: all, uses: shell.run, with: { command: 'psql -c "ANALYZE" -c "SELECT relname, n_live_tup FROM pg_stat_user_tables"' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const restores = sequence.operations.filter(({ name }) => isRestore(name));
  if (restores.length === 0) return [];
  const counted = sequence.sql.filter(({ sql }) => sql.tokens[0]?.value === 'analyze' || hasWord(sql, 'analyze'));
  return sequence.sql.flatMap((one) => {
    const column = one.sql.tokens.find(({ value }) => ESTIMATES.has(value))?.value;
    if (column === undefined || !restores.some((restore) => sequence.happensAfter(one, restore))) return [];
    if (counted.some((other) => isBefore(sequence, other, one)) || analyzes(sequence, one)) return [];
    const message = `${column} is a number of the statistics, and 0 on a server that was just restored: it says nothing about the rows`;
    return [
      {
        ...whereIs(one),
        message,
        hint: 'Count: SELECT count(*) for each table that matters, against a number from before.',
      },
    ];
  });
}

const isBefore = (sequence: Sequence, other: PlacedSql, one: PlacedSql): boolean =>
  other !== one && sequence.happensAfter(one, other);

const analyzes = (sequence: Sequence, one: PlacedSql): boolean =>
  sequence.commands.some(({ command, ...at }) => {
    const { program, words } = command;
    const runs =
      program === 'vacuumdb' && words.some(({ value }) => /^(-\w*[zZ]\w*|--analyze(-only|-in-stages)?)$/.test(value));
    return runs && sequence.happensAfter(one, at);
  });

const hasWord = ({ tokens }: SqlStatement, word: string): boolean => tokens.some(({ value }) => value === word);

const ESTIMATES = new Set(['n_live_tup', 'n_dead_tup', 'n_tup_ins', 'n_tup_del', 'n_tup_upd', 'reltuples']);
