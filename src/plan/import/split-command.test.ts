import { describe, expect, test } from 'vitest';
import { splitCommand } from './split-command.ts';
import { titleAndTime } from './title-and-time.ts';

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
    ['a way back out of a folder', ['# 1. Go', 'cd infra', 'make', 'cd ..', '# 2. Run', 'make']],
    ['a folder that is changed in the middle of a line', ['# 1. Get', 'git clone x && cd x', '# 2. Run', 'make']],
    ['a value that is worked out', ['# 1. Say', 'export DAY=$(date +%F)', 'ls', '# 2. Run', 'make']],
    ['a value that depends on another', ['# 1. Say', 'export DATA=$HOME/data', 'ls', '# 2. Run', 'make']],
    ['a value that is taken back', ['# 1. Say', 'export A=1', 'ls', 'unset A', '# 2. Run', 'make']],
    ['a value that is changed on the way', ['# 1. Say', 'A=1', 'ls', 'A=$(next $A)', '# 2. Run', 'make $A']],
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

describe('what a numbered part sets', () => {
  const texts = (...lines: string[]) => split(...lines).map(({ text }) => text);

  test('is repeated at the head of the parts behind it', () => {
    const parts = split(
      ...['export AWS_REGION=us-west-2', 'NAME="shop-dr"', '# 1. Look', 'aws a $NAME', '# 2. Build'],
      ...['cd infra', 'make', '# 3. Check', 'curl b'],
    );
    expect(parts.map(({ title, text, repeated }) => [title, text.split('\n'), repeated])).toEqual([
      ['Look', ['export AWS_REGION=us-west-2', 'NAME="shop-dr"', '# 1. Look', 'aws a $NAME'], undefined],
      ['Build', ['export AWS_REGION=us-west-2', 'NAME="shop-dr"', '# 2. Build', 'cd infra', 'make'], 2],
      ['Check', ['export AWS_REGION=us-west-2', 'NAME="shop-dr"', 'cd infra', '# 3. Check', 'curl b'], 3],
    ]);
    expect(parts.map(({ lines }) => lines)).toEqual([
      { first: 10, last: 14 },
      { first: 15, last: 17 },
      { first: 18, last: 20 },
    ]);
  });

  test('is the newest of what was set, and every folder on the way', () =>
    expect(
      texts(
        '# 1. a',
        'cd /srv',
        'export A=1',
        'ls',
        '# 2. b',
        'cd /opt',
        'cd data',
        'export A=2',
        'ls',
        '# 3. c',
        'ls',
      )[2],
    ).toBe('cd /opt\ncd data\nexport A=2\n# 3. c\nls'));

  test('belongs to the next part when a part does nothing else', () =>
    expect(split('# 1. Set the region', 'export A=1', '', '# 2. Look', 'ls', '# 3. Go', 'make')).toMatchObject([
      { title: 'Look', text: '# 1. Set the region\nexport A=1\n\n# 2. Look\nls' },
      { title: 'Go', text: 'export A=1\n# 3. Go\nmake', repeated: 1 },
    ]));

  test('in a program that another one starts binds nothing', () =>
    expect(split('# 1. a', "docker exec db sh -c 'cd /x && ls'", '# 2. b', '(cd infra && make)')).toHaveLength(2));

  test('does not hold for the other way', () =>
    expect(split('# Option A: here', 'export A=1', 'ls', '# Option B: there', 'ls')).toHaveLength(1));
});

test.each([
  ['Restore (15-30 minutes)', 'Restore', '15m..30m'],
  ['Restore - 5 min', 'Restore', '5m'],
  ['Look at table (2)', 'Look at table (2)', undefined],
])('title and time of %s', (text, title, takes) => {
  const found = titleAndTime(text);
  expect([found.title, found.expect]).toEqual([title, takes]);
});

test('a time after which something may begin is a pause before it', () =>
  expect(titleAndTime('Clean up (after 24-48 hours):')).toEqual({ title: 'Clean up', hold: '24h..48h' }));
