import { describe, expect, test } from 'vitest';
import { allNeeded, findCycle } from './graph.ts';

const needs = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe('findCycle', () => {
  test('there is none in a diamond', () =>
    expect(findCycle(needs({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }))).toBeUndefined());
  test('a thing that needs itself', () => expect(findCycle(needs({ a: ['a'] }))).toEqual(['a', 'a']));
  test('the circle alone is told, not the way into it', () =>
    expect(findCycle(needs({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }))).toEqual(['b', 'c', 'd', 'b']));
  test('a chain of a hundred thousand is followed to its end', () => {
    const chain = Array.from({ length: 100_000 }, (_, n): [string, string[]] => [`n${n}`, [`n${n + 1}`]]);
    expect(findCycle(new Map(chain))).toBeUndefined();
    expect(findCycle(new Map([...chain, ['n100000', ['n0']]]))).toHaveLength(100_002);
  });
  test('names that nobody declares end the way', () => expect(findCycle(needs({ a: ['ghost'] }))).toBeUndefined());
});

describe('allNeeded', () => {
  test('directly and through others', () =>
    expect([...allNeeded(needs({ a: [], b: ['a'], c: ['b'] }), 'c')].sort()).toEqual(['a', 'b']));
  test('ends in a circle', () => expect([...allNeeded(needs({ a: ['b'], b: ['a'] }), 'a')].sort()).toEqual(['a', 'b']));
});
