import { expect, test } from 'vitest';
import { closedBy, closedHba, openedHba } from './hba.ts';

const BEFORE = '# TYPE  DATABASE\n\nlocal all all peer\nhost replication all all scram-sha-256\n';

test('the lines that turn roles away come first, and the others stay as they were', () => {
  const closed = closedHba(BEFORE, { key: 'run-1/fence', roles: ['app', 'all', 'we"ird'] });
  expect(closed.split('\n').slice(0, 4)).toEqual([
    '# lifeboat: closed by run-1/fence',
    'local all "app" reject',
    'host all "app" all reject',
    'local all "all" reject',
  ]);
  expect(closed).toContain('"we""ird"');
  expect(closed.endsWith(BEFORE)).toBe(true);
  expect(closedBy(closed)).toBe('run-1/fence');
  expect(openedHba(closed)).toBe(BEFORE);
});

test('closing twice is closing once, by the newer step', () => {
  const twice = closedHba(closedHba(BEFORE, { key: 'a/b', roles: ['x'] }), { key: 'c/d', roles: ['y'] });
  expect([closedBy(twice), openedHba(twice), twice.includes('"x"')]).toEqual(['c/d', BEFORE, false]);
});

test('a file that nobody closed stays as it is', () => {
  expect([closedBy(BEFORE), openedHba(BEFORE)]).toEqual([undefined, BEFORE]);
});

test('a file that was cut within our lines is not guessed at', () => {
  const cut = '# lifeboat: closed by a/b\nlocal all "app" reject\n';
  expect([closedBy(cut), openedHba(cut)]).toEqual(['a/b', cut]);
});

test('a role that no line can name is refused', () => {
  expect(() => closedHba(BEFORE, { key: 'a/b', roles: ['two\nlines'] })).toThrow(/line break/);
});
