import { describe, expect, test } from 'vitest';
import { parseScript } from '../parse-script.ts';
import {
  dumpsPlainText,
  isDump,
  isLocalHost,
  isPlainDump,
  loadedBy,
  postgresConnection,
  printsBareValues,
  stopsAtErrors,
} from './postgres.ts';

const script = (text: string) => parseScript(text);
const command = (text: string) => {
  const found = script(text).commands.findLast(({ program }) => /^(psql|pg_|createdb|dropdb)/.test(program));
  if (!found) throw new Error('no client of PostgreSQL');
  return found;
};

test.each([
  ['psql -h db -U shop -d orders -c x', { host: 'db', user: 'shop', database: 'orders' }],
  ['psql --host=db orders', { host: 'db', user: undefined, database: 'orders' }],
  ['pg_dump -Fc -f a.dump orders', { host: undefined, user: undefined, database: 'orders' }],
  ['pg_restore -d orders a.dump', { host: undefined, user: undefined, database: 'orders' }],
  ['pg_restore a.dump', { host: undefined, user: undefined, database: undefined }],
  ['createdb -h db orders', { host: 'db', user: undefined, database: 'orders' }],
])('%s connects', (text, connection) => expect(postgresConnection(command(text))).toEqual(connection));

test('another program is no client', () =>
  expect(script('mysql -h db').commands.map(postgresConnection)).toEqual([undefined]));

test('the machine itself has several names', () => {
  expect([undefined, 'localhost', '127.0.0.1', '/run/postgresql'].map(isLocalHost)).toEqual([true, true, true, true]);
  expect(['db', '$HOST', '10.0.0.1'].map(isLocalHost)).toEqual([false, false, false]);
});

describe('what is loaded', () => {
  const loaded = (text: string) => {
    const found = loadedBy(command(text), script(text));
    return found && [found.name, found.isPiped, found.from?.program];
  };
  test.each([
    ['pg_restore -d s -j 4 a.dump', ['a.dump', false, undefined]],
    ['gunzip -c /x/a.sql.gz | pg_restore -d s', ['/x/a.sql.gz', true, 'gunzip']],
    ['gunzip < a.sql.gz | docker exec -i db psql s', ['a.sql.gz', true, 'gunzip']],
    ['aws s3 cp s3://c/a.sql - | psql s', ['s3://c/a.sql', true, 'aws']],
    ['psql s < a.sql', ['a.sql', false, undefined]],
    ['psql s -f "$F"', [undefined, false, undefined]],
    ['psql s -c "SELECT 1"', undefined],
    ['pg_restore -l a.dump', undefined],
    ['pg_restore -f out.sql a.dump', undefined],
  ])('%s', (text, expected) => expect(loaded(text)).toEqual(expected));
});

test('kinds of dumps, by their names', () => {
  expect(['a.sql', 'a.sql.gz', 'a.sql.zst.age'].map(isPlainDump)).toEqual([true, true, true]);
  expect(['a.dump', 'a.sqlite', 'a.sql.d/x'].map(isPlainDump)).toEqual([false, false, false]);
  expect(['a.dump', 'a.backup.gz', 'a.sql'].map(isDump)).toEqual([true, true, true]);
  expect(['a.csv', 'dump'].map(isDump)).toEqual([false, false]);
});

test('formats of pg_dump', () => {
  const formats = [
    'pg_dump s',
    'pg_dump -Fp s',
    'pg_dump -Fc s',
    'pg_dump -F d s',
    'pg_dump --format=custom s',
    'pg_dumpall',
  ];
  expect(formats.map((text) => dumpsPlainText(command(text)))).toEqual([true, true, false, false, false, true]);
});

test('psql that stops at errors, and psql that prints values only', () => {
  const stopping = [
    'psql -v ON_ERROR_STOP=1',
    'psql --set ON_ERROR_STOP=on',
    'psql -v ON_ERROR_STOP',
    'psql -v ON_ERROR_STOP=off',
    'psql',
  ];
  expect(stopping.map((text) => stopsAtErrors(command(text)))).toEqual([true, true, true, false, false]);
  const bare = ['psql -At', 'psql -qtAc x', 'psql --tuples-only', 'psql --csv', 'psql -A', 'psql -c x'];
  expect(bare.map((text) => printsBareValues(command(text)))).toEqual([true, true, true, true, false, false]);
});
