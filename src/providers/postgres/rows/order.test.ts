import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder } from './order.ts';

describe('in order of need', () => {
  test('parents before children, a circle as one group, oneself no circle', () => {
    const order = inOrder([
      { name: 'metrics', needs: ['filings'] },
      { name: 'filings', needs: ['companies', 'elsewhere'] },
      { name: 'companies', needs: ['companies'] },
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['a', 'companies'] },
    ]);
    expect(order).toEqual([['companies'], ['filings'], ['metrics'], ['a', 'b']]);
  });

  test('for any needs: everything once, and nothing before what it needs unless they need one another', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const needs = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 15 });
    fc.assert(
      fc.property(needs, (pairs) => {
        const all = names.map((name) => ({ name, needs: pairs.filter(([from]) => from === name).map(([, to]) => to) }));
        const groups = inOrder(all);
        expect(groups.flat().sort()).toEqual(names);
        const place = new Map(groups.flatMap((group, index) => group.map((name) => [name, index])));
        for (const [from, to] of pairs) expect(place.get(to)).toBeLessThanOrEqual(place.get(from) as number);
        for (const group of groups.filter(({ length }) => length > 1))
          for (const name of group) expect(reachable(all, name)).toEqual(expect.arrayContaining([...group]));
      }),
    );
  });
});

function reachable(all: readonly { name: string; needs: readonly string[] }[], from: string): string[] {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const next of all.find((one) => one.name === name)?.needs ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        open.push(next);
      }
  return [...seen];
}
