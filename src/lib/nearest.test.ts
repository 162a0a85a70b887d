import { expect, test } from 'vitest';
import { nearestOf } from './nearest.ts';

test.each([
  ['chek', 'check'],
  ['recver', 'recover'],
  ['statsu', 'status'],
  ['x', undefined],
  ['something-else', undefined],
])('of %s is %s', (word, meant) => {
  expect(nearestOf(word, ['check', 'recover', 'status'])).toBe(meant);
});

test('of nothing is nothing', () => {
  expect(nearestOf('check', [])).toBeUndefined();
});
