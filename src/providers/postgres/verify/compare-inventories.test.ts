import { describe, expect, test } from 'vitest';
import { compareInventories } from './compare-inventories.ts';
import type { Inventory } from './inventory.ts';

const table = (name: string, more: object = {}) => ({
  schema: 'public',
  name,
  persistence: 'p',
  rows: 7,
  sum: '123',
  ...more,
});

const then: Inventory = {
  format: 1,
  at: '2026-01-14T03:00:00.000Z',
  position: '0/3000028',
  snapshot: '10:10:',
  system: '73',
  database: 'shop',
  databases: ['postgres', 'shop'],
  roles: [{ name: 'app', superuser: false, login: true }],
  extensions: [{ name: 'plpgsql', version: '1.0' }],
  settings: [{ of: 'role app', setting: 'work_mem=8MB' }],
  collations: [{ name: 'the database shop', version: '2.36' }],
  tables: [table('orders'), table('people')],
  newest: [{ table: 'public.orders', column: 'at', value: '2026-01-14' }],
};

function compared(
  change: Partial<Inventory>,
  more: { was?: Partial<Inventory>; blurred?: string[]; rowsOnly?: boolean; whyLoose?: string } = {},
) {
  const { was = {}, blurred = [], rowsOnly = false, whyLoose } = more;
  const { proofs, notLookedAt } = compareInventories({
    counted: { ...then, ...was },
    restored: { ...then, ...change },
    blurred: new Set(blurred),
    whyBlurred: '2 transactions',
    rowsOnly,
    whyLoose,
  });
  const broken = proofs.filter(({ held }) => !held).map(({ observed }) => observed);
  return { broken: broken.join('\n'), notLookedAt, claims: proofs.map(({ claim }) => claim) };
}

test('what came back as it was is green, and everything was looked at', () => {
  expect(compared({})).toMatchObject({ broken: '', notLookedAt: [] });
});

describe('each thing that is not as it was turns its own proof red', () => {
  const cases: [string, Partial<Inventory>, string][] = [
    ['a table', { tables: [table('orders')] }, 'the table public.people is missing'],
    ['rows', { tables: [table('orders', { rows: 6 }), table('people')] }, 'public.orders: 6 rows instead of 7'],
    [
      'content',
      { tables: [table('orders', { sum: '9' }), table('people')] },
      'public.orders: 7 rows, but not the same content',
    ],
    [
      'an unlogged table',
      { tables: [table('orders', { rows: 0, sum: '0', persistence: 'u' }), table('people')] },
      'public.orders: 0 rows instead of 7 (it is unlogged: no backup holds its rows)',
    ],
    [
      'a table that cannot be read',
      { tables: [table('orders', { rows: undefined, sum: undefined, not: 'invalid page' }), table('people')] },
      'public.orders: it cannot be read: invalid page',
    ],
    ['the system', { system: '74' }, 'it is of the system 74, not 73'],
    ['the database', { database: 'postgres' }, 'it is the database postgres, not shop'],
    ['another database', { databases: ['shop'] }, 'the database postgres is missing'],
    ['a role', { roles: [] }, 'the role app is missing'],
    [
      'the rights of a role',
      { roles: [{ name: 'app', superuser: true, login: true }] },
      'the role app has other rights',
    ],
    ['an extension', { extensions: [] }, 'plpgsql 1.0 is missing'],
    [
      'the version of an extension',
      { extensions: [{ name: 'plpgsql', version: '2' }] },
      'plpgsql 2 was not there then',
    ],
    ['a setting', { settings: [] }, 'role app: work_mem=8MB is missing'],
    [
      'a collation',
      { collations: [{ name: 'the database shop', version: '2.40' }] },
      'the database shop 2.36 is missing',
    ],
    [
      'the newest row',
      { newest: [{ table: 'public.orders', column: 'at', value: '2026-01-13' }] },
      '2026-01-13; then it was 2026-01-14',
    ],
    ['all rows', { newest: [{ table: 'public.orders', column: 'at', value: null }] }, 'no row; then it was 2026-01-14'],
    ['the column', { newest: [] }, 'it cannot be read'],
  ];
  test.each(cases)('%s', (_what, change, said) => {
    expect(compared(change).broken).toBe(
      said.includes('plpgsql 2')
        ? `plpgsql 1.0 is missing; ${said}`
        : said.includes('2.36')
          ? `${said}; the database shop 2.40 was not there then`
          : said,
    );
  });
});

test('what was not counted then, and what changed while it was counted, is not looked at and is no proof', () => {
  const not = { rows: undefined, sum: undefined, not: 'there was no time for it' };
  const { notLookedAt, broken } = compared(
    {},
    { was: { tables: [table('orders', not), table('people')] }, blurred: ['public.people'] },
  );
  expect(broken).toBe('');
  expect(notLookedAt.map(({ claim, why }) => `${claim}: ${why}`)).toEqual([
    "the content of public.orders is that of the backup's snapshot: there was no time for it",
    "the content of public.people is that of the backup's snapshot: 2 transactions",
  ]);
});

test('when no table at all could be compared, nothing is claimed of tables', () => {
  const { claims } = compared({}, { blurred: ['public.people', 'public.orders'] });
  expect(claims.join()).not.toContain('every table');
});

test('a database in which there was no table when it was counted proves nothing', () => {
  expect(compared({ tables: [] }, { was: { tables: [] } }).broken).toContain('no table at all');
});

test('of a dump its rows are compared, and that it holds no roles is said', () => {
  const { broken, notLookedAt } = compared({ system: '9', roles: [], databases: [] }, { rowsOnly: true });
  expect(broken).toBe('');
  expect(notLookedAt).toEqual([{ claim: 'every role is there', why: 'a dump of one database holds no roles' }]);
});

test('where it may have changed before it was counted, what is equal is proven, and what differs is not looked at', () => {
  const change = {
    tables: [table('orders', { rows: 6 })],
    newest: [{ table: 'public.orders', column: 'at', value: '2026-01-13' }],
  };
  const { broken, notLookedAt, claims } = compared(change, { whyLoose: 'it may have changed' });
  expect(broken).toBe('');
  expect(notLookedAt.map(({ why }) => why)).toEqual([
    '6 rows instead of 7; it may have changed',
    'it is missing; it may have changed',
    'it may have changed',
  ]);
  expect(claims.join()).not.toContain('every table');
  expect(compared({}, { whyLoose: 'it may have changed' }).claims.join()).toContain('every table');
});
