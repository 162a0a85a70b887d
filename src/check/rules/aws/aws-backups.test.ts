import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { saidOfScripts, shellSteps } from '../../scripted-plan.fake.ts';

const stock = (backups: string, more = 'objectives: { rto: 1h, rpo: 1h }') =>
  `components: { stock: { kind: database, technology: RDS, domain: machine, ${more}, backups: [${backups}] } }`;
const RESTORE = 'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier';
const PITR = { method: 'rds.point_in_time' };
const DAILY = { method: 'rds.automated', every: 'daily 03:00 UTC', takes: '10m' };

describe('restored-from-the-newest-available', () => {
  const said = (texts: readonly string[], backups: readonly object[], more: object = {}) =>
    saidOfScripts('restored-from-the-newest-available', texts, { components: { stock: { backups } }, ...more }).map(
      ({ message }) => message,
    );

  test('a day is lost although minutes would do', () => {
    expect(said([`${RESTORE} "$ID"`], [DAILY, PITR])).toEqual([
      '"first" restores stock from rds.automated and can lose 1d; rds.point_in_time is kept as well, survives, and loses 5m',
    ]);
    expect(
      said(['pg_restore -d stock /tmp/d'], [{ method: 'postgres.dump', every: '6h', takes: '10m' }, PITR]).length,
    ).toBe(1);
  });

  test('silent when the better one is taken, also as one of two ways', () => {
    const rewind =
      'aws rds restore-db-instance-to-point-in-time --target-db-instance-identifier new --source-db-instance-identifier stock-prod';
    expect(said([rewind], [DAILY, PITR])).toEqual([]);
    expect(said([`${RESTORE} "$ID"`, rewind], [DAILY, PITR])).toEqual([]);
  });

  test('silent when there is no better one, it is lost as well, or it repeats the damage', () => {
    expect(said([`${RESTORE} "$ID"`], [DAILY])).toEqual([]);
    expect(
      said([`${RESTORE} "$ID"`], [DAILY, { method: 'rds.replica', copies: [{ domain: 'cellar', lag: '1m' }] }]),
    ).toEqual([]);
    const elsewhere = { ...DAILY, copies: [{ domain: 'cellar' }] };
    expect(
      said([`${RESTORE} "$ID"`], [elsewhere, PITR], { scenarios: { gone: { loses_domains: ['machine'] } } }),
    ).toEqual([]);
    expect(
      said(
        [`${RESTORE} "$ID"`],
        [
          { ...DAILY, every: '10m' },
          { ...PITR, copies: [{ domain: 'machine', lag: '15m' }] },
        ],
      ),
    ).toEqual([]);
  });

  test('silent for a copy that the runbook itself takes, and for a deleted instance that gets its name back', () => {
    const take = 'aws rds create-db-snapshot --db-instance-identifier stock-prod --db-snapshot-identifier s';
    expect(said([take, `${RESTORE} s`], [DAILY, PITR])).toEqual([]);
    expect(said([`${RESTORE.replace(' new ', ' stock-prod ')} "$FINAL"`], [DAILY, PITR])).toEqual([]);
    expect(said(['./restore.sh'], [DAILY, PITR])).toEqual([]);
  });
});

describe('automated-backups-outlive-the-instance', () => {
  const said = (backups: string, more?: string) =>
    messages('automated-backups-outlive-the-instance', stock(backups, more));
  const pitr = '{ method: rds.point_in_time }';

  test('nothing is left, or too little', () => {
    expect(said(pitr).join()).toContain('then nothing is left to restore from');
    expect(said(`{ method: rds.automated, every: daily }, ${pitr}, { method: rds.multi_az }`).join()).toContain(
      'nothing is left',
    );
    expect(said(`${pitr}, { method: rds.snapshot, every: monthly, takes: 10m }`).join()).toContain(
      'and 1h is promised',
    );
  });

  test('silent when enough is left elsewhere, or kept by hand, or nothing is promised', () => {
    expect(said(`{ method: rds.point_in_time, copies: [{ domain: machine }, { domain: cellar, lag: 10m }] }`)).toEqual(
      [],
    );
    expect(said(`{ method: rds.point_in_time, copies: [{ domain: machine, immutable: 7d }] }`)).toEqual([]);
    expect(said(`${pitr}, { method: rds.snapshot, every: 30m, takes: 10m }`)).toEqual([]);
    expect(said(`${pitr}, { method: rds.replica, copies: [{ domain: cellar, lag: 1m }] }`)).toEqual([]);
    expect(said('{ method: postgres.dump, every: 30m, takes: 10m }')).toEqual([]);
    expect(said(pitr, 'objectives: { rto: 1h }')).toEqual([]);
  });
});

describe('rds-backs-up-once-a-day', () => {
  const said = (backups: string) => messages('rds-backs-up-once-a-day', stock(backups));
  test('automated ones have no other interval', () => {
    expect(said('{ method: rds.automated, every: 6h }').join()).toContain('at least every 6h');
    expect(said('{ method: rds.automated, every: "daily 00:00,12:00 UTC" }').length).toBe(1);
    for (const every of ['daily', 'every 24h', 'daily 03:00-04:00 UTC', 'weekly', 'continuous', 'before a migration'])
      expect(said(`{ method: rds.automated, every: ${every} }`)).toEqual([]);
    expect(said('{ method: rds.snapshot, every: 6h }')).toEqual([]);
    expect(said('{ method: rds.automated }')).toEqual([]);
  });
});

