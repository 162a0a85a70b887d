import { describe, expect, test } from 'vitest';
import { loadPlan } from './load.ts';
import { request, said } from './sample-plan.fake.ts';

describe('a file that is no plan', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'plan.syntax 1:1 the file is empty'],
    ['blank', ' \n\n', 'plan.syntax 1:1 the file is empty'],
    ['a remark', '# only a remark\n', 'plan.syntax 1:1 the file holds no plan'],
    ['a list', '- a\n', 'plan.syntax 1:1 the file is not a map of fields'],
    ['huge', `a: ${'x'.repeat(4_000_001)}`, 'plan.syntax 1:1 the file is too large for a plan: 4001 kB'],
    ['not UTF-8', new Uint8Array([97, 58, 32, 49, 10, 98, 58, 32, 0xe9, 10]), 'plan.syntax 2:1 the file is not UTF-8'],
    ['binary', 'a: 1\nb: \u0000', 'plan.syntax 2:1 the file is not text'],
    ['a tab', 'plan:\n\tname: x\n', 'plan.syntax 2:1 the line is indented with a tab'],
    ['two documents', 'a: 1\n---\nb: 1\n', 'plan.syntax 2:1 the file holds more than one document'],
    ['bad indentation', 'a:\n  b: 1\n c: 1\n', 'plan.syntax 3:1 this line is not indented like its neighbours'],
    ['no colon', 'a: 1\nplan\nb: 1\n', 'plan.syntax 2:1 this line has no colon'],
    ['an open quotation mark', 'a: "x\nb: 1\n', 'plan.syntax 3:1 a quotation mark or bracket is not closed'],
    ['a second colon', 'a: b: c\n', 'plan.syntax 1:4 there is a second colon in this line'],
    ['an unquoted expression in braces', 'a: {b: ${{ x }}}\n', 'plan.syntax 1:9 this does not belong here'],
    ['a reserved character', 'a: @x\n', 'plan.syntax 1:4 a text may not begin with this character'],
    ['a list as a name', '? [a]\n: 1\n', 'plan.syntax 1:3 the name of a field must be a text'],
    ['a tag', 'a: !foo 1\n', 'plan.syntax 1:4 this YAML tag (!…) is not known'],
    ['nested without end', '['.repeat(50_000), 'the file is nested too deeply'],
    ['an unknown anchor', 'a: *x\n', 'the anchors and aliases (& and *) of this file cannot be followed'],
    ['an anchor inside itself', 'a: &x [*x]\n', 'the anchors and aliases (& and *) of this file cannot be followed'],
    [
      'anchors that multiply',
      `a: &a [1,1]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
      'the anchors and aliases (& and *) of this file cannot be followed',
    ],
  ])('%s', (_, text, words) => {
    const result = loadPlan(request(text));
    expect(result.ok).toBe(false);
    expect(said(text)).toHaveLength(1);
    expect(said(text)[0]).toContain(words);
    expect(result.findings[0]?.hint).not.toBe('');
  });

  test('every name that stands twice is told, with the first place', () => {
    const text = 'a: 1\nb:\n  c: 1\n  c: 2\na: 2\n';
    expect(said(text)).toEqual([
      'plan.duplicate 5:1 "a" stands here for the second time',
      'plan.duplicate 4:3 "c" stands here for the second time',
    ]);
    expect(loadPlan(request(text)).findings[0]?.related).toEqual([
      { at: { file: 'plan.yaml', line: 1, column: 1 }, message: 'the first one' },
    ]);
  });
});
