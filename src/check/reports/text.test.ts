import { expect, test } from 'vitest';
import type { Finding } from '../../model/finding.ts';
import { reportText } from './text.ts';

const finding = (more: Partial<Finding>): Finding => ({
  rule: 'rpo-is-reachable',
  level: 'error',
  at: { file: 'plan.yaml', line: 2, column: 8 },
  message: 'too rare',
  hint: 'Do it more often.',
  ...more,
});

test('shows the place, the line with a caret, what else to see, and what to do', () =>
  expect(
    reportText(
      [
        finding({ related: [{ at: { file: 'plan.yaml', line: 3, column: 1 }, message: 'the copies' }] }),
        finding({ level: 'warning', rule: 'x', at: { file: 'plan.yaml', line: 9, column: 1 } }),
      ],
      'a:\n  rpo: 5m\nb: 1\n',
    ),
  ).toBe(`plan.yaml:2:8  error  rpo-is-reachable
  too rare
     2 |   rpo: 5m
       |        ^
  see plan.yaml:3:1: the copies
  → Do it more often.

plan.yaml:9:1  warning  x
  too rare
  → Do it more often.

1 error, 1 warning`));

test('nothing to say', () => expect(reportText([], '')).toBe('No findings.'));

test('never repeats a line that holds a secret, whichever finding points at it', () => {
  const report = reportText(
    [finding({}), finding({ rule: 'literal-secret' })],
    'a:\n  url: postgresql://a:hunter2@b/c\n',
  );
  expect(report).not.toContain('hunter2');
  expect(report.match(/not shown: it holds a secret/g)).toHaveLength(2);
  expect(report).toContain('2 errors');
});

test('long lines are cut so that the place stays in sight, and tabs keep the caret in its column', () => {
  const long = reportText(
    [finding({ at: { file: 'p', line: 1, column: 300 } })],
    `${'x'.repeat(299)}!${'y'.repeat(300)}`,
  );
  const [line, caret] = long.split('\n').filter((one) => one.includes(' | ')) as [string, string];
  expect(line[caret.indexOf('^')]).toBe('!');
  expect(line.length).toBeLessThan(120);
  const tabbed = reportText([finding({ at: { file: 'p', line: 1, column: 3 } })], 'a\tb\r\n');
  expect(tabbed).toContain('       |  \t^');
});