describe('manual-snapshots-fit-the-quota', () => {
  const said = (backups: string) => messages('manual-snapshots-fit-the-quota', stock(backups));
  test('kept time divided by interval', () => {
    expect(said('{ method: rds.snapshot, every: "daily 00:00,06:00,12:00,18:00 UTC", keep: 30d }').join()).toContain(
      '120 manual snapshots',
    );
    expect(said('{ method: rds.snapshot, every: 1h, keep: 5d }').length).toBe(1);
    expect(said('{ method: rds.snapshot, every: 6h, keep: 25d }')).toEqual([]);
    expect(
      said('{ method: rds.snapshot, every: 1h, keep: 120d, copies: [{ domain: cellar, immutable: 35d }] }'),
    ).toEqual([]);
    expect(said('{ method: rds.automated, every: 1h, keep: 35d }')).toEqual([]);
    expect(said('{ method: rds.snapshot, every: before a migration, keep: 3650d }')).toEqual([]);
    expect(said('{ method: rds.snapshot, every: 1h, keep: forever }')).toEqual([]);
    expect(said('{ method: rds.snapshot, every: 1h }')).toEqual([]);
  });
});

describe('versions-can-be-brought-back', () => {
  const files = (kind: string) => ({
    kind,
    domain: 'machine',
    objectives: { rto: '1h' },
    backups: [{ method: 's3.versioning', keep: '90d' }],
  });
  const said = (texts: readonly string[], kind = 'bucket') =>
    saidOfScripts('versions-can-be-brought-back', [], {
      components: { files: files(kind) },
      scenarios: { gone: { loses: ['files'], steps: shellSteps(texts) } },
    }).length;

  test('somebody has to do it', () => {
    expect(said(['aws s3 sync s3://copy s3://files'])).toBe(1);
    expect(said(['aws s3api delete-object --bucket files --key k'])).toBe(1);
    expect(said(['aws s3api delete-object --bucket files --key k --version-id "$MARKER"'])).toBe(0);
    expect(said(['aws s3api copy-object --bucket files --key k --copy-source "files/k?versionId=$V"'])).toBe(0);
    expect(said(['true'], 'workload')).toBe(0);
    const person = (instruction: string) => ({ id: 'back', uses: 'human.task', with: { instruction } });
    const asked = (instruction: string) =>
      saidOfScripts('versions-can-be-brought-back', [], {
        components: { files: files('bucket') },
        scenarios: { gone: { loses: ['files'], steps: [person(instruction)] } },
      }).length;
    expect(asked('Restore the version before.')).toBe(0);
    expect(asked('Tell the users.')).toBe(1);
  });
});

describe('images-for-a-rollback-are-kept', () => {
  const said = (policy: object, texts: readonly string[], scenario: object = { kind: 'rollback' }, api: object = {}) =>
    saidOfScripts('images-for-a-rollback-are-kept', [], {
      components: {
        images: {
          kind: 'registry',
          domain: 'machine',
          objectives: { rto: '1h' },
          backups: [{ method: 'registry.images', ...policy }],
        },
        api,
      },
      scenarios: { gone: { loses: ['api'], steps: shellSteps(texts), ...scenario } },
    }).length;
  const find = ['aws ecr describe-images --repository-name shop'];

  test('a rollback that needs older images', () => {
    expect(said({}, find)).toBe(1);
    expect(said({}, ['docker pull registry.example.com/shop:1.2.3'])).toBe(1);
    expect(said({}, ['true'], { kind: 'rollback' }, { needs: ['database', 'images'] })).toBe(1);
  });

  test('silent when it is said, and where nothing goes back', () => {
    expect(said({ keep: '180d' }, find)).toBe(0);
    expect(said({ copies: [{ domain: 'cellar', immutable: '30d' }] }, find)).toBe(0);
    expect(said({}, find, { kind: 'disaster' })).toBe(0);
    expect(said({}, ['docker push shop', 'aws ecr get-login-password'])).toBe(0);
  });
});

describe('rds-replica-is-promoted-by-hand', () => {
  const said = (technology: string, more = '') =>
    messages(
      'rds-replica-is-promoted-by-hand',
      `components: { standby: { kind: replica, technology: "${technology}", domain: cellar, needs: [database] ${more} } }`,
    ).length;

  test.each([
    'RDS read replica with auto-promotion',
    'RDS PostgreSQL, promotes itself',
    'RDS read replica that is promoted automatically',
    'RDS replica in another region, automatic failover',
  ])('%s', (technology) => expect(said(technology)).toBe(1));

  test.each([
    'RDS read replica',
    'RDS read replica, promoted by a step',
    'RDS read replica, never promoted automatically',
    'Aurora in RDS, automatic failover',
    'PostgreSQL with Patroni, automatic failover',
  ])('silent: %s', (technology) => expect(said(technology)).toBe(0));

  test('notes count as well', () => expect(said('RDS', ', note: Said to have automatic failover.')).toBe(1));
});
