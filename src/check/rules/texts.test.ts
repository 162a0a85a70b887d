import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../checked-plan.fake.ts';

describe('literal-secret', () => {
  const title = (text: string) => saidBy('literal-secret', `plan: { title: ${JSON.stringify(text)} }`);

  test.each([
    'postgresql://app:hunter2@db.example.com/shop',
    'see https://user:hunter2@example.com/',
    'postgresql://db.example.com/shop?user=app&password=hunter2',
    'host=db user=app password=hunter2',
    `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
    '-----BEGIN RSA PRIVATE KEY-----',
    `AKIA${'IOSFODNN7EXAMPLE'}`,
    `ghp_${'a'.repeat(36)}`,
    `xoxb-${'1'.repeat(12)}`,
  ])('%s', (text) => {
    expect(title(text)).toHaveLength(1);
    expect(JSON.stringify(title(text))).not.toContain('hunter2');
  });

  test.each([
    'postgresql://app@db.example.com:5432/shop',
    'https://example.com:8443/a@b',
    'The password is kept in the safe',
    'age1exampleexampleexample',
    'ALTER ROLE intern NOLOGIN',
  ])('%s is none', (text) => expect(title(text)).toEqual([]));

  test('a field that by its name holds a secret', () => {
    const step = (value: string) =>
      `scenarios: { loss: { steps: [{ id: verify, uses: postgres.verify_server, with: { component: database, password: ${value} } }] } }`;
    expect(messages('literal-secret', step('hunter2'))).toEqual(['password holds a secret in clear']);
    expect(messages('literal-secret', step('\'${{ secret("env:P") }}\''))).toEqual([]);
  });

  test('also in what differs in an environment', () =>
    expect(
      messages(
        'literal-secret',
        'environments: { drill: { components: { database: { connection: "postgresql://a:b@c/d" } } } }',
      ),
    ).toHaveLength(1));
});

describe('unfilled-placeholder', () => {
  const said = (text: string) => messages('unfilled-placeholder', `plan: { title: ${JSON.stringify(text)} }`);

  test.each([
    '[Name]',
    'Call [Phone Number] first',
    'backup-YYYYMMDD.sql',
    'YYYY-MM-DD',
    'TODO: ask',
    'to be decided: TBD',
    '+1-XXX-XXX-XXXX',
    'changeme',
    '<your host>',
    '+1-202-555-0143',
  ])('%s', (text) => expect(said(text)).toHaveLength(1));

  test.each([
    'companies[0]',
    "tags['Name']",
    'a [b] c',
    'size XXL',
    'the todo list',
    'Ann Example <ann@example.com>',
    '+49-30-1234567',
    '155501432',
  ])('%s is none', (text) => expect(said(text)).toEqual([]));
});

describe('review-overdue', () => {
  const said = (review: string) => messages('review-overdue', `plan: { review: ${review} }`);

  test('counts the days by the clock of the check', () => {
    expect(said('{ every: 30d, last: 2026-05-01 }')).toEqual([
      'the review is overdue by 1 day: the last one was on 2026-05-01, and they are every 30d',
    ]);
    expect(said('{ every: 31d, last: 2026-05-01 }')).toEqual([]);
    expect(said('{ every: 30d, last: 2026-07-01 }')).toEqual([
      'the last review is said to be on 2026-07-01, which has not come yet',
    ]);
  });
});

describe('copies', () => {
  test('a domain that nobody names is a warning', () => {
    const [finding] = saidBy(
      'backup-in-the-same-domain',
      'components: { cache: { kind: postgres, connection: { secret: "env:X" }, backups: [{ method: postgres.dump, every: 1h }] } }',
    );
    expect(finding).toMatchObject({
      level: 'warning',
      message: 'nothing says that cache and its copies are not lost together',
    });
  });

  test('a base backup without a cadence', () =>
    expect(
      messages(
        'wal-without-base-backup',
        'components: { database: { backups: [{ method: postgres.base_backup }, { method: postgres.wal_stream }] } }',
      ),
    ).toEqual(['the log of database is streamed, and nothing says how often a base backup is taken']));
});
