import { expect, test } from 'vitest';
import { type Judging, saidOf, settled, withLook } from './judging.ts';
import type { Sight, View } from './views.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 14, 2, 0, second));
const views = (us: Sight, replica: Sight): View[] => [
  { from: 'us', kind: 'us', sight: us, how: us },
  { from: 'r', kind: 'replica', sight: replica, how: replica },
];
const after = (...looks: readonly (readonly [Sight, Sight])[]): Judging =>
  looks.reduce<Judging | undefined>(
    (judging, [us, replica], second) => withLook(judging, views(us, replica), at(second)),
    undefined,
  ) as Judging;

test('so many looks in a row must miss it, and the first of them is when it went', () => {
  const twice = after(['quiet', 'gone'], ['gone', 'gone'], ['gone', 'gone']);
  expect([twice.times, settled(twice, 3), settled(twice, 2)]).toEqual([2, undefined, 'down']);
  expect(twice.since).toEqual(at(1));
});

test('flapping begins the count anew', () => {
  const flapping = after(['gone', 'gone'], ['gone', 'gone'], ['gone', 'quiet'], ['gone', 'gone']);
  expect([flapping.times, flapping.since, settled(flapping, 2)]).toEqual([1, at(3), undefined]);
});

test('our own sign of life is enough at once', () => expect(settled(after(['alive', 'gone']), 3)).toBe('up'));

test('what a replica heard may have been the last word: it must go on to hear', () => {
  expect(settled(after(['gone', 'alive']), 1)).toBeUndefined();
  expect(settled(after(['gone', 'alive'], ['gone', 'alive']), 1)).toBeUndefined();
  expect(settled(after(['gone', 'alive'], ['gone', 'alive'], ['gone', 'alive']), 3)).toBe('cut_off');
  expect(settled(after(['gone', 'alive'], ['gone', 'alive'], ['gone', 'alive']), 4)).toBeUndefined();
  expect(settled(after(['gone', 'alive'], ['gone', 'gone'], ['gone', 'gone']), 2)).toBe('down');
});

test('what nobody knows is looked at again', () => {
  expect(settled(after(['gone', 'blind'], ['gone', 'blind'], ['gone', 'blind']), 1)).toBeUndefined();
});

test('the last look is said in words', () => {
  expect(saidOf(after(['gone', 'gone'], ['gone', 'gone']))).toBe('us: gone; r: gone (2 looks in a row)');
  expect(saidOf(after(['gone', 'quiet']))).toBe('us: gone; r: quiet');
});
