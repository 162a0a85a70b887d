import { describe, expect, test } from 'vitest';
import { splitCommand, titleAndTime } from './split-command.ts';

const split = (...lines: string[]) =>
  splitCommand({
    kind: 'code',
    language: 'bash',
    text: lines.join('\n'),
    lines: { first: 10, last: 11 + lines.length },
  });

describe('a block with numbered comments', () => {
  test('is cut into its parts, which are the block again when joined', () => {
    const lines = ['# 1. Look', 'aws a', '', '# 2. Restore (20 minutes)', 'aws b \\', '  --c'];
    const parts = split(...lines);
    expect(parts.map(({ title, expect: takes, lines: at }) => [title, takes, at])).toEqual([
      ['Look', undefined, { first: 10, last: 13 }],
      ['Restore', '20m', { first: 14, last: 17 }],
    ]);
    expect(parts.map(({ text }) => text).join('\n')).toBe(lines.join('\n'));
  });

  test.each([
    ['a variable of an earlier part', ['# 1. Find', 'ID=$(aws a)', '# 2. Use', 'aws b $ID']],
    ['a folder that was changed', ['# 1. Go', 'cd infra', '# 2. Run', 'make']],
    ['a document within', ['# 1. Write', 'cat > x <<EOF', '# 2. not a part', 'EOF']],
    ['a script', ['#!/bin/bash', '# 1. a', 'ls', '# 2. b', 'ls']],
    ['a loop', ['# 1. a', 'for i in 1 2; do', '# 2. b', 'ls; done']],
    ['only one number', ['# 1. a', 'ls']],
  ])('stays whole because of %s', (_why, lines) => {
    const parts = split(...lines);
    expect(parts).toHaveLength(1);
    expect(parts[0]?.text).toBe(lines.join('\n'));
  });
});

test.each([
  ['Restore (15-30 minutes)', 'Restore', '15m..30m'],
  ['Restore - 5 min', 'Restore', '5m'],
  ['Clean up (after 24-48 hours):', 'Clean up', '24h..48h'],
  ['Look at table (2)', 'Look at table (2)', undefined],
])('title and time of %s', (text, title, takes) => {
  const found = titleAndTime(text);
  expect([found.title, found.expect]).toEqual([title, takes]);
});
