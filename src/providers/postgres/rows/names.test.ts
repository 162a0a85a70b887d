import { expect, test } from 'vitest';
import { columnList, contentOf, isListed, quotedTable } from './names.ts';

test('names are quoted whatever they hold', () => {
  expect(quotedTable({ schema: 'a', name: 'b"; DROP TABLE c; --' })).toBe('"a"."b""; DROP TABLE c; --"');
  expect(columnList(['x', 'Y"'], 't.')).toBe('t."x", t."Y"""');
  expect(contentOf(['x'])).toBe('ROW("x")::text');
});

test('a table is listed by its name, with or without its schema; an empty list has them all', () => {
  const table = { schema: 'app', name: 'orders' };
  expect(isListed(table, [])).toBe(true);
  expect(isListed(table, ['orders'])).toBe(true);
  expect(isListed(table, ['app.orders'])).toBe(true);
  expect(isListed(table, ['public.orders', 'order'])).toBe(false);
});
