import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { byHand, type FakeStep, saidOfSteps } from '../../shell-steps.fake.ts';

const RESTORE =
  'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID';
const POINT = 'aws secretsmanager update-secret --secret-id db --secret-string file://new.json';
const deleted = { title: 'Data was deleted by mistake' };

const said = (rule: string, steps: readonly FakeStep[], scenario = {}, more = {}): string[] =>
  saidOfSteps(rule, steps, { healthy: 's1', loses: ['database'], ...scenario }, more);

type Row = readonly [name: string, steps: readonly FakeStep[], scenario?: object, more?: object];
const speaks = (rule: string, rows: readonly Row[]) => {
  for (const [name, steps, scenario, more] of rows)
    test(`speaks: ${name}`, () => expect(said(rule, steps, scenario, more)).toHaveLength(1));
};
const isSilent = (rule: string, rows: readonly Row[]) => {
  for (const [name, steps, scenario, more] of rows)
    test(`is silent: ${name}`, () => expect(said(rule, steps, scenario, more)).toEqual([]));
};

describe('password-of-the-restored-server', () => {
  const rule = 'password-of-the-restored-server';
  const secret = 'PASSWORD=$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text)';
  const rotated = { components: { secret: { kind: 'secrets', backups: [{ method: 'secrets.rotation' }] } } };
  speaks(rule, [
    ['the secret of today', [RESTORE, secret]],
    ['a parameter', [RESTORE, 'aws ssm get-parameter --name db --with-decryption']],
    ['a script of their own, with rotation', ['./restore-db.sh snapshot abc', POINT], {}, rotated],
  ]);
  isSilent(rule, [
    [
      'it is set',
      [
        RESTORE,
        `${secret}\naws rds modify-db-instance --db-instance-identifier new --master-user-password "$PASSWORD"`,
      ],
    ],
    ['it is set by SQL', [RESTORE, secret, `psql -h new -c "ALTER ROLE shop PASSWORD 'x'"`]],
    ['a person sets it', [RESTORE, byHand('Set the master password to the one in the store'), secret]],
    ['read before the restore', [secret, RESTORE]],
    ['nothing is restored', [secret]],
    ['a parameter that is no secret', [RESTORE, 'aws ssm get-parameter --name db-host']],
  ]);
});

describe('fetched-password-is-used', () => {
  const rule = 'fetched-password-is-used';
  speaks(rule, [
    ['under another name', ['DB_PASSWORD=$(vault read x)\npsql -h db.example.com -c "SELECT 1"']],
    ['exported, but nobody reads it', ['export DBPASS=$(cat x)\npg_dump -h "$HOST" shop > a.sql']],
  ]);
  isSilent(rule, [
    ['handed over', ['DB_PASSWORD=$(cat x)\nPGPASSWORD="$DB_PASSWORD" psql -h db -c "SELECT 1"']],
    ['exported as psql wants it', ['export PGPASSWORD=$(cat x)\npsql -h db -c "SELECT 1"']],
    ['in the address', ['DB_PASSWORD=$(cat x)\npsql "postgresql://shop:$DB_PASSWORD@db/shop" -c "SELECT 1"']],
    [
      'into a password file',
      ['DB_PASSWORD=$(cat x)\necho "db:5432:*:shop:$DB_PASSWORD" > ~/.pgpass\npsql -h db -c "SELECT 1"'],
    ],
    ['fetched afterwards', ['psql -h db -c "SELECT 1"\nNEW_PASSWORD=$(openssl rand -hex 16)']],
    ['on the machine itself', ['DB_PASSWORD=$(cat x)\npsql -c "SELECT 1"']],
    ['no client', ['DB_PASSWORD=$(cat x)\n./start.sh']],
  ]);
});

describe('variables-are-set-in-their-own-step', () => {
  const rule = 'variables-are-set-in-their-own-step';
  speaks(rule, [
    ['a host of the step before', ['HOST=$(cat host)', 'psql -h "$HOST" -c "SELECT 1"']],
    ['exported', ['export HOST=db', 'echo ${HOST}']],
    ['used twice, said once', ['HOST=db', 'ping $HOST\nping $HOST']],
    ['in a redirection', ['FILE=x', 'psql shop < "$FILE"']],
  ]);
  isSilent(rule, [
    ['set again', ['HOST=$(cat host)', 'HOST=$(cat host)\nping "$HOST"']],
    ['in one text', ['HOST=db; ping "$HOST"']],
    ['set by nobody: it comes from outside', ['ping "$HOST"']],
    ['set later', ['ping "$HOST"', 'HOST=db']],
    ['the variable of a loop', ['for t in a b; do ping "$t"; done', 'for t in c d; do ping "$t"; done']],
    ['read in', ['NAME=x', 'cat names | while read NAME; do ping "$NAME"; done']],
    ['read from a file of settings', ['HOST=db', '. ./settings.env\nping "$HOST"']],
    ['what every shell has', ['PATH=$PATH:/opt/pg', 'echo $PATH']],
    ['protected from the shell', ['HOST=db', "echo '$HOST'"]],
  ]);
});

