import { expect, test } from 'vitest';
import { check } from '../check.ts';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { byHand, type FakeStep, shellPlan } from '../shell-steps.fake.ts';
import { rules } from './index.ts';

/** Runbooks as careful people write them, in commands. What these rules say of them would be wrong. */
const RULES = new Set([
  'caches-follow-the-restore', 'code-and-schema-go-back-together', 'copy-before-a-migration', 'damage-is-looked-for-in-the-data', 'database-user-is-allowed',
  'dbshell-passes-its-options', 'deleted-rows-come-from-the-side', 'downgrade-names-its-revision', 'dump-is-not-the-faster-way', 'extracted-rows-are-loaded',
  'fetched-password-is-used', 'health-is-more-than-headers', 'lists-from-psql-are-bare', 'log-goes-on-a-base-backup', 'log-is-fetched-by-restore-command',
  'loss-is-counted-from-outside', 'migration-history-is-left-to-its-tool', 'nothing-lost-is-true', 'old-code-after-a-downgrade', 'only-chosen-sessions-are-ended',
  'other-databases-stay-as-they-are', 'parallel-restore-reads-a-file', 'password-of-the-restored-server', 'plain-dumps-go-to-psql', 'point-in-time-is-used',
  'recovery-settings-of-this-version', 'recovery-starts-from-a-base-backup', 'renamed-databases-are-replaced', 'replay-is-resumed-while-it-waits',
  'restore-point-before-the-damage', 'restored-storage-is-warmed-up', 'server-runs-while-it-is-used', 'sql-can-be-read', 'sql-stops-at-the-first-error',
  'statistics-are-no-row-counts', 'system-views-have-the-column', 'temporary-copies-are-removed', 'values-keep-their-blanks',
  'variables-are-set-in-their-own-step', 'what-is-taken-away-is-given-back', 'writers-stop-before-the-restore',
]); // biome-ignore format: one list

const said = (steps: readonly FakeStep[], scenario: object, more: object = {}): string[] =>
  check(planWith(shellPlan(steps, { healthy: 's1', loses: ['database'], ...scenario }, { ...more })), FACTS)
    .filter(({ rule }) => RULES.has(rule))
    .map(({ rule, message }) => `${rule}: ${message}`);

test('these rules exist', () => {
  const known = rules.map(({ id }) => id);
  expect([...RULES].filter((id) => !known.includes(id))).toEqual([]);
});

const inputs = { at: { describe: 'The moment just before, in UTC' }, role: { describe: 'The role that deletes' } };

test('deleted rows, by a second server beside production', () =>
  expect(
    said(
      [
        'psql -h prod -c "ALTER ROLE intern NOLOGIN"',
        'pgbackrest --stanza=shop --pg1-path=/srv/side --type=time "--target=$MOMENT" --target-action=pause restore',
        "cat >> /srv/side/postgresql.auto.conf <<CONF\nport = 5499\nrecovery_target_time = '$MOMENT'\nrecovery_target_action = 'pause'\nCONF\npg_ctl -D /srv/side -w start",
        `psql -At -v ON_ERROR_STOP=1 -p 5499 -h localhost -d shop -c "\\copy (SELECT * FROM orders WHERE id = ANY ('{7,8}')) TO '/srv/salvage/orders.csv' CSV"`,
        `psql -v ON_ERROR_STOP=1 -h prod -d shop -c "\\copy orders FROM '/srv/salvage/orders.csv' CSV"`,
        'psql -h localhost -p 5499 -c "SELECT pg_wal_replay_resume()"',
        'pg_ctl -D /srv/side stop && rm -rf /srv/side /srv/salvage',
        'psql -h prod -c "ALTER ROLE intern LOGIN"',
      ],
      { title: 'Somebody deleted orders', inputs },
    ),
  ).toEqual([]));

