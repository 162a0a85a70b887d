import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['databse', 'database'],
  ['health', 'healthy'],
  ['scenrios', 'scenarios'],
  ['x', undefined],
  ['entirely-different', undefined],
])('%s was meant to be %s', (word, meant) => {
  expect(nearest(word, ['database', 'healthy', 'scenarios', 'steps'])).toBe(meant);
});

test('nothing is near when nothing is known', () => expect(nearest('a', [])).toBeUndefined());
