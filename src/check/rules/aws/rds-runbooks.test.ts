import { describe, expect, test } from 'vitest';
import { saidOfScript, saidOfScripts, shellSteps } from '../../scripted-plan.fake.ts';

const SNAPSHOT = 'aws rds create-db-snapshot --db-instance-identifier stock-prod --db-snapshot-identifier before';
const RESTORE =
  'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier "$ID"';
const REWIND =
  'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier stock-prod --target-db-instance-identifier new --use-latest-restorable-time';
const AVAILABLE = 'aws rds wait db-instance-available --db-instance-identifier new';
const DELETE = 'aws rds delete-db-instance --db-instance-identifier stock-prod --final-db-snapshot-identifier last';
const RENAME =
  'aws rds modify-db-instance --db-instance-identifier new --new-db-instance-identifier stock-prod --apply-immediately';
const inStock = (more: object): object => ({ components: { stock: more } });

describe('restored-instance-is-reachable', () => {
  const rule = 'restored-instance-is-reachable';
  const findings = (texts: readonly string[], more: object = {}) => saidOfScripts(rule, texts, more);

  test.each([RESTORE, REWIND, `sudo -u deploy ${RESTORE}`, `${RESTORE} --db-subnet-group-name shop`])('%s', (text) =>
    expect(findings([text]).map(({ level }) => level)).toEqual(['warning']),
  );

  test.each([
    `${RESTORE} --vpc-security-group-ids sg-1 --db-subnet-group-name shop`,
    `${RESTORE} --vpc-security-group-ids $SG`,
    `${RESTORE} $NETWORK_OPTIONS`,
    'aws rds restore-db-instance-from-db-snapshot --cli-input-json file://restore.json',
    'aws rds describe-db-instances',
  ])('silent: %s', (text) => expect(findings([text])).toEqual([]));

  test('silent when it is given later, and not when another one is modified', () => {
    const modify = (id: string) =>
      `aws rds modify-db-instance --db-instance-identifier ${id} --vpc-security-group-ids sg-1`;
    expect(findings([RESTORE, modify('new')])).toEqual([]);
    expect(findings([RESTORE, modify('"$NEW"')])).toEqual([]);
    expect(findings([RESTORE, modify('other')]).length).toBe(1);
  });

  test('an error where the plan names the group; nothing for what is only looked at', () => {
    const found = findings(
      [RESTORE],
      inStock({ ids: { instance: 'stock-prod', security_group: 'sg-0123456789abcdef0' } }),
    );
    expect(found.map(({ level, message }) => [level, message.includes('sg-0123456789abcdef0')])).toEqual([
      ['error', true],
    ]);
    const look = { procedures: { look: { title: 'Look', steps: shellSteps([RESTORE]) } } };
    expect(saidOfScripts(rule, ['true'], look)).toEqual([]);
    expect(saidOfScripts(rule, [RESTORE], { scenarios: { gone: { kind: 'degradation' } } }).length).toBe(1);
  });
});

describe('restored-instance-is-as-strong', () => {
  const said = (text: string, more: object = {}): readonly string[] =>
    saidOfScript('restored-instance-is-as-strong', text, more);
  const doubled = inStock({ technology: 'RDS PostgreSQL, Multi-AZ' });

  test('the parameter group, and the standby where the old one has one', () => {
    expect(said(RESTORE)).toEqual(['the new instance has the default parameter group, and nothing later changes that']);
    expect(said(REWIND, doubled).join()).toContain('no standby, which stock has');
    expect(said(`${RESTORE} --db-parameter-group-name p --no-multi-az`, doubled).join()).toContain('has no standby');
    const byPolicy = inStock({ backups: [{ method: 'rds.automated', every: 'daily' }, { method: 'rds.multi_az' }] });
    expect(said(`${RESTORE} --db-parameter-group-name p`, byPolicy).length).toBe(1);
  });

  test('silent when it is given, at once or later', () => {
    expect(said(`${RESTORE} --db-parameter-group-name p`)).toEqual([]);
    expect(said(`${RESTORE} --db-parameter-group-name=p --multi-az`, doubled)).toEqual([]);
    const later = 'aws rds modify-db-instance --db-instance-identifier new --db-parameter-group-name p --multi-az';
    expect(said(`${RESTORE}\n${later}`, doubled)).toEqual([]);
    expect(said('pg_restore -d stock dump')).toEqual([]);
    const protect = { id: 'protect', uses: 'rds.protect', with: { component: 'stock' } };
    expect(said('true', { scenarios: { gone: { steps: [...shellSteps([RESTORE]), protect] } } })).toEqual([]);
  });
});

