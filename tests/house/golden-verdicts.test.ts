import { describe, expect, test } from 'vitest';
import { checkExample, companies } from '../../tools/faults.ts';

const findings = new Map(companies.map((company) => [company, checkExample(`${company}/as-written.yaml`)]));
const found = (company: string, rules: readonly string[], at: string) =>
  (findings.get(company) ?? []).filter(
    ({ rule, path = '' }) =>
      rules.includes(rule) && (path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`)),
  );

const TIME = [
  'rto-is-reachable',
  'scenario-fits-the-components',
  'recovery-is-more-than-waiting',
  'archive-fits-the-rto',
];
const LOSS = ['rpo-is-reachable', 'copies-outside-the-loss'];

/** What the documents promise and cannot keep: an error, with the numbers. */
describe('a promise that is broken', () => {
  test.each([
    ['retainwise', 'the database: an hour, and snapshots once a day', LOSS, 'scenarios.database-lost', '1d'],
    ['retainwise', 'the bucket: nothing may be lost, and nothing keeps it', LOSS, 'scenarios.bucket-deleted', ''],
    ['retainwise', 'the region: data', LOSS, 'scenarios.region-lost', '4h'],
    ['retainwise', 'the region: time', TIME, 'scenarios.region-lost', 'waits'],
    [
      'retainwise',
      'the rollback: five minutes, and a wait of ten',
      ['waiter-lasts-long-enough'],
      'scenarios.bad-deployment',
      '10m',
    ],
    ['solosuccess', 'the database: six hours, and six hours and a dump', LOSS, 'data.database', '6h'],
    [
      'solosuccess',
      'the database: an hour, all of which the restore may take',
      TIME,
      'scenarios.database-failed',
      '1h',
    ],
    ['solosuccess', 'the rebuild against the first class', TIME, 'scenarios.infrastructure-lost', '2h..4h'],
    ['solosuccess', 'the other region against the classes', TIME, 'scenarios.region-lost', '4h..6h'],
    ['ecommerce', 'the database: a quarter of an hour, and copies every six hours', LOSS, 'components.database', '6h'],
    ['ecommerce', 'the region against the components', TIME, 'scenarios.region-failure', '2h'],
    ['ecommerce', 'the cache: an hour, and a snapshot a day', LOSS, 'components.cache', '1d'],
    ['ecommerce', 'the search: a day, and nothing copies it', LOSS, 'components.search', 'nothing'],
    ['ecommerce', 'media: a day, and a day and the copying', LOSS, 'components.media', '1d'],
    ['ecommerce', 'media: four hours, and an archive', TIME, 'components.media', '3h..5h'],
    [
      'startupwebapp',
      'the database by its snapshots: a day, and a day and the window',
      LOSS,
      'scenarios.database-corruption',
      '1d',
    ],
    ['startupwebapp', 'the rebuild', TIME, 'scenarios.rebuild', '8h 20m'],
    ['startupwebapp', 'the account: data', LOSS, 'scenarios.rebuild', '24h'],
    ['corporate-intel', 'the deletion: thirty minutes, and thirty-one', TIME, 'scenarios.accidental-deletion', '31m'],
    ['corporate-intel', 'the database: five minutes, and a dump a day', LOSS, 'scenarios.database-corruption', '1d'],
    ['corporate-intel', 'data of users: nothing, and a replica behind', LOSS, 'data.user-data', 'behind'],
  ])('%s: %s', (company, _what, rules, at, numbers) => {
    const errors = found(company, rules, at).filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message).join('\n')).toContain(numbers);
    expect(errors).not.toEqual([]);
  });

  test('the application promises half an hour, and needs a database that takes longer', () => {
    const said = found('ecommerce', ['objective-conflict'], 'components.application');
    expect(said.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'application promises an RTO of 30m, and needs database, which promises 1h'],
    ]);
  });

  test('all five components that may be down for less than the region takes, but not the one that may be down as long', () => {
    const said = found('ecommerce', ['scenario-fits-the-components'], 'scenarios.region-failure').map(
      ({ message }) => message,
    );
    for (const name of ['database', 'application', 'cache', 'ai-services'])
      expect(said.filter((message) => message.includes(`and ${name},`))).toHaveLength(1);
    expect(said.filter((message) => message.includes('search'))).toEqual([]);
  });

  test('the service level: 43 minutes a month', () => {
    const [said] = found('corporate-intel', ['outage-fits-the-service-level'], 'service_levels[0]');
    expect(said?.message).toContain('43m 12s');
  });
});

/** What is kept on paper must not be called broken. */
describe('a promise that is kept', () => {
  test.each([
    ['retainwise', 'deleted objects come back from their versions', LOSS, 'scenarios.file-deleted'],
    ['retainwise', 'a moment within the window of point-in-time recovery', LOSS, 'scenarios.back-in-time'],
    ['solosuccess', 'the service restarts in minutes', TIME, 'scenarios.service-failed'],
    ['solosuccess', 'the frontend is rolled back in minutes', TIME, 'scenarios.frontend-failed'],
    ['solosuccess', 'files by versioning and replication', LOSS, 'data.files'],
    [
      'ecommerce',
      'the database is back with a quarter of an hour to spare',
      ['rto-is-reachable'],
      'scenarios.database-failure',
    ],
    ['ecommerce', 'the search within the time the region takes', ['scenario-fits-the-components'], 'components.search'],
    ['corporate-intel', 'corruption: at most 82 of 120 minutes', TIME, 'scenarios.database-corruption'],
    ['corporate-intel', 'the API: 7 minutes of 4 hours', TIME, 'scenarios.api-down'],
    ['corporate-intel', 'the cluster: 50 minutes of an hour', TIME, 'scenarios.cluster-failure'],
  ])('%s: %s', (company, _what, rules, at) => {
    const errors = found(company, rules, at).filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual([]);
  });
});
