import { expect, test } from 'vitest';
import { requireConnectionUri } from './connection-uri.ts';

test.each([
  'postgres://lifeboat:p%2Fw@db.example.com:5432/orders',
  'postgresql://db.example.com/orders?sslmode=require',
  'postgresql://lifeboat@/orders?host=/var/run/postgresql',
  'postgresql:///orders?host=/var/run/postgresql',
  '/var/run/postgresql orders',
  'socket:/var/run/postgresql?db=orders',
])('%s is a connection', (text) => {
  expect(requireConnectionUri(text, 'database')).toBe(text);
});

test.each([
  ['no address', 'not an address with hunter2'],
  ['a password with a slash', 'postgres://lifeboat:hunter2/x@db.example.com/orders'],
  ['a password with a slash after a sign', 'postgres://lifeboat:hunter2:@/x@db.example.com/orders'],
  ['a password with a lonely percent sign', 'postgres://lifeboat:hunter2%zz@db.example.com/orders'],
  ['a port that is none', 'postgres://lifeboat:hunter2@db.example.com:99999/orders'],
  ['another kind of database', 'mysql://lifeboat:hunter2@db.example.com/orders'],
])('%s is none, and is not shown', (_what, text) => {
  const call = () => requireConnectionUri(text, 'database');
  expect(call).toThrow(expect.objectContaining({ code: 'PLAN_INVALID', hint: expect.stringContaining('%2F') }));
  expect(call).not.toThrow(/hunter2/);
});
