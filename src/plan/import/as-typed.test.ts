import { expect, test } from 'vitest';
import { asTyped } from './as-typed.ts';

const EXPORT = ['2\\.1 a', 'b\\-c', 'd\\.e', 'f\\!', 'g\\-h'];

test.each([
  [
    'escapes in text',
    '1\\. Call \\+49 30 23125 099 \\(at night\\) in eu\\-west\\-1',
    '1. Call +49 30 23125 099 (at night) in eu-west-1',
  ],
  ['names and open places', 'the table a\\_b\\_c of \\[Name\\]', 'the table a_b_c of [Name]'],
])('%s of an export are what a person would have typed', (_what, written, typed) =>
  expect(
    asTyped([...EXPORT, written].join('\n'))
      .split('\n')
      .at(-1),
  ).toBe(typed),
);

test.each([
  ['code in a line', 'Run `grep a\\.b`'],
  ['a sign that would begin a list', '\\- no item'],
  ['a sign that would be a heading', '\\# no heading'],
  ['emphasis', '\\*not bold\\*'],
  ['a link', '\\[a\\](b)'],
])('%s stays', (_what, line) =>
  expect(
    asTyped([...EXPORT, line].join('\n'))
      .split('\n')
      .at(-1),
  ).toBe(line),
);

test('a block of code stays', () => {
  const text = [...EXPORT, '```', 'sed s/a\\.b/c\\-d/', '{code}', '{status:title=X}', '```'].join('\n');
  expect(asTyped(text).split('\n').slice(5)).toEqual(text.split('\n').slice(5));
});

test('a few escapes were meant', () => expect(asTyped('2\\.1 a\nb\\-c')).toBe('2\\.1 a\nb\\-c'));

test.each([
  ['{code:bash}\nls\n{code}', '```bash\nls\n```'],
  ['{code:title=Look|language=sql}\nselect 1\n{code}', '```sql\nselect 1\n```'],
  ['{noformat}\nls\n{noformat}', '```\nls\n```'],
  ['{code}\nnever closed', '{code}\nnever closed'],
  ['{code}\n```\n{code}', '{code}\n```\n{code}'],
  ['| Restore | {status:colour=Green|title=PASSED} |', '| Restore | PASSED |'],
])('%j is %j', (written, typed) => expect(asTyped(written)).toBe(typed));
