import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allNeeded, findCycle, firstNeeded, neededFirst, whoNeedsWhom } from './graph.ts';

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

/** Needs among up to forty names, with circles, and with names that nobody declares. */
const anyNeeds = fc
  .array(fc.array(fc.nat(45), { maxLength: 4 }), { maxLength: 40 })
  .map((all) => new Map(all.map((some, index): [string, string[]] => [`n${index}`, some.map((one) => `n${one}`)])));

describe('whoNeedsWhom', () => {
  test('says of declared names what allNeeded says, in circles too', () =>
    fc.assert(
      fc.property(anyNeeds, (all) => {
        const isNeeded = whoNeedsWhom(all);
        for (const name of all.keys())
          expect([...all.keys()].filter((other) => isNeeded(name, other))).toEqual(
            [...all.keys()].filter((other) => allNeeded(all, name).has(other)),
          );
      }),
    ));
  test('a name that nobody declares needs nothing and is needed by nobody', () => {
    const isNeeded = whoNeedsWhom(needs({ a: ['ghost'] }));
    expect([isNeeded('a', 'ghost'), isNeeded('ghost', 'a')]).toEqual([false, false]);
  });
  test('a chain of ten thousand', () => {
    const chain = Array.from({ length: 10_000 }, (_, n): [string, string[]] => [`n${n}`, n === 0 ? [] : [`n${n - 1}`]]);
    const isNeeded = whoNeedsWhom(new Map(chain));
    expect([isNeeded('n9999', 'n0'), isNeeded('n0', 'n9999')]).toEqual([true, false]);
  });
});

describe('neededFirst', () => {
  test('puts each name behind all that it needs, and leaves out circles and what needs them', () =>
    fc.assert(
      fc.property(anyNeeds, (all) => {
        const order = neededFirst(all);
        const before = new Set<string>();
        for (const name of order) {
          expect((all.get(name) ?? []).filter((one) => all.has(one) && !before.has(one))).toEqual([]);
          before.add(name);
        }
        const circling = [...all.keys()].filter((name) =>
          [name, ...allNeeded(all, name)].some((one) => allNeeded(all, one).has(one)),
        );
        expect([...order].sort()).toEqual([...all.keys()].filter((name) => !circling.includes(name)).sort());
      }),
    ));
});

describe('firstNeeded', () => {
  test('says for each name which of the roots it needs, the first of several', () =>
    fc.assert(
      fc.property(anyNeeds, fc.array(fc.nat(45), { maxLength: 5 }), (all, some) => {
        const roots = some.map((one) => `n${one}`);
        const found = firstNeeded(all, roots);
        for (const name of all.keys())
          expect(found.get(name)).toBe(roots.find((root) => allNeeded(all, name).has(root)));
      }),
    ));
});