describe('waiters', () => {
  const long = (text: string, step: object = {}, more: object = {}) =>
    saidOfScripts('waiter-lasts-long-enough', [], {
      scenarios: { gone: { steps: [{ id: 'wait', uses: 'shell.run', with: { command: text }, ...step }], ...more } },
    }).map(({ message }) => message);

  test('one that gives up before the step may be over', () => {
    expect(long(AVAILABLE, { expect: '15m..30m' }).join()).toContain('gives up after 30m');
    expect(long(AVAILABLE, { expect: '45m' }).length).toBe(1);
    expect(
      long('aws rds wait db-snapshot-completed --db-snapshot-identifier s', { expect: '5m..10m' }).join(),
    ).toContain('after 10m');
    expect(long(AVAILABLE, { expect: '10m..25m' })).toEqual([]);
    expect(long(AVAILABLE)).toEqual([]);
    expect(long('aws quantum wait moon-full', { expect: '3h' })).toEqual([]);
    expect(long(`for i in 1 2 3; do ${AVAILABLE} && break; done`, { expect: '1h' })).toEqual([]);
    expect(long(`until ${AVAILABLE}; do :; done`, { expect: '1h' })).toEqual([]);
    expect(long(`${AVAILABLE} || ${AVAILABLE}`, { expect: '40m' }).length).toBe(1);
  });

  test('one that may run longer than the promise', () => {
    const stable = 'aws ecs wait services-stable --cluster c --services s';
    const promise = { objectives: { rto: '5m' } };
    expect(long(stable, {}, promise).join()).toContain('may run 10m before it fails, and gone promises an RTO of 5m');
    expect(long(stable, { timeout: '4m' }, promise)).toEqual([]);
    expect(long(stable, { expect: '1m..3m' }, promise)).toEqual([]);
    expect(long(stable, { expect: '1m..6m' }, promise).length).toBe(1);
    expect(long(`timeout 3m ${stable}`, {}, promise)).toEqual([]);
    expect(long(stable, {}, { objectives: { rto: '10m' } })).toEqual([]);
    expect(long(stable)).toEqual([]);
  });

  test('one that is content with nothing', () => {
    const said = (text: string) => saidOfScript('waiter-sees-what-is-missing', text);
    expect(said(`${SNAPSHOT} && aws rds wait db-snapshot-completed --db-snapshot-identifier before`).length).toBe(1);
    expect(said('aws rds wait db-snapshot-available --db-snapshot-identifier before')).toEqual([]);
    expect(said('aws rds wait db-instance-deleted --db-instance-identifier stock-prod')).toEqual([]);
    expect(said('aws ec2 wait snapshot-completed --snapshot-ids s')).toEqual([]);
    expect(said('echo db-snapshot-completed')).toEqual([]);
  });
});

describe('name-is-computed-once', () => {
  const said = (...texts: readonly string[]) =>
    saidOfScripts('name-is-computed-once', texts).map(({ message }) => message);

  test('the same name from two clocks, in one text or in two steps, also as the name of a file', () => {
    expect(said('make shop-$(date +%F)\ncheck shop-$(date +%F)')).toEqual([
      'shop-$(date +%F) is worked out anew: it is another name than before when the time in it has gone on',
    ]);
    expect(said('make "shop-$(date +%F)"', 'check "shop-$(date +%F)"').length).toBe(1);
    expect(said('make --name=shop-$(date +%F)\ncheck --name shop-$(date +%F)').length).toBe(1);
    expect(said('pg_dump shop > shop-$(date +%F).sql\naws s3 cp shop-$(date +%F).sql s3://b/').length).toBe(1);
    expect(said('make shop-`date +%F`; check shop-`date +%F`').length).toBe(1);
  });

  test.each([
    ['N=shop-$(date +%F)\nmake "$N"\ncheck "$N"'],
    ['make shop-$(date +%F)'],
    ['make shop-$(date +%F)\ncheck other-$(date +%F)'],
    ['echo "done at $(date)"; echo "done at $(date)"'],
    ['START=$(date +%s); work; END=$(date +%s)'],
    ['find --newer $(date +%s)\nfind --newer $(date +%s)'],
    ['find -newermt "$(date +%F) 00:00"\nfind -newermt "$(date +%F) 00:00"'],
    ['git commit -m state-$(date +%F); git commit -m state-$(date +%F)'],
    ['a >> run-$(date +%F).log; b >> run-$(date +%F).log'],
    ['make shop-$RUN\ncheck shop-$RUN'],
    ['make shop-$(id)\ncheck shop-$(id)'],
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));
});

