import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../checked-plan.fake.ts';
import { saidOfSteps, shellPlan } from '../shell-steps.fake.ts';

describe('commands-use-what-the-plan-knows', () => {
  const rule = 'commands-use-what-the-plan-knows';
  const said = (text: string, components: object = {}) =>
    saidBy(rule, shellPlan([text], {}, { components })).map(({ message }) => message);
  const cache = { cache: { kind: 'cache', domain: 'machine', stateless: true } };

  test.each([
    'redis-cli FLUSHALL',
    'ssh admin@files.example.com uptime',
    'kubectl get nodes',
    'terraform plan',
    'aws sqs list-queues',
    'aws route53 list-hosted-zones',
    'docker push shop:good',
    'vercel list',
    'mysql -e "SELECT 1"',
    'aws ssm put-parameter --name a --value b',
  ])('speaks of: %s', (text) => expect(said(text)).toHaveLength(1));

  test.each([
    'psql -c "SELECT 1"',
    'aws rds describe-db-instances',
    'curl https://example.com',
    'docker build .',
    'ssh "$HOST" uptime',
    'aws sts get-caller-identity',
    'aws ssm start-session --target "$ID"',
    'echo redis-cli',
    'jq . file.json',
  ])('is silent about: %s', (text) => expect(said(text)).toEqual([]));

  test('a component of that kind, or that names it, is one', () => {
    expect(said('redis-cli PING', cache)).toEqual([]);
    expect(said('redis-cli PING', { store: { kind: 'other', technology: 'Valkey 8', domain: 'machine' } })).toEqual([]);
    expect(said('ssh files.example.com ls', { files: { kind: 'other', ids: { host: 'files.example.com' } } })).toEqual(
      [],
    );
    expect(said('ssh files.example.com ls', { way: { kind: 'bastion' } })).toEqual([]);
    expect(said('mysql -e "SELECT 1"', cache)).toHaveLength(1);
  });

  test('a domain, a vendor or a channel that is called like it will do', () =>
    expect(saidBy(rule, shellPlan(['vercel list'], {}, { domains: { vercel: { title: 'Vercel' } } }))).toEqual([]));

  test('each system is missed once', () =>
    expect(saidOfSteps(rule, ['redis-cli PING', 'redis-cli INFO'])).toHaveLength(1));
});

describe('files-are-at-hand, of commands', () => {
  const rule = 'files-are-at-hand';
  const said = (text: string, files: object = {}) =>
    saidBy(rule, shellPlan([text], {}, { files })).map(({ message }) => message);

  test.each([
    './scripts/restore.sh production',
    'scripts/restore.sh',
    'bash scripts/restore.sh',
    'python3 tools/restore.py --now',
    'aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch file://change.json',
    'terraform apply -var-file=dr.tfvars plan.out',
    'psql -d shop -f checks/after.sql',
    'sudo ./restore.sh',
  ])('speaks of: %s', (text) => expect(said(text)).toHaveLength(1));

  test.each([
    '/usr/local/bin/restore shop',
    'restore.sh',
    'bash -c "ls"',
    'python3 -m http.server',
    '"$FOLDER"/restore.sh',
    'ssh db ./restore.sh',
    'docker compose exec -T db scripts/inside.sh',
    'cat > change.json <<EOF\n{}\nEOF\naws x y --change-batch file://change.json',
    'aws x y --input file:///tmp/change.json',
    './node_modules/.bin/tool',
    'python3 manage.py migrate',
    'cat scripts/restore.sh',
  ])('is silent about: %s', (text) => expect(said(text)).toEqual([]));

  test('a file of the list is known, whatever folder one stands in', () =>
    expect(
      said('cd infra && ./restore.sh', { 'infra/restore.sh': { title: 'Restores', content: 'in-repository' } }),
    ).toEqual([]));
  test('one file is asked for once', () => expect(saidOfSteps(rule, ['./a.sh', './a.sh'])).toHaveLength(1));
});