describe('values-keep-their-blanks', () => {
  const rule = 'values-keep-their-blanks';
  speaks(rule, [
    ['into jq', ['echo $SECRET | jq .host']],
    ['braces', ['echo ${SECRET} | base64 -d']],
    ['in a substitution', ['NEW=$(echo $OLD | jq ".a = 1")']],
  ]);
  isSilent(rule, [
    ['quoted', ['echo "$SECRET" | jq .host']],
    ['printf', ['printf \'%s\' "$SECRET" | jq .host']],
    ['a here-string', ['jq .host <<< "$SECRET"']],
    ['into a filter of numbers', ['echo $COUNT | bc']],
    ['nobody reads it', ['echo $SECRET']],
    ['literal', ['echo {} | jq .']],
  ]);
});

describe('writers-stop-before-the-restore', () => {
  const rule = 'writers-stop-before-the-restore';
  speaks(rule, [['nobody is stopped', [RESTORE, POINT], deleted]]);
  isSilent(rule, [
    ['scaled to nothing', ['kubectl -n shop scale deployment/api --replicas=0', RESTORE, POINT], deleted],
    ['tasks', ['aws ecs update-service --cluster c --service api --desired-count 0', RESTORE, POINT], deleted],
    ['a person closes the shop', [byHand('Put up the maintenance page'), RESTORE, POINT], deleted],
    ['only looked at', [RESTORE], deleted],
    ['the server is gone anyway', [RESTORE, POINT], { title: 'The server is gone' }],
  ]);
});

describe('nothing-lost-is-true', () => {
  const rule = 'nothing-lost-is-true';
  const nothing = { states: { loses: 'No data is lost' } };
  speaks(rule, [
    ['a snapshot', [RESTORE], nothing],
    ['a dump', ['pg_restore -d shop a.dump'], nothing],
  ]);
  isSilent(rule, [
    [
      'to a moment',
      [
        'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier a --target-db-instance-identifier b --restore-time $T',
      ],
      nothing,
    ],
    [
      'what was written since is carried over',
      [RESTORE, byHand('Bring in what was written since the snapshot')],
      nothing,
    ],
    ['it says how much', [RESTORE], { states: { loses: 'up to a day' } }],
    ['it says nothing', [RESTORE]],
  ]);
});

describe('restored-storage-is-warmed-up', () => {
  const rule = 'restored-storage-is-warmed-up';
  speaks(rule, [['customers at once', [RESTORE, POINT]]]);
  isSilent(rule, [
    ['read through', [RESTORE, 'pg_dump -h new shop > /dev/null', POINT]],
    ['prewarmed', [RESTORE, `psql -h new -c "SELECT pg_prewarm('orders')"`, POINT]],
    ['by hand', [RESTORE, byHand('Warm the tables up'), POINT]],
    ['nobody comes', [RESTORE]],
  ]);
});

describe('caches-follow-the-restore', () => {
  const rule = 'caches-follow-the-restore';
  const cache = { components: { sessions: { kind: 'cache', domain: 'cellar', stateless: true } } };
  speaks(rule, [['forgotten', [RESTORE], {}, cache]]);
  isSilent(rule, [
    ['emptied', [RESTORE, 'redis-cli -h sessions FLUSHALL'], {}, cache],
    ['rebuilt by an action', [RESTORE, { uses: 'redis.rebuild', with: { component: 'sessions' } }], {}, cache],
    ['by hand', [RESTORE, byHand('Invalidate everything that was kept')], {}, cache],
    ['lost as well', [RESTORE], { loses: ['database', 'sessions'] }, cache],
    ['there is none', [RESTORE]],
    [
      'as far as the log goes',
      [{ uses: 'postgres.restore_server', with: { component: 'database', to: 'latest' } }],
      {},
      cache,
    ],
    ['nothing is restored', ['psql -c "SELECT 1"'], {}, cache],
  ]);
});

describe('loss-is-counted-from-outside', () => {
  const rule = 'loss-is-counted-from-outside';
  const newest: FakeStep = {
    id: 'loss',
    with: { command: 'psql -h new -d shop -c "SELECT max(created_at) FROM orders"' },
  };
  speaks(rule, [['the newest that is left', [RESTORE, newest]]]);
  isSilent(rule, [
    [
      'with the files beside it',
      [RESTORE, { id: 'loss', with: { command: 'psql -c "SELECT max(at) FROM o"\naws s3 ls s3://receipts' } }],
    ],
    ['compared elsewhere', [RESTORE, newest, byHand('Reconcile orders with payments')]],
    ['a look, not a loss', [RESTORE, 'psql -h new -d shop -c "SELECT max(created_at) FROM orders"']],
    ['nothing was restored', [newest]],
  ]);
});