describe('restored-instance-has-a-free-name', () => {
  const rule = 'restored-instance-has-a-free-name';
  const elsewhere = (text: string) => ({ procedures: { look: { title: 'Look', steps: shellSteps([text]) } } });
  const said = (text: string, other: string) =>
    saidOfScripts(rule, [text], elsewhere(other)).map(({ message }) => message);

  test('two restores to one name', () => {
    expect(said(RESTORE, REWIND).join()).toContain('new is made here and by "first" elsewhere');
    expect(saidOfScripts(rule, [RESTORE, REWIND]).length).toBe(1);
  });

  test('silent for names of their own, unknown ones, and those that are removed', () => {
    expect(said(RESTORE, REWIND.replace('identifier new', 'identifier other'))).toEqual([]);
    expect(
      said(RESTORE.replace(' new ', ' "new-$RUN" '), REWIND.replace('identifier new', 'identifier "new-$RUN"')),
    ).toEqual([]);
    expect(said(RESTORE.replace(' new ', ' <name> '), REWIND.replace('identifier new', 'identifier <name>'))).toEqual(
      [],
    );
    expect(
      said(RESTORE, `${REWIND}\naws rds delete-db-instance --db-instance-identifier new --skip-final-snapshot`),
    ).toEqual([]);
    expect(saidOfScripts(rule, [RESTORE])).toEqual([]);
  });

  test('a procedure that two scenarios use is written once', () => {
    const use = { id: 'use', uses: 'procedure', with: { procedure: 'restore' } };
    const more = {
      procedures: { restore: { title: 'Restore', steps: shellSteps([RESTORE]) } },
      scenarios: { gone: { steps: [use] }, again: { title: 'Again', loses: ['stock'], steps: [use] } },
    };
    expect(saidOfScripts(rule, [], more)).toEqual([]);
  });
});

describe('started-is-awaited', () => {
  const findings = (...texts: readonly string[]) => saidOfScripts('started-is-awaited', texts);
  const levels = (...texts: readonly string[]) => findings(...texts).map(({ level }) => level);

  test.each([
    [[SNAPSHOT, 'alembic upgrade head']],
    [[`${SNAPSHOT}\necho "backup complete"`]],
    [[RESTORE, 'psql -h new -c "SELECT 1"']],
    [[REWIND, 'kubectl set env deployment/api DB=new']],
    [['aws elasticache create-snapshot --replication-group-id r --snapshot-name s', 'echo done']],
    [[RENAME, 'kubectl rollout restart deployment/api']],
    // Looked at once is not waited for.
    [[SNAPSHOT, 'aws rds describe-db-snapshots --db-snapshot-identifier before', 'true']],
    [[SNAPSHOT, 'aws rds wait db-snapshot-available --db-snapshot-identifier other', 'true']],
  ])('%s', (texts) => expect(levels(...texts)).toEqual(['warning']));

  test.each([
    [[`${SNAPSHOT} && aws rds wait db-snapshot-available --db-snapshot-identifier before`, 'alembic upgrade head']],
    [[RESTORE, AVAILABLE, 'psql -h new -c "SELECT 1"']],
    [[RESTORE, 'aws rds wait db-instance-available --db-instance-identifier "$NEW"', 'true']],
    [[RESTORE, 'watch -n 30 "aws rds describe-db-instances --db-instance-identifier new"', 'true']],
    [
      [
        `${RESTORE}\nuntil aws rds describe-db-instances --db-instance-identifier new --query x | grep available; do sleep 10; done`,
        'true',
      ],
    ],
    [
      [
        'aws elasticache create-snapshot --replication-group-id r --snapshot-name s',
        'while ! aws elasticache describe-snapshots --snapshot-name s | grep available; do sleep 5; done',
        'true',
      ],
    ],
    [[RESTORE, './scripts/wait-for-database.sh new', 'true']],
    // Nothing goes on.
    [[RESTORE]],
    [[`aws rds create-db-snapshot --db-instance-identifier stock-prod --db-snapshot-identifier "s-$(date +%s)"`]],
    // No rename.
    [['aws rds modify-db-instance --db-instance-identifier new --backup-retention-period 7', 'true']],
    [['aws glue start-job-run --job-name j', 'true']],
  ])('silent: %s', (texts) => expect(levels(...texts)).toEqual([]));

  test('an error when the original is deleted meanwhile', () => {
    expect(levels(SNAPSHOT, DELETE)).toEqual(['error']);
    expect(levels(SNAPSHOT, 'aws rds delete-db-instance --db-instance-identifier other')).toEqual(['warning']);
  });

  test('a person who waits, and alternatives', () => {
    const steps = (...more: readonly object[]) => ({
      scenarios: { gone: { steps: [...shellSteps([RESTORE]), ...more] } },
    });
    const said = (more: object) => saidOfScripts('started-is-awaited', [], more);
    expect(
      said(steps({ id: 'wait', uses: 'human.task', with: { instruction: 'Wait until it is available.' } })),
    ).toEqual([]);
    expect(said(steps({ id: 'tell', uses: 'human.task', with: { instruction: 'Tell the team.' } })).length).toBe(1);
    const ways = shellSteps([RESTORE, './other-way.sh']).map((step) => ({ ...step, one_of: 'way' }));
    expect(said({ scenarios: { gone: { steps: ways } } })).toEqual([]);
  });
});