describe('scripts-have-a-second-home', () => {
  const rule = 'scripts-have-a-second-home';
  const files = { 'a.sh': { title: 'A', content: 'in-repository' } };
  const source = (backups: readonly object[]) => ({
    source: { kind: 'source', domain: 'machine', objectives: { rto: '1h', rpo: '1h' }, backups },
  });
  const said = (components: object, more: object = { files }) => saidBy(rule, JSON.stringify({ ...more, components }));

  test('one place, or none that is said', () => {
    expect(said({})[0]?.path).toBe('files');
    expect(said(source([]))[0]?.path).toBe('components.source');
    expect(said(source([{ method: 'git.repository', copies: [{ domain: 'machine' }] }]))).toHaveLength(1);
  });
  test('a copy elsewhere, of the repository or of what keeps it', () => {
    expect(said(source([{ method: 'git.repository', copies: [{ domain: 'cellar' }] }]))).toEqual([]);
    const infrastructure = {
      kind: 'infrastructure-state',
      backups: [{ method: 'git.repository', copies: [{ domain: 'machine' }, { domain: 'cellar' }] }],
    };
    expect(said({ infrastructure })).toEqual([]);
  });
  test('scripts that only commands name count', () => expect(saidOfSteps(rule, ['./a.sh'])).toHaveLength(1));
  test('no scripts, nothing to keep', () => expect(saidOfSteps(rule, ['psql -c "SELECT 1"'])).toEqual([]));
});

describe('text-is-not-damaged', () => {
  const said = (title: string) => messages('text-is-not-damaged', JSON.stringify({ plan: { title } }));
  test.each(['ðŸš¨ Recovery', '\uf8ffüö® Recovery', 'âœ… done', 'one â†’ two', 'GrÃ¶ÃŸe'])('%s', (title) =>
    expect(said(title)).toHaveLength(1),
  );
  test.each(['🚨 Recovery', '✅ done', 'Größe', 'São Paulo', 'naïve café', 'Ünal Öz', 'A → B', 'Ä.'])(
    '%s is none',
    (title) => expect(said(title)).toEqual([]),
  );
  test('says what it was', () =>
    expect(said('âœ… done')).toEqual(['"âœ…" was once "✅": UTF-8 was read as Windows-1252 and saved again']));
  test('in a command it stands at its line', () =>
    expect(saidBy('text-is-not-damaged', shellPlan(['date\necho "âœ… done"']))[0]?.path).toBe(
      'scenarios.loss.steps.s1.with.command',
    ));
});

describe('backup-runs-by-itself', () => {
  const said = (backups: readonly object[]) =>
    messages(
      'backup-runs-by-itself',
      JSON.stringify({ components: { files: { kind: 'other', domain: 'machine', backups } } }),
    );
  test('a copy without a schedule', () =>
    expect(said([{ method: 'rds.snapshot' }])).toEqual([
      'nothing says when rds.snapshot of files is taken, and nothing says how long it is kept: its newest copy may be of any age',
    ]));
  test.each([
    { method: 'rds.snapshot', every: '24h' },
    { method: 'rds.snapshot', every: 'before a migration' },
    { method: 's3.versioning' },
    { method: 'rds.multi_az' },
    { method: 'postgres.wal_stream' },
    { method: 'git.repository' },
  ])('$method $every is none', (backup) => expect(said([backup])).toEqual([]));
});

describe('drill-says-where', () => {
  const drill = (fields: object, environments: object = { drill: { protected: false } }) =>
    messages('drill-says-where', JSON.stringify({ environments, drills: { rehearsal: fields } }));
  test.each(['restore', 'full', 'failover', 'rollback', 'security'])('%s', (kind) =>
    expect(drill({ kind })).toHaveLength(1),
  );
  test.each(['tabletop', 'review'])('%s breaks nothing', (kind) => expect(drill({ kind })).toEqual([]));
  test('one that says it', () => expect(drill({ kind: 'full', environment: 'drill' })).toEqual([]));
  test('a plan that knows production only cannot say it', () => expect(drill({ kind: 'full' }, {})).toEqual([]));
  test('names where it would take place', () =>
    expect(drill({ kind: 'full' })[0]).toContain('takes place in production, which is protected'));
});