test('a destroyed server, by base backup and log', () =>
  expect(
    said(
      [
        'systemctl stop postgresql@17-main\nmv /var/lib/postgresql/17/main /var/lib/postgresql/17/main-damaged',
        'mkdir -m 700 /var/lib/postgresql/17/main\ntar -xzf /backup/base.tar.gz -C /var/lib/postgresql/17/main',
        "cat >> /var/lib/postgresql/17/main/postgresql.auto.conf <<'CONF'\nrestore_command = 'aws s3 cp s3://copies/wal/%f %p'\nrecovery_target_timeline = 'latest'\nCONF\ntouch /var/lib/postgresql/17/main/recovery.signal",
        'systemctl start postgresql@17-main\nuntil pg_isready -q; do sleep 5; done',
        `for t in $(psql -Atc "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'" shop); do psql -Atc "SELECT count(*) FROM $t" shop; done`,
        'pg_dump shop > /dev/null && pg_amcheck --heapallindexed shop',
        'curl --fail --max-time 10 https://shop.example.com/health',
      ],
      { title: 'The disk of the server is gone' },
    ),
  ).toEqual([]));

test('a damaged database, by a dump in a format of its own', () =>
  expect(
    said(
      [
        'kubectl -n shop scale deployment/api --replicas=0',
        'pg_dump -Fd -j 4 -f /backup/damaged-shop shop',
        'aws s3 cp "s3://copies/shop-${{ inputs.at }}.dump" /srv/restore/shop.dump\npg_restore --list /srv/restore/shop.dump > /dev/null',
        'createdb shop_new\npg_restore --exit-on-error -d shop_new -j 4 /srv/restore/shop.dump',
        `psql -v ON_ERROR_STOP=1 -d postgres <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop';
ALTER DATABASE shop RENAME TO shop_damaged;
ALTER DATABASE shop_new RENAME TO shop;
SQL`,
        'kubectl -n shop scale deployment/api --replicas=3',
      ],
      { title: 'The database is corrupted', inputs, states: { loses: 'what was written since the chosen dump' } },
    ),
  ).toEqual([]));

test('an instance of RDS, to a moment', () =>
  expect(
    said(
      [
        'aws ecs update-service --cluster shop --service api --desired-count 0',
        'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier "shop-$RUN" --restore-time "${{ inputs.at }}"\naws rds wait db-instance-available --db-instance-identifier "shop-$RUN"',
        'aws rds modify-db-instance --db-instance-identifier "shop-$RUN" --master-user-password "$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text | jq -r .password)" --apply-immediately',
        'SECRET=$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text)\nexport PGPASSWORD=$(jq -r .password <<< "$SECRET")\npg_dump -h "$NEW_HOST" -U shop shop > /dev/null\npsql -h "$NEW_HOST" -U shop -d shop -Atc "SELECT count(*) FROM orders"',
        'SECRET=$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text)\nNEW=$(jq --arg host "$NEW_HOST" ".host = \\$host" <<< "$SECRET")\naws secretsmanager put-secret-value --secret-id db --secret-string "$NEW"',
        'redis-cli -h sessions FLUSHALL',
        'aws ecs update-service --cluster shop --service api --desired-count 3',
        byHand('Reconcile orders with payments since that moment'),
      ],
      { title: 'Data was deleted by mistake', inputs },
      { components: { sessions: { kind: 'cache', domain: 'cellar', stateless: true } } },
    ),
  ).toEqual([]));

test('a migration, back to the revision before', () =>
  expect(
    said(
      [
        'alembic current',
        'kubectl -n shop scale deployment/api deployment/worker --replicas=0',
        'pg_dump -Fc -f /backup/before-downgrade.dump shop',
        'alembic downgrade "${{ inputs.revision }}"',
        'kubectl -n shop rollout undo deployment/api --to-revision="${{ inputs.release }}"',
        'psql -d shop -Atc "SELECT version_num FROM alembic_version"',
      ],
      {
        title: 'A migration does harm',
        kind: 'rollback',
        inputs: { revision: { describe: 'The revision before' }, release: { describe: 'The release before' } },
        prerequisites: ['A snapshot was taken before the migration'],
      },
    ),
  ).toEqual([]));