describe('name-is-free-before-it-is-taken', () => {
  const said = (...texts: readonly string[]) =>
    saidOfScripts('name-is-free-before-it-is-taken', texts).map(({ message }) => message);
  const deleted = 'aws rds wait db-instance-deleted --db-instance-identifier stock-prod';

  test('a name that is still being deleted', () => {
    expect(said(DELETE, RENAME).join()).toContain('"first" has only begun to delete stock-prod');
    expect(said(`${DELETE}\n${RESTORE.replace(' new ', ' stock-prod ')}`).length).toBe(1);
    expect(said(DELETE, 'sleep 60', RENAME).length).toBe(1);
    expect(said(DELETE.replace('stock-prod', '"$OLD"'), RENAME.replace('stock-prod', '"$OLD"')).length).toBe(1);
  });

  test('silent', () => {
    expect(said(DELETE, deleted, RENAME)).toEqual([]);
    expect(
      said(
        DELETE,
        'while aws rds describe-db-instances --db-instance-identifier stock-prod; do sleep 10; done',
        RENAME,
      ),
    ).toEqual([]);
    expect(said(DELETE, RESTORE)).toEqual([]);
    expect(said(RENAME, DELETE)).toEqual([]);
    expect(said(DELETE.replace('stock-prod', '"$OLD"'), RENAME)).toEqual([]);
  });
});

describe('last-copies-are-not-deleted', () => {
  const said = (...texts: readonly string[]) =>
    saidOfScripts('last-copies-are-not-deleted', texts).map(({ message }) => message);
  const bare = 'aws rds delete-db-instance --db-instance-identifier stock-prod --skip-final-snapshot';

  test('an instance of the plan with all of its backups', () => {
    expect(said(`${bare} --delete-automated-backups`).join()).toContain('stock-prod (stock) is deleted');
    expect(said(bare).length).toBe(1);
    expect(said(SNAPSHOT, bare).length).toBe(1);
  });

  test.each([
    [[DELETE]],
    [[`${bare} --no-delete-automated-backups`]],
    [['aws rds delete-db-instance --db-instance-identifier stock-drill-7 --skip-final-snapshot']],
    [['aws rds delete-db-instance --db-instance-identifier "$OLD" --skip-final-snapshot']],
    [['aws rds delete-db-instance --db-instance-identifier <old> --skip-final-snapshot']],
    [[SNAPSHOT, 'aws rds wait db-snapshot-available --db-snapshot-identifier before', bare]],
    [[`echo "${bare}"`]],
  ])('silent: %s', (texts) => expect(said(...texts)).toEqual([]));
});

describe('promotion-is-seen-in-the-role', () => {
  const promote = 'aws rds promote-read-replica --db-instance-identifier standby';
  const wait = 'aws rds wait db-instance-available --db-instance-identifier standby';
  const said = (...texts: readonly string[]) => saidOfScripts('promotion-is-seen-in-the-role', texts).length;

  test('a status that says nothing', () => {
    expect(said(`${promote}\n${wait}`)).toBe(1);
    expect(said(promote, wait, './use.sh')).toBe(1);
    expect(said(`ssh ops "${promote} && ${wait}"`)).toBe(1);
  });

  test('silent where the role is asked for, where nothing waits, and for another instance', () => {
    expect(said(promote, wait, 'psql -h standby -tAc "SELECT pg_is_in_recovery()"')).toBe(0);
    expect(
      said(
        promote,
        "aws rds describe-db-instances --query 'DBInstances[0].ReadReplicaSourceDBInstanceIdentifier'",
        wait,
      ),
    ).toBe(0);
    expect(said(promote)).toBe(0);
    expect(said(promote, 'aws rds wait db-instance-available --db-instance-identifier other')).toBe(0);
    expect(said(wait)).toBe(0);
  });
});
