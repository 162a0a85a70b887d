import { expect, test } from 'vitest';
import { exactNumber } from './connect.ts';
import { asJson } from './values.ts';

test('a row becomes plain data', () => {
  const row = {
    n: 1,
    t: '01',
    at: new Date(0),
    raw: Buffer.from('hi'),
    list: [1, null],
    deep: { b: undefined },
    yes: true,
  };
  expect(asJson(row)).toEqual({
    n: 1,
    t: '01',
    at: '1970-01-01T00:00:00.000Z',
    raw: '6869',
    list: [1, null],
    deep: { b: null },
    yes: true,
  });
  expect(asJson({ at: new Date(Number.NaN), big: 5n })).toEqual({ at: null, big: '5' });
});

test('a decimal number is one only where a double says it exactly', () => {
  expect(exactNumber('30.00')).toBe(30);
  expect(exactNumber('-0.5')).toBe(-0.5);
  expect(exactNumber('12345678901234567890')).toBe('12345678901234567890');
  expect(exactNumber('NaN')).toBe('NaN');
});
