import { describe, expect, test } from 'vitest';
import { rules } from '../../src/check/rules/index.ts';
import { companies, isFound, judgeFaults } from '../../tools/faults.ts';

const all = companies.flatMap(judgeFaults);
const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length;

describe('the faults of the documents as they were written', () => {
  test.each(all.filter(({ fault }) => 'found' in fault))(
    '$company: $fault.id is found as its entry says',
    ({ unseen }) => {
      expect(unseen).toEqual([]);
    },
  );

  test('the lists name every fault once, and rules that exist', () => {
    for (const company of companies) {
      const ids = all.filter((one) => one.company === company).map(({ fault }) => fault.id);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    }
    expect(new Set(all.map(({ fault }) => fault.id)).size).toBe(227);
    const known = new Set(rules.map(({ id }) => id));
    const named = all.flatMap(({ fault }) => ('found' in fault ? fault.found.map(({ rule }) => rule) : []));
    expect(named.filter((rule) => !known.has(rule))).toEqual([]);
  });

  test('nearly all that are certain are found, and most of all', () => {
    const certain = all.filter(({ fault }) => fault.certainty === 'certain');
    expect(share(certain.filter(isFound), certain)).toBeGreaterThanOrEqual(0.95);
    expect(share(all.filter(isFound), all)).toBeGreaterThanOrEqual(0.85);
  });
});
