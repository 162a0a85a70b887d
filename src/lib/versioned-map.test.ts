import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differingKeys, withEntry } from './versioned-map.ts';

const versions = (...keys: readonly string[]): readonly ReadonlyMap<string, number>[] => {
  const all: ReadonlyMap<string, number>[] = [new Map()];
  for (const [index, key] of keys.entries()) all.push(withEntry(all.at(-1) as ReadonlyMap<string, number>, key, index));
  return all;
};

describe('a map of many versions', () => {
  test('is in every version, and however they are read, what a copy would be', () => {
    const step = fc.record({
      from: fc.nat(),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.nat(9),
      read: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ours: ReadonlyMap<string, number>[] = [new Map()];
        const copies: ReadonlyMap<string, number>[] = [new Map()];
        for (const { from, key, value, read } of steps) {
          const at = from % ours.length;
          ours.push(withEntry(ours[at] as ReadonlyMap<string, number>, key, value));
          copies.push(new Map(copies[at]).set(key, value));
          const look = read % ours.length;
          expect([...(ours[look] as ReadonlyMap<string, number>)]).toEqual([...(copies[look] as Map<string, number>)]);
        }
        for (const [index, copy] of copies.entries()) expect([...(ours[index] as typeof copy)]).toEqual([...copy]);
      }),
    );
  });

  test('is read like any other map', () => {
    const map = versions('a', 'b', 'a').at(-1) as ReadonlyMap<string, number>;
    expect([map.size, map.get('a'), map.get('x'), map.has('b'), map.has('x')]).toEqual([2, 2, undefined, true, false]);
    expect([...map.keys(), ...map.values(), ...map.entries()]).toEqual(['a', 'b', 2, 1, ['a', 2], ['b', 1]]);
    const told: unknown[] = [];
    map.forEach((value, key, whole) => void told.push([key, value, whole === map]));
    expect(told).toEqual([
      ['a', 2, true],
      ['b', 1, true],
    ]);
  });

  test('goes through the version it was asked for, also when another one is made meanwhile', () => {
    const map = versions('a', 'b').at(-1) as ReadonlyMap<string, number>;
    const seen: string[] = [];
    for (const key of map.keys()) {
      seen.push(key);
      withEntry(map, `${key}${key}`, 0);
    }
    expect(seen).toEqual(['a', 'b']);
  });

  test('does not change the map it was made of', () => {
    const map = new Map([['a', 1]]);
    withEntry(map, 'a', 2);
    expect(map.get('a')).toBe(1);
  });

  test('reaches a version that is a hundred thousand entries away', () => {
    const all = versions(...Array.from({ length: 100_000 }, (_, index) => String(index)));
    expect(all[1]?.size).toBe(1);
    expect(all.at(-1)?.size).toBe(100_000);
  });
});

describe('the keys in which two versions differ', () => {
  test('are those that were set between them, in either direction', () => {
    const [, one, , three] = versions('a', 'b', 'c');
    expect([...(differingKeys(three as never, one as never) ?? [])]).toEqual(['b', 'c']);
    expect([...(differingKeys(one as never, three as never) ?? [])].sort()).toEqual(['b', 'c']);
    expect(differingKeys(one as never, one as never)?.size).toBe(0);
  });

  test('are not known of maps that are strangers to each other', () => {
    const one = versions('a').at(-1) as ReadonlyMap<string, number>;
    expect(differingKeys(one, versions('a').at(-1) as ReadonlyMap<string, number>)).toBeUndefined();
    expect(differingKeys(one, new Map())).toBeUndefined();
    expect(differingKeys(new Map(), one)).toBeUndefined();
  });
});
