import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isError } from '../../model/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { loadPlan } from '../load.ts';
import { importMarkdown } from './import-markdown.ts';

/** What a person finds in each document of five companies, and the draft must hold. */

const planOf = (name: string): Plan => {
  const bytes = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const { yaml } = importMarkdown({ file: name, bytes });
  const loaded = loadPlan({ file: 'draft.yaml', text: yaml, env: () => undefined, mode: 'check' });
  expect(loaded.findings.filter(isError)).toEqual([]);
  if (!loaded.ok) throw new Error('the draft does not load');
  return loaded.plan;
};

const objectives = (of: Readonly<Record<string, { objectives?: { rto?: unknown; rpo?: unknown } | undefined }>>) =>
  Object.entries(of).flatMap(([name, { objectives: said }]) =>
    (said?.rto ?? said?.rpo) === undefined ? [] : [[name, said?.rto, said?.rpo]],
  );

const backups = ({ components }: Plan) =>
  Object.entries(components).flatMap(([name, { backups: all }]) =>
    all.map(({ method, every, keep, copies }) => [
      name,
      method,
      every,
      keep,
      copies.map(({ domain }) => domain).join(),
    ]),
  );

const answers = ({ severities }: Plan) =>
  Object.entries(severities).map(([name, { respond_within }]) => [name, respond_within]);
const ladder = ({ escalation }: Plan) =>
  Object.values(escalation).flatMap(({ levels }) => levels.map(({ after, to }) => [after, to.join()]));
const rhythms = (of: Readonly<Record<string, { every: string }>>) => Object.values(of).map(({ every }) => every);

describe('a churn service: damaged headings, arrows in the ladder, commands under numbered steps', () => {
  const plan = planOf('scores.md');

  test('every scenario, with its objectives', () => {
    expect(Object.keys(plan.scenarios)).toEqual(['complete-rds-database-loss', 's3-bucket-accidentally-deleted', 'aws-region-outage-us-east-1', 'point-in-time-recovery',
      'recover-a-single-deleted-file', 'backend-rollback-ecs', 'database-migration-rollback', 'scores-stuck-in-pending', 'high-latency-p95-2000ms']); // biome-ignore format: one list
    expect(objectives(plan.scenarios)).toEqual([
      ['complete-rds-database-loss', '4h', '1h'],
      ['s3-bucket-accidentally-deleted', '2h', '0'],
      ['aws-region-outage-us-east-1', '8h', '4h'],
    ]);
    expect(plan.scenarios['aws-region-outage-us-east-1']?.loses_domains).toEqual(['aws/us-east-1']);
    expect(plan.scenarios['complete-rds-database-loss']?.steps).toHaveLength(8);
  });

  test('what keeps a loss from happening is no step of the recovery', () => {
    expect(Object.keys(plan.procedures)).toContain('prevention-s3-bucket-accidentally');
    const steps = plan.scenarios['s3-bucket-accidentally-deleted']?.steps ?? [];
    expect(steps.some(({ with: input }) => String(input.command).includes('MFADelete'))).toBe(false);
  });

  test('copies, resources by the names commands give them, ways to reach people', () => {
    expect(backups(plan)).toEqual([
      ['rds', 'rds.automated', 'daily 03:00 UTC', '7d', ''],
      ['rds', 'rds.snapshot', 'monthly on the last Sunday', undefined, ''],
    ]);
    expect(Object.values(plan.components).flatMap(({ ids }) => Object.values(ids))).toEqual(
      expect.arrayContaining(['score-db', 'score-files', 'score-service', 'score-worker', 'score-jobs']),
    );
    expect(Object.values(plan.channels).map(({ kind }) => kind)).toEqual(['chat', 'pager', 'status-page', 'email']);
  });

  test('severities, ladder, rehearsals, tasks, what a report says', () => {
    expect(answers(plan)).toEqual([
      ['p0', '15m'],
      ['p1', '30m'],
      ['p2', '2h'],
      ['p3', '24h'],
    ]);
    expect(ladder(plan)).toEqual([
      ['0', 'on-call-engineer'],
      ['30m', 'engineering-lead'],
      ['1h', 'cto'],
    ]);
    expect(rhythms(plan.drills)).toEqual(['monthly', 'quarterly', 'quarterly', 'quarterly']);
    expect(rhythms(plan.tasks)).toEqual(['monthly', 'monthly', 'monthly', 'quarterly']);
    expect(plan.post_mortem?.within).toBe('48h');
    expect(plan.post_mortem?.fields).toHaveLength(7);
  });
});