describe('health-is-more-than-headers', () => {
  const rule = 'health-is-more-than-headers';
  speaks(rule, [
    ['HEAD', ['curl -I https://shop.example.com/products']],
    ['in another way', ['curl -sS -X HEAD https://shop.example.com/']],
    ['wget', ['wget --spider https://shop.example.com/']],
  ]);
  isSilent(rule, [
    ['a real question too', ['curl -I https://shop.example.com/', 'curl -fsS https://shop.example.com/health']],
    [
      'an action asks',
      ['curl -I https://shop.example.com/', { uses: 'http.wait_healthy', with: { component: 'api' } }],
    ],
    ['GET', ['curl -f https://shop.example.com/health']],
    ['no question', ['echo curl -I']],
  ]);
});

describe('dump-is-not-the-faster-way', () => {
  const rule = 'dump-is-not-the-faster-way';
  const snapshot = (expect?: string): FakeStep => ({ with: { command: RESTORE }, ...(expect ? { expect } : {}) });
  const dump = (expect: string): FakeStep => ({ with: { command: 'pg_restore -d shop a.dump' }, expect });
  speaks(rule, [['half the time', [snapshot('30m..60m'), dump('15m..30m')]]]);
  isSilent(rule, [
    ['longer', [snapshot('30m'), dump('2h')]],
    ['overlapping', [snapshot('20m..60m'), dump('30m..40m')]],
    ['nobody says', [snapshot(), dump('10m')]],
    ['dumps only', [dump('10m')]],
  ]);
});

describe('other-databases-stay-as-they-are', () => {
  const rule = 'other-databases-stay-as-they-are';
  const shared = {
    components: { store: { kind: 'database', domain: 'cellar', stateless: true, ids: { databases: 'a, b, c' } } },
  };
  const loss = { ...deleted, loses: ['store'] };
  const look = (name: string): string => `psql -h new -d ${name} -c "SELECT count(*) FROM orders"`;
  speaks(rule, [['one of three is looked at', [RESTORE, look('a'), POINT], loss, shared]]);
  isSilent(rule, [
    ['all are looked at', [RESTORE, look('a'), look('b'), look('c'), POINT], loss, shared],
    ['nobody is sent there', [RESTORE, look('a')], loss, shared],
    ['the server is gone', [RESTORE, look('a'), POINT], { title: 'The server is gone', loses: ['store'] }, shared],
    [
      'one database',
      [RESTORE, look('a'), POINT],
      loss,
      { components: { store: { ...shared.components.store, ids: { databases: 'a' } } } },
    ],
  ]);
});

describe('point-in-time-is-used', () => {
  const plan = (keep: string, steps: readonly object[] = []) =>
    JSON.stringify({
      components: {
        orders: { kind: 'database', domain: 'cellar', backups: [{ method: 'rds.automated', every: '6h', keep }] },
      },
      ...(steps.length > 0 ? { procedures: { back: { title: 'Back', steps } } } : {}),
    });
  const rule = 'point-in-time-is-used';
  test('speaks when no runbook does', () => expect(messages(rule, plan('30d')).join()).toContain('of up to 6 hours'));
  test.each([
    [
      'a command does',
      plan('30d', [
        {
          id: 'a',
          uses: 'shell.run',
          with: { command: 'aws rds restore-db-instance-to-point-in-time --restore-time $T' },
        },
      ]),
    ],
    ['an action does', plan('30d', [{ id: 'a', uses: 'rds.restore_to_time', with: { at: 'x' } }])],
    [
      'a person does',
      plan('30d', [
        { id: 'a', uses: 'human.task', with: { instruction: 'Restore to a point in time in the console' } },
      ]),
    ],
    ['nothing is kept', plan('0d')],
  ])('is silent: %s', (_, text) => expect(messages(rule, text)).toEqual([]));
});

describe('database-user-is-allowed', () => {
  const user = (technology: string, name: string) =>
    messages(
      'database-user-is-allowed',
      JSON.stringify({
        components: { orders: { kind: 'database', technology, ids: { user: name }, stateless: true } },
      }),
    );
  test.each([
    ['RDS PostgreSQL 15', 'admin'],
    ['Aurora PostgreSQL', 'rdsadmin'],
  ])('speaks: %s, %s', (technology, name) => expect(user(technology, name)).toHaveLength(1));
  test.each([
    ['RDS MySQL', 'admin'],
    ['PostgreSQL in a container', 'admin'],
    ['RDS PostgreSQL', 'postgres'],
    ['RDS PostgreSQL', 'administrator'],
  ])('is silent: %s, %s', (technology, name) => expect(user(technology, name)).toEqual([]));
});
