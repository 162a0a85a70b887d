import { expect, test } from 'vitest';
import { type Judging, NOTHING_SEEN, saidOf, settled, withLook } from './judging.ts';
import type { Sight, View } from './views.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 14, 2, 0, second));
const views = (us: Sight, replica: Sight): View[] => [
  { from: 'us', kind: 'us', sight: us, how: us },
  { from: 'r', kind: 'replica', sight: replica, how: replica },
];
const after = (...looks: readonly (readonly [Sight, Sight])[]): Judging =>
  looks.reduce((judging, [us, replica], second) => withLook(judging, views(us, replica), at(second)), NOTHING_SEEN);

test('so many looks in a row must miss it, and the first of them is when it went', () => {
  const twice = after(['quiet', 'gone'], ['gone', 'gone'], ['gone', 'gone']);
  expect([twice.misses, settled(twice, 3), settled(twice, 2)]).toEqual([2, undefined, 'down']);
  expect(twice.since).toEqual(at(1));
});

test('flapping begins the count anew', () => {
  const flapping = after(['gone', 'gone'], ['gone', 'gone'], ['gone', 'quiet'], ['gone', 'gone']);
  expect([flapping.misses, flapping.since]).toEqual([1, at(3)]);
});

test('one sign of life is enough at once, from here or from there', () => {
  expect(settled(after(['alive', 'gone']), 3)).toBe('up');
  expect(settled(after(['gone', 'alive']), 3)).toBe('cut_off');
});

test('what nobody knows is looked at again', () => expect(settled(after(['gone', 'blind']), 1)).toBeUndefined());

test('the last look is said in words', () => {
  expect(saidOf(after(['gone', 'gone'], ['gone', 'gone']))).toBe('us: gone; r: gone (2 looks in a row)');
  expect(saidOf(after(['gone', 'quiet']))).toBe('us: gone; r: quiet');
});
