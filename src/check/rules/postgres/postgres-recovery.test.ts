import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { byHand, type FakeStep, saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const CONF = (folder: string, ...lines: readonly string[]): string =>
  `cat >> ${folder}/postgresql.auto.conf <<CONF\n${lines.join('\n')}\nCONF\ntouch ${folder}/recovery.signal`;

interface Case {
  readonly steps: readonly FakeStep[];
  readonly scenario?: Readonly<Record<string, unknown>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

const said = (rule: string, { steps, scenario = {}, more = {} }: Case): string[] =>
  saidOfSteps(rule, steps, { healthy: 's1', ...scenario }, more);
const speaks = (rule: string, cases: Readonly<Record<string, Case>>) =>
  test.each(Object.entries(cases))('speaks: %s', (_, one) => expect(said(rule, one)).toHaveLength(1));
const isSilent = (rule: string, cases: Readonly<Record<string, Case>>) =>
  test.each(Object.entries(cases))('is silent: %s', (_, one) => expect(said(rule, one)).toEqual([]));

const deletion = { title: 'Somebody deleted orders', loses: ['database'] };

describe('recovery-settings-of-this-version', () => {
  const rule = 'recovery-settings-of-this-version';
  speaks(rule, {
    'written by a here-document': { steps: ['cat > /var/lib/postgresql/data/recovery.conf <<CONF\nx\nCONF'] },
    'by tee, in a container': { steps: ['echo x | docker exec -i db tee -a "$PGDATA/recovery.conf"'] },
    'copied from a sample': { steps: ['cp recovery.conf.sample /srv/pg/recovery.conf'] },
  });
  isSilent(rule, {
    'removed before the start': { steps: ['rm -f /srv/pg/recovery.conf'] },
    'looked for': { steps: ['test -e /srv/pg/recovery.conf && cat /srv/pg/recovery.conf'] },
    'kept elsewhere': { steps: ['cp /srv/pg/recovery.conf /backup/recovery.conf.old'] },
    'a server that is old enough': {
      steps: ['echo x > /srv/pg/recovery.conf'],
      more: { components: { old: { kind: 'database', technology: 'PostgreSQL 11', stateless: true } } },
    },
    'among the files that are included': {
      steps: ['cp -f /templates/recovery.conf /opt/postgresql/conf/conf.d/recovery.conf'],
    },
    'the file of today': { steps: [CONF('/srv/pg', "restore_command = 'cp /wal/%f %p'")] },
  });
});

describe('server-runs-while-it-is-used', () => {
  const rule = 'server-runs-while-it-is-used';
  speaks(rule, {
    'a service of the system': {
      steps: ['systemctl stop postgresql@17-main', 'pg_restore -h localhost -d shop a.dump'],
    },
    'compose, in the same text': { steps: ['docker compose stop postgres\npsql -h 127.0.0.1 -c "SELECT 1"'] },
    'a service that the plan names': {
      steps: ['docker-compose -f prod.yml stop store', 'psql -h localhost -d shop -c "SELECT 1"'],
      more: { components: { shop: { kind: 'database', ids: { compose_service: 'store' }, stateless: true } } },
    },
    'started again too late': {
      steps: ['pg_ctl stop -D /srv/pg', 'pg_restore -d shop a.dump', 'pg_ctl start -D /srv/pg'],
    },
  });
  isSilent(rule, {
    'started in between': { steps: ['systemctl stop postgresql', 'systemctl start postgresql', 'psql -c "SELECT 1"'] },
    'another machine': { steps: ['systemctl stop postgresql', 'psql -h standby.example.com -c "SELECT 1"'] },
    'another service': { steps: ['docker compose stop api worker', 'pg_restore -d shop a.dump'] },
    'only what writes is stopped': { steps: ['systemctl stop shop.service', 'psql -h localhost -c "SELECT 1"'] },
    'the archive is listed': { steps: ['systemctl stop postgresql', 'pg_restore --list a.dump'] },
    'an action that restores brings it up': {
      steps: [
        'systemctl stop postgresql',
        {
          uses: 'postgres.restore_server',
          with: { component: 'database' },
          approve: { role: 'keeper', within: '10m' },
        },
        'psql -c "SELECT 1"',
      ],
    },
    'everything is started again': {
      steps: ['docker compose stop postgres', 'docker compose up -d', 'psql -h localhost -c "SELECT 1"'],
    },
    'another server takes its place': {
      steps: [
        'docker stop postgres',
        'docker run -d --name side -p 5432:5432 postgres:17',
        'psql -h localhost -c "SELECT 1"',
      ],
    },
    'as another user': {
      steps: ['systemctl stop postgresql', "su - postgres -c 'pg_ctl -D /srv/pg start'", 'psql -c "SELECT 1"'],
    },
    'stopped on another machine': { steps: ['ssh primary systemctl stop postgresql', 'psql -c "SELECT pg_promote()"'] },
    'asked in another container': { steps: ['docker compose stop postgres', 'docker exec side psql -c "SELECT 1"'] },
    'used before it is stopped': { steps: ['psql -c "CHECKPOINT"', 'systemctl stop postgresql'] },
  });
});

describe('log-goes-on-a-base-backup', () => {
  const rule = 'log-goes-on-a-base-backup';
  speaks(rule, {
    'the log is fetched after a dump': {
      steps: ['gunzip -c d.sql.gz | psql shop', 'aws s3 sync s3://copies/wal/ /srv/wal/'],
    },
    'a recovery is set up after a dump': {
      steps: ['pg_restore -d shop a.dump', CONF('/srv/pg', "restore_command = 'cp /wal/%f %p'")],
    },
  });
  isSilent(rule, {
    'a base backup is brought first': {
      steps: ['pg_restore -d shop a.dump', 'pgbackrest --stanza=shop restore', 'rsync -a backup:/wal/ /srv/wal/'],
    },
    'the log without any dump': { steps: ['tar -xzf base.tar.gz -C /srv/pg', 'rsync -a backup:/wal/ /srv/wal/'] },
    'the dump comes afterwards': {
      steps: [
        'tar -xf base.tar -C /srv/pg',
        CONF('/srv/pg', "restore_command = 'cp /wal/%f %p'"),
        'pg_restore -h new -d shop a.dump',
      ],
    },
    'a query is no dump': { steps: ['psql shop -f checks.sql', 'rsync -a backup:/wal/ /srv/wal/'] },
    'the signal is removed': { steps: ['pg_restore -d shop a.dump', 'rm -f /srv/pg/recovery.signal'] },
    'no log': { steps: ['pg_restore -d shop a.dump', 'aws s3 sync s3://copies/walnut/ /srv/pictures/'] },
  });
});

describe('log-is-fetched-by-restore-command', () => {
  const rule = 'log-is-fetched-by-restore-command';
  speaks(rule, {
    'beside the data, and started': {
      steps: ['aws s3 sync s3://copies/wal/ /var/lib/postgresql/wal/\ndocker-compose start postgres'],
    },
    'in another step': { steps: ['cp -a /mnt/wal/. /var/lib/pgsql/archive/', 'systemctl start postgresql-16'] },
  });
  isSilent(rule, {
    'the server is told': {
      steps: [
        'aws s3 sync s3://copies/wal/ /var/lib/postgresql/wal/',
        CONF('/var/lib/postgresql/data', "restore_command = 'cp /var/lib/postgresql/wal/%f %p'"),
        'systemctl start postgresql',
      ],
    },
    'into pg_wal, which a start reads': {
      steps: ['rsync -a backup:/wal/ /var/lib/postgresql/17/main/pg_wal/', 'systemctl start postgresql'],
    },
    'archived, not restored': {
      steps: ['aws s3 sync /var/lib/postgresql/wal/ s3://copies/wal/', 'systemctl start postgresql'],
    },
    'no server is started': { steps: ['aws s3 sync s3://copies/wal/ /var/lib/postgresql/wal/'] },
  });
});

describe('replay-is-resumed-while-it-waits', () => {
  const rule = 'replay-is-resumed-while-it-waits';
  const resume = 'psql -h side -c "SELECT pg_wal_replay_resume();"';
  speaks(rule, {
    'after promote': { steps: [CONF('/srv/side', "recovery_target_action = 'promote'"), resume] },
    'after shutdown': { steps: ['echo "recovery_target_action = \'shutdown\'" >> /srv/side/postgresql.conf', resume] },
  });
  isSilent(rule, {
    'after pause': { steps: [CONF('/srv/side', "recovery_target_action = 'pause'"), resume] },
    'with nothing said': { steps: [resume] },
    'before the action is set': { steps: [resume, CONF('/srv/side', "recovery_target_action = 'promote'")] },
    'never resumed': {
      steps: [CONF('/srv/side', "recovery_target_action = 'promote'"), 'psql -c "SELECT pg_is_in_recovery()"'],
    },
  });
});

describe('recovery-starts-from-a-base-backup', () => {
  const rule = 'recovery-starts-from-a-base-backup';
  const rewind = (folder: string) => CONF(folder, "recovery_target_time = '2026-01-01 00:00 UTC'");
  speaks(rule, {
    'the folder of today': { steps: ['systemctl stop postgresql', rewind('/srv/pg'), 'systemctl start postgresql'] },
    'a base backup that is taken now': { steps: ['pg_basebackup -h primary -D /srv/side', rewind('/srv/side')] },
    'to a transaction': { steps: [CONF('/srv/pg', "recovery_target_xid = '4711'")] },
  });
  isSilent(rule, {
    'a base backup of last night': { steps: ['cp -a /backup/base-2026-01-01 /srv/side', rewind('/srv/side')] },
    'an archive of one': { steps: ['tar -xzf /backup/base.tar.gz -C /srv/side', rewind('/srv/side')] },
    'WAL-G': { steps: ['wal-g backup-fetch /srv/side LATEST', rewind('/srv/side')] },
    'a person brings it': {
      steps: [byHand('Restore the base backup of last night to /srv/side'), rewind('/srv/side')],
    },
    'as far as the log goes': { steps: [CONF('/srv/pg', "restore_command = 'cp /wal/%f %p'")] },
    'looked for in the output of others': {
      steps: [`printf '%s' "$CONF" | grep -F "recovery_target_name = 'x'"`],
    },
    'only a timeline': { steps: [CONF('/srv/pg', "recovery_target_timeline = 'latest'")] },
    'only read': { steps: ['grep recovery_target_time /srv/pg/postgresql.conf'] },
  });
});

describe('deleted-rows-come-from-the-side', () => {
  const rule = 'deleted-rows-come-from-the-side';
  const rewind = CONF('/var/lib/postgresql/data', "recovery_target_time = '$MOMENT'");
  speaks(rule, {
    'production is stopped and rewound': { steps: ['docker-compose stop postgres', rewind], scenario: deletion },
  });
  isSilent(rule, {
    'a second server': {
      steps: ['systemctl stop shop', CONF('/srv/side/postgresql', "recovery_target_time = '$MOMENT'")],
      scenario: deletion,
    },
    'the whole machine is lost': {
      steps: ['systemctl stop postgresql', rewind],
      scenario: { title: 'The disk is gone', loses: ['database'] },
    },
    'nothing is stopped': { steps: [rewind], scenario: deletion },
  });
});

describe('restore-point-before-the-damage', () => {
  const rule = 'restore-point-before-the-damage';
  speaks(rule, {
    'a script takes the latest': { steps: ['./infra/restore-database.sh production latest'], scenario: deletion },
    'RDS takes the newest': {
      steps: [
        'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier a --target-db-instance-identifier b --use-latest-restorable-time',
      ],
      scenario: { title: 'Ransomware' },
    },
    'an action takes the latest': {
      steps: [{ uses: 'postgres.restore_server', with: { component: 'database', to: 'latest' } }],
      scenario: deletion,
    },
    'the whole log is replayed': {
      steps: ['rsync -a backup:/wal/ /var/lib/postgresql/wal/\nsystemctl start postgresql'],
      scenario: { title: 'Data was corrupted' },
    },
  });
  isSilent(rule, {
    'a moment is given': {
      steps: ['./restore-database.sh production "${{ inputs.at }}"'],
      scenario: { ...deletion, inputs: { at: { describe: 'When' } } },
    },
    'the server itself was deleted': {
      steps: ['./restore-database.sh production latest'],
      scenario: { title: 'The database instance was deleted' },
    },
    'nothing is damaged': {
      steps: ['./restore-database.sh production latest'],
      scenario: { title: 'The disk is gone' },
    },
    'latest is of something else': { steps: ['docker pull shop:latest', './deploy.sh latest'], scenario: deletion },
    'the log has an end': {
      steps: [
        'rsync -a backup:/wal/ /var/lib/postgresql/wal/',
        CONF('/srv/pg', "recovery_target_time = '$MOMENT'"),
        'systemctl start postgresql',
      ],
      scenario: deletion,
    },
  });
});

test('it says which step has stopped the server, and points there', () => {
  const plan = shellPlan(['systemctl stop postgresql', 'echo one\npg_restore -d shop a.dump'], { healthy: 's1' });
  const [finding] = saidBy('server-runs-while-it-is-used', plan);
  expect(finding?.message).toContain('"s1"');
  expect(finding?.related?.[0]?.message).toBe('postgresql is stopped here');
});
