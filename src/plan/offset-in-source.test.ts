import { describe, expect, test } from 'vitest';
import { readPlanText } from './read-yaml.ts';

const placeOf = (yaml: string, path: readonly (string | number)[], word: string) => {
  const read = readPlanText('plan.yaml', yaml);
  const value = path.reduce<unknown>((from, part) => (from as Record<string, unknown>)[part], read.source) as string;
  const { line, column } = read.placeWithin(path, value.indexOf(word));
  return yaml
    .split('\n')
    [line - 1]?.slice(column - 1)
    .startsWith(word)
    ? `line ${line}`
    : `${line}:${column}`;
};

describe('the place of a word within a text', () => {
  test.each([
    ['literal', 'a:\n  b: |\n    one two\n\n      three\n    four\n', 'four', 'line 6'],
    ['literal that keeps its end', 'a:\n  b: |+  # why\n    one\n    two\n\n', 'two', 'line 4'],
    ['folded', 'a:\n  b: >-\n    one two\n    three\n    four\n', 'four', 'line 5'],
    ['plain over lines', 'a:\n  b: one two\n    three four\n', 'four', 'line 3'],
    ['single quotes', "a:\n  b: 'it''s one\n    two'\n", 'two', 'line 3'],
    ['double quotes', 'a:\n  b: "one two"\n', 'two', 'line 2'],
    ['line ends in double quotes', 'a:\n  b: "one\\ntwo three"\n', 'two', 'line 2'],
    ['in a flow', 'a: { b: "one two", c: 1 }\n', 'two', 'line 1'],
  ])('%s', (_, yaml, word, expected) => {
    expect(placeOf(yaml, ['a', 'b'], word)).toBe(expected);
  });

  test('where the source writes something else, the text itself is the place', () => {
    const read = readPlanText('plan.yaml', 'a:\n  b: "\\u006fne two"\n');
    expect(read.placeWithin(['a', 'b'], 4)).toEqual({ file: 'plan.yaml', line: 2, column: 6 });
    expect(read.placeWithin(['a', 'no'], 4).line).toBeGreaterThan(0);
  });

  test('an offset beyond the end is the end', () => {
    const read = readPlanText('plan.yaml', 'a:\n  b: |\n    one\n');
    expect(read.placeWithin(['a', 'b'], 100).line).toBeLessThanOrEqual(4);
  });
});