describe('plan-follows-the-new-instance', () => {
  const stock = {
    stock: {
      kind: 'database',
      domain: 'machine',
      ids: { instance: 'shop' },
      objectives: { rto: '1h' },
      backups: [{ method: 'rds.automated', every: '24h' }],
    },
  };
  const watch = (id: string) => ({
    watch: {
      title: 'Look',
      steps: [
        {
          id: 'look',
          uses: 'shell.run',
          with: { command: `aws rds describe-db-snapshots --db-instance-identifier ${id}` },
        },
      ],
    },
  });
  const said = (steps: readonly object[], procedures: object = watch('shop')) =>
    saidBy(
      'plan-follows-the-new-instance',
      JSON.stringify({
        components: stock,
        procedures,
        scenarios: { gone: { title: 'Gone', loses: ['stock'], steps } },
      }),
    );
  const shell = (command: string) => ({ id: `s${command.length}`, uses: 'shell.run', with: { command } });
  const restore = shell(
    'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-2 --use-latest-restorable-time',
  );

  test('scripts that still ask for the old one, and where', () => {
    const [finding] = said([restore]);
    expect(finding?.message).toContain('the database is shop-2, and one other place of the plan still asks for shop');
    expect(finding?.related).toHaveLength(1);
  });
  test('the old name is given back', () =>
    expect(
      said([
        restore,
        shell('aws rds modify-db-instance --db-instance-identifier shop-2 --new-db-instance-identifier shop'),
      ]),
    ).toEqual([]));
  test('a person is told to change the plan', () =>
    expect(
      said([
        restore,
        {
          id: 'ids',
          uses: 'human.task',
          title: 'Update the plan',
          with: { instruction: 'Update the ids of the plan.' },
        },
      ]),
    ).toEqual([]));
  test('nobody else asks, the same name, another name', () => {
    expect(said([restore], watch('other'))).toEqual([]);
    expect(
      said([
        shell('aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop --db-snapshot-identifier s'),
      ]),
    ).toEqual([]);
    expect(
      said([
        shell('aws rds restore-db-instance-from-db-snapshot --db-instance-identifier proof --db-snapshot-identifier s'),
      ]),
    ).toEqual([]);
  });
});

describe('protection-is-armed-again, by commands', () => {
  const stock = {
    stock: {
      kind: 'database',
      domain: 'machine',
      objectives: { rto: '1h' },
      backups: [{ method: 'rds.automated', every: '24h' }],
    },
  };
  const said = (...commands: readonly string[]) =>
    messages(
      'protection-is-armed-again',
      JSON.stringify({
        components: stock,
        scenarios: {
          gone: {
            title: 'Gone',
            loses: ['stock'],
            steps: commands.map((command, index) => ({
              id: `s${index}`,
              uses: 'shell.run',
              title: 'Something of a backup',
              with: { command },
            })),
          },
        },
      }),
    );
  const restore =
    'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier s';

  test.each([
    ['aws rds promote-read-replica --db-instance-identifier replica'],
    [restore, 'psql -h new -c "SELECT 1"'],
    [restore, 'aws rds create-db-snapshot --db-instance-identifier old --db-snapshot-identifier last'],
    [restore, 'aws rds modify-db-instance --db-instance-identifier new --apply-immediately'],
    ['aws rds modify-db-instance --db-instance-identifier old --deletion-protection', restore],
  ])('speaks of: %s  %s', (...commands) =>
    expect(said(...commands.filter((one) => typeof one === 'string'))).toHaveLength(1),
  );

  test.each([
    [
      restore,
      'aws rds modify-db-instance --db-instance-identifier new --backup-retention-period 14 --deletion-protection',
    ],
    [restore, 'aws rds create-db-snapshot --db-instance-identifier new --db-snapshot-identifier first'],
    [restore, 'aws rds create-db-snapshot --db-instance-identifier "$NEW" --db-snapshot-identifier first'],
    [restore, 'aws cloudwatch put-metric-alarm --alarm-name shop'],
    [restore, './arm.sh'],
    ['aws rds describe-db-snapshots --db-instance-identifier old'],
  ])('is silent about: %s  %s', (...commands) =>
    expect(said(...commands.filter((one) => typeof one === 'string'))).toEqual([]),
  );
});