describe('a service for founders: classes as headings, lists for everything, runbooks without commands', () => {
  const plan = planOf('founders.md');

  test('classes with their members, objectives of data', () => {
    expect(objectives(plan.classes)).toEqual(
      expect.arrayContaining([
        ['p0', '1h', undefined],
        ['p1', '4h', undefined],
        ['p2', '12h', undefined],
        ['p3', '24h', undefined],
      ]),
    );
    const members = Object.entries(plan.components).filter(([, component]) => component.class !== undefined);
    expect(members).toHaveLength(10);
    expect(plan.components['production-database']?.objectives?.rpo).toBe('6h');
  });

  test('every scenario; the way the document offers inside a step is a choice', () => {
    expect(Object.keys(plan.scenarios)).toHaveLength(6);
    const ways = plan.scenarios['database-corruption-or-data-loss']?.steps.filter(({ one_of }) => one_of !== undefined);
    expect(ways?.map(({ title }) => title)).toEqual(['Newest backup', 'Or a named one']);
  });

  test('copies and their proofs', () => {
    expect(backups(plan)).toEqual(
      expect.arrayContaining([
        ['production-database', 'rds.automated', 'daily 00:00 UTC', '30d', ''],
        ['production-database', 'postgres.dump', 'daily 00:00,06:00,12:00,18:00 UTC', '30d', ''],
        ['file-storage', 's3.versioning', undefined, '90d', ''],
        ['file-storage', 's3.replication', undefined, undefined, 'aws/us-west-2'],
      ]),
    );
    expect(plan.components['production-database']?.backups[0]?.verify).toContainEqual({
      how: 'restore',
      every: 'weekly',
      into: 'staging',
    });
  });

  test('severities, ladder, firms, rhythm of upkeep', () => {
    expect(answers(plan)).toEqual([
      ['sev1', 'immediate'],
      ['sev2', '15m'],
      ['sev3', '1h'],
      ['sev4', 'next-business-day'],
    ]);
    expect(ladder(plan).map(([after]) => after)).toEqual(['0', '15m', '30m', '60m']);
    expect(plan.vendors['aws-support']).toMatchObject({
      contact: 'https://console.example.com/support',
      contract: 'Business/Enterprise',
    });
    expect(plan.plan).toMatchObject({ version: '1.0', changes: [{ version: '1.0', on: '2024-01-15' }] });
    expect(rhythms(plan.tasks)).toContain('daily');
  });
});

describe('a shop: an objective table, one block of numbered commands a scenario, a contact tree', () => {
  const plan = planOf('shop.md');

  test('objectives of every component', () =>
    expect(objectives(plan.components)).toEqual([['database', '1h', '15m'], ['application', '30m', '0'], ['redis-cache', '15m', '1h'], ['elasticsearch', '2h', '24h'],
      ['ai-services', '1h', '0'], ['media-files', '4h', '24h']])); // biome-ignore format: one list

  test('every scenario with its steps and the time it is said to take', () => {
    expect(
      Object.entries(plan.scenarios).map(([name, { steps, states }]) => [name, steps.length, states?.takes]),
    ).toEqual([
      ['database-failure', 7, '45m'],
      ['complete-region-failure', 6, '2h'],
      ['ransomware-data-corruption', 5, undefined],
      ['kubernetes-cluster-failure', 4, undefined],
      ['availability-zone-failure', 1, undefined],
    ]);
    expect(plan.scenarios['complete-region-failure']?.loses_domains).toEqual(['aws/us-east-1']);
  });

  test('copies belong to the components of the table', () =>
    expect(backups(plan)).toEqual(
      expect.arrayContaining([
        ['database', 'rds.automated', 'every 6h', '30d', 'aws/us-west-2'],
        ['media-files', 's3.versioning', undefined, undefined, ''],
        ['redis-cache', 'redis.snapshot', 'daily', '7d', ''],
      ]),
    ));

  test('the tree of roles, severities, rehearsals with their days', () => {
    expect(plan.roles['database-admin']?.reports_to).toBe('operations-lead');
    expect(Object.values(plan.roles).filter(({ reports_to }) => reports_to !== undefined)).toHaveLength(12);
    expect(Object.keys(plan.severities)).toEqual(['sev1', 'sev2']);
    expect(rhythms(plan.drills)).toEqual(['weekly', 'monthly', 'quarterly', 'yearly']);
    expect(plan.plan.review?.next).toBe('2025-03-04');
  });

  test('names that commands have for things belong to what the table names', () => {
    expect(plan.components.database?.ids).toMatchObject({ instance: 'shop-prod', database: 'shop' });
    expect(plan.components['redis-cache']?.ids).toEqual({ group: 'shop-redis' });
    expect(plan.components['media-files']?.ids).toEqual({ bucket: 'shop-media' });
  });
});

