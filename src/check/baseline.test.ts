import { describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { applyBaseline, baselineOf, readBaseline } from './baseline.ts';

const finding = (rule: string, more: Partial<Finding> = {}): Finding => ({
  rule,
  level: 'error',
  at: { file: 'plan.yaml', line: 3, column: 1 },
  path: 'scenarios.loss',
  message: 'it takes 31m',
  hint: 'Make it quicker.',
  ...more,
});
const baseline = (...findings: readonly Finding[]) => readBaseline('known.json', baselineOf(findings));
const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

describe('a baseline', () => {
  test('knows what was there, wherever its line is now', () => {
    const sorted = applyBaseline([finding('a', { at: { file: 'p', line: 99, column: 9 } })], baseline(finding('a')));
    expect(sorted).toMatchObject({ findings: [], known: [{ rule: 'a' }] });
  });

  test.each([
    ['another rule', finding('b')],
    ['another path', finding('a', { path: 'scenarios.other' })],
    ['another number', finding('a', { message: 'it takes 90m' })],
  ])('does not know %s', (_what, found) =>
    expect(rulesOf(applyBaseline([found], baseline(finding('a'))).findings)).toEqual([found.rule, 'baseline-stale']),
  );

  test('knows what is overdue also a day later', () => {
    const overdue = (days: string) => finding('a', { message: `the review is overdue by ${days}` });
    expect(applyBaseline([overdue('2 days')], baseline(overdue('1 day'))).findings).toEqual([]);
  });

  test('says what is found no more, at its line', () => {
    const known = baseline(finding('a'), finding('b'));
    const [stale] = applyBaseline([finding('a')], known).findings;
    expect(stale).toMatchObject({ rule: 'baseline-stale', level: 'warning', at: { file: 'known.json' } });
    expect(known.text.split('\n')[(stale as Finding).at.line]).toContain('"rule": "b"');
  });

  test('holds errors and warnings, each once, in the same order whatever the order of the findings', () => {
    const findings = [finding('b'), finding('a', { level: 'warning' }), finding('b'), finding('c', { level: 'info' })];
    expect(rulesOf(baseline(...findings).entries as unknown as Finding[])).toEqual(['a', 'b']);
    expect(baselineOf([...findings].reverse())).toBe(baselineOf(findings));
  });

  test('of nothing is a baseline, too', () => expect(baseline().entries).toEqual([]));
});

test.each(['', '{', '[]', '{"lifeboat_baseline": 2, "findings": []}', '{"lifeboat_baseline": 1, "findings": [1]}'])(
  '%j is no baseline',
  (text) => {
    const read = () => readBaseline('known.json', text);
    expect(read).toThrow(KnownError);
    expect(read).toThrow('known.json is no baseline');
  },
);
