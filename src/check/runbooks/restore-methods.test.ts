import { describe, expect, test } from 'vitest';
import type { Step } from '../../model/plan.ts';
import { methodsUsed } from './restore-methods.ts';

const shell = (command: string): Step => ({ id: 'x', uses: 'shell.run', with: { command }, on_failure: 'ask' });
const used = (...commands: readonly string[]): readonly string[] => [
  ...methodsUsed({ steps: commands.map(shell) }, 'database'),
];
const RESTORE = 'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier';

describe('methodsUsed of commands', () => {
  test.each([
    ['an automated snapshot, by its name', [`${RESTORE} rds:shop-2026-01-04-03-00`], ['rds.automated']],
    [
      'one of another account, by its name',
      [`${RESTORE} arn:aws:rds:eu-west-1:111122223333:snapshot:rds:shop-1`],
      ['rds.automated'],
    ],
    ['any snapshot', [`${RESTORE} "$ID"`], ['rds.automated', 'rds.snapshot']],
    [
      'one of those that were listed',
      ['aws rds describe-db-snapshots --snapshot-type automated', `${RESTORE} "$ID"`],
      ['rds.automated'],
    ],
    ['a manual one', ['aws rds describe-db-snapshots --snapshot-type=manual', `${RESTORE} $ID`], ['rds.snapshot']],
    [
      'listed and restored on another page',
      ['aws rds describe-db-snapshots --snapshot-type automated'],
      ['rds.automated'],
    ],
    ['only looked at', ['aws rds describe-db-snapshots', 'aws rds describe-db-instances'], []],
    [
      'a moment',
      ['aws rds restore-db-instance-to-point-in-time --target-db-instance-identifier n --use-latest-restorable-time'],
      ['rds.point_in_time'],
    ],
    [
      'a moment, after snapshots were listed',
      [
        'aws rds describe-db-snapshots --snapshot-type automated',
        'aws rds restore-db-instance-to-point-in-time --target-db-instance-identifier n',
      ],
      ['rds.point_in_time'],
    ],
    ['a dump, in a container', ['docker compose exec -T db pg_restore -d shop /tmp/d'], ['postgres.dump']],
    [
      'an older version',
      ['aws s3api copy-object --bucket b --key k --copy-source "b/k?versionId=$V"'],
      ['s3.versioning'],
    ],
    ['a copy of what is there', ['aws s3api copy-object --bucket b --key k --copy-source a/k'], []],
    ['a delete marker', ['aws s3api delete-object --bucket b --key k --version-id $V'], ['s3.versioning']],
    ['a plain deletion', ['aws s3api delete-object --bucket b --key k'], []],
    ['a dump that is looked into', ['pg_restore --list /tmp/d', 'pg_restore -f - /tmp/d'], []],
    ['a plain dump', ['gunzip -c dump.sql.gz | psql -d shop'], ['postgres.dump']],
    ['a query', ['cat query.sql | psql -d shop', 'psql -f migration.sql'], []],
    ['a text that only names it', [`echo "${RESTORE} x"`], []],
    ['a script nobody knows', ['./restore.sh latest'], []],
  ])('%s', (_, commands, methods) => expect(used(...commands)).toEqual(methods));

  test('a step about another component does not count', () => {
    const step = { ...shell('pg_restore -d shop d'), with: { command: 'pg_restore -d shop d', component: 'other' } };
    expect([...methodsUsed({ steps: [step] }, 'database')]).toEqual([]);
    expect([
      ...methodsUsed(
        { steps: [{ ...step, uses: 'rds.restore_to_time', with: { component: 'database' } }] },
        'database',
      ),
    ]).toEqual(['rds.point_in_time']);
    expect([
      ...methodsUsed({ steps: [{ ...step, uses: 'any.thing', with: { method: 'manual.copy' } }] }, 'database'),
    ]).toEqual(['manual.copy']);
  });
});

test.each(['postgres.restore_side', 'postgres.restore_server', 'postgres.restore_over'])(
  '%s restores base backups and log',
  (uses) => {
    const step: Step = { id: 'x', uses, with: { component: 'database' }, on_failure: 'ask' };
    expect([...methodsUsed({ steps: [step] }, 'database')]).toContain('postgres.base_backup');
  },
);