describe('a shop of many tenants: scenarios announced first, answered later, with ways to choose from', () => {
  const plan = planOf('tenants.md');

  test('each scenario once, with what both places say of it', () => {
    expect(objectives(plan.scenarios)).toEqual([
      ['database-corruption-or-data-loss', '2h..4h', '24h'],
      ['bad-deployment', '15m..30m', '0'],
      ['complete-aws-failure', '6h..8h', '24h'],
      ['accidental-resource-deletion', '1h..4h', 'varies'],
    ]);
    expect(Object.values(plan.scenarios).map(({ steps }) => steps.length > 2)).toEqual([true, true, true, true]);
    expect(plan.objectives?.rto).toEqual({ best: '30m', target: '4h', worst: '8h' });
  });

  test('what the inventory names, and where it lives', () => {
    expect(plan.components.database).toMatchObject({ ids: { name: 'tenants-prod' }, domain: 'aws/us-east-1' });
    expect(plan.components['shop-prod']?.kind).toBe('database');
    expect(backups(plan)).toEqual(
      expect.arrayContaining([
        ['database', 'rds.automated', 'daily 03:00-04:00 EST', '7d', 'aws/us-east-1'],
        ['database', 'rds.point_in_time', 'continuous', '7d', 'aws/us-east-1'],
        ['code', 'git.repository', 'continuous', 'forever', 'github'],
      ]),
    );
  });

  test('the pause before the old database is deleted, and the choice of ways', () => {
    const steps = plan.scenarios['database-corruption-or-data-loss']?.steps ?? [];
    const wait = steps.find(({ uses }) => uses === 'time.wait');
    expect(wait).toMatchObject({ with: { for: '24h' }, expect: '24h..48h' });
    expect(Object.keys(plan.scenarios['bad-deployment']?.inputs ?? {})).toEqual(['way']);
  });
});

describe('a company of filings: objectives by scenario, severities with news, a post-mortem with an agenda', () => {
  const plan = planOf('filings.md');

  test('objectives reach the scenarios; two phases are two phases', () => {
    expect(plan.scenarios['database-corruption']).toMatchObject({
      objectives: { rto: '2h' },
      states: { takes: '47m..82m' },
    });
    expect(plan.scenarios['accidental-data-deletion']).toMatchObject({
      objectives: { rto: '30m' },
      states: { takes: '31m' },
    });
    expect(plan.scenarios['multi-region-failover']?.objectives.rto).toBe('1h');
    expect(plan.scenarios['security-breach']?.objectives.rto).toEqual({ first: 'immediate', full: '8h' });
    expect(plan.scenarios['complete-kubernetes-cluster-failure']?.objectives.rto).toBeUndefined();
  });

  test('the service level, and what a severity brings with it', () => {
    expect(plan.service_levels[0]).toMatchObject({
      availability: '99.9%',
      latency: { p99: '200ms' },
      errors: '0.1%',
      support: { p0: '15m', p1: '1h' },
    });
    expect(plan.severities.p0).toMatchObject({
      respond_within: 'immediate',
      tell: { customers: 'immediate' },
      updates: { 'status page': '30m', internal: '15m' },
    });
    expect(plan.severities.p0?.team).toEqual([
      'incident-commander',
      'on-call-engineer',
      'database-administrator',
      'cto',
    ]);
    expect(plan.severities.p1?.examples).toEqual(['Latency above 5 seconds', 'Read replica down']);
  });

  test('the ladder, the agenda, the message that is ready, rehearsals and the list before a deployment', () => {
    expect(ladder(plan)).toEqual([
      ['0', 'on-call-engineer'],
      ['30m', 'senior-engineer,dba'],
      ['1h', 'engineering-manager,cto'],
      ['2h', 'ceo,external-consultants'],
    ]);
    expect(plan.post_mortem?.agenda.map(({ takes }) => takes)).toEqual(['10m', '15m', '10m', '15m', '10m']);
    expect(plan.templates['p0-template-within-15-minutes']).toMatchObject({
      within: '15m',
      status: 'investigating',
      severities: ['p0'],
    });
    expect(rhythms(plan.drills)).toEqual(['monthly', 'quarterly', 'half-yearly', 'yearly']);
    expect(rhythms(plan.tasks)).toEqual(['before a deployment', 'before a deployment', 'before a deployment']);
  });

  test('what only commands name: the database, its replica in the other region, what runs in the cluster', () =>
    expect(Object.entries(plan.components).map(([name, { kind, domain }]) => [name, kind, domain])).toEqual(
      expect.arrayContaining([
        ['filings', 'database', 'aws/us-east-1'],
        ['filings-replica', 'replica', 'aws/us-west-2'],
        ['filings-api', 'workload', 'aws/us-east-1'],
      ]),
    ));

  test('options in one block are a choice; a question to a known service is one', () => {
    const steps = plan.scenarios['api-service-down']?.steps ?? [];
    expect(steps.map(({ one_of }) => one_of)).toEqual([undefined, 'way', 'way', 'way', undefined]);
    expect(steps.at(-1)).toMatchObject({
      uses: 'http.wait_healthy',
      with: { component: 'service-at-api-filings-example-com' },
    });
  });
});
