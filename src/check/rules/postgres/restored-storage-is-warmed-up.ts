import { hasWords } from '../../../shell/sql-statements.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { whereIs, wordsOf } from '../../runbooks/acts.ts';
import { isRdsRestore, isRepointing } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** "Available" is not "as fast as before". */
export const restoredStorageIsWarmedUp: Rule = {
  id: 'restored-storage-is-warmed-up',
  level: 'warning',
  title: 'A server restored from a snapshot is read through before customers use it',
  why: 'RDS says "available" while the data is still in S3: each block is fetched when it is read for the first time, and that first read is slow. An application that is let in at once may time out on tables that were quick yesterday (RDS User Guide, restoring from a DB snapshot; EBS User Guide, initialising volumes).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID } }
      - { id: point, uses: shell.run, with: { command: aws secretsmanager update-secret --secret-id db --secret-string file://new.json } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID } }
      - { id: read, uses: shell.run, with: { command: pg_dump -h new shop > /dev/null } }
      - { id: point, uses: shell.run, with: { command: aws secretsmanager update-secret --secret-id db --secret-string file://new.json } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const restore = sequence.operations.find(({ command, name }) => command && isRdsRestore(name));
  const use =
    restore && sequence.operations.find((one) => isRepointing(one.name) && sequence.happensAfter(one, restore));
  if (!restore || !use || readsThrough(sequence)) return [];
  return [
    {
      ...whereIs(restore),
      message: `the new server fetches each block when it is first read: it is slow when "${use.placed.step.id}" puts customers on it, and no step reads it through before`,
      hint: 'Read every table once (pg_dump to /dev/null, pg_prewarm), count the time, and put it into the estimate.',
      related: [{ ...whereIs(use), message: 'customers come here' }],
    },
  ];
}

const readsThrough = (sequence: Sequence): boolean =>
  sequence.commands.some(({ command }) =>
    /^(pg_dump|pg_dumpall|vacuumdb|pg_amcheck|mysqldump)$/.test(command.program),
  ) ||
  sequence.sql.some(({ sql }) => hasWords(sql, 'pg_prewarm') || sql.tokens[0]?.value === 'vacuum') ||
  sequence.steps.some(
    (placed) =>
      placed.step.uses === 'sql.verify' || /\b(warm\w*|every table|read .* through|prewarm)\b/i.test(wordsOf(placed)),
  );
