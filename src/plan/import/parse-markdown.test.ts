import { describe, expect, test } from 'vitest';
import { allBlocks, allSections, plain, titleText } from './blocks.ts';
import { parseMarkdown } from './parse-markdown.ts';

const parse = (...lines: string[]) => parseMarkdown(lines.join('\n')).root;

describe('a document', () => {
  test('becomes sections with blocks and their lines', () => {
    const root = parse(
      '# Plan',
      '',
      'Intro',
      '',
      '## 🚨 One',
      '',
      '```bash',
      'ls',
      '```',
      '',
      '## Two',
      '| a | b |',
      '|--|--|',
      '| x \\| y | 2 |',
    );
    expect(allSections(root).map(({ title, lines }) => [title, lines.first])).toEqual([
      ['', 1],
      ['Plan', 1],
      ['One', 5],
      ['Two', 11],
    ]);
    expect(root.sections[0]?.sections[0]?.blocks).toEqual([
      { kind: 'code', language: 'bash', text: 'ls', lines: { first: 7, last: 9 } },
    ]);
    expect(root.sections[0]?.sections[1]?.blocks[0]).toMatchObject({
      header: ['a', 'b'],
      rows: [{ cells: ['x | y', '2'], lines: { first: 14, last: 14 } }],
    });
  });

  test('a fence in a list, with headings and rules in it, stays one block', () => {
    const root = parse('1. do', '   ```sh', '   # not a heading', '', '   ls', '   ```', '2. next');
    const code = root.blocks.flatMap(allBlocks).filter(({ kind }) => kind === 'code');
    expect(code).toMatchObject([{ text: '# not a heading\n\nls', lines: { first: 2, last: 6 } }]);
    expect(root.blocks).toHaveLength(1);
  });

  test('links and definitions are kept as text, marks of what is folded away are none', () => {
    const root = parse('<details>', '```', 'x', '```', '</details>', '', '[a]: http://example.com');
    expect(root.blocks.map(({ kind }) => kind)).toEqual(['code', 'text']);
  });

  test('metadata over a rule is no heading', () => {
    expect(parse('**Version:** 1', '**Owner:** x', '---', 'more').blocks).toMatchObject([
      { text: '**Version:** 1\n**Owner:** x' },
      { text: 'more' },
    ]);
    expect(parse('Title', '=====').sections[0]?.title).toBe('Title');
  });
});

describe('what would take for ever', () => {
  test.each([
    ['deep quotes', '> '.repeat(5000)],
    ['deep lists', Array.from({ length: 400 }, (_, n) => `${' '.repeat(n * 2)}- a`).join('\n')],
    ['one endless table', `|a|b|\n|-|-|\n${'|1|2|\n'.repeat(30_000)}`],
  ])('%s is kept as text, and told', (_what, text) => {
    const { root, unread } = parseMarkdown(text);
    expect(unread).toHaveLength(1);
    expect(root.blocks[0]).toMatchObject({ kind: 'text', text: text.trim() });
  });

  test('a long document takes time in proportion', () => {
    const { root } = parseMarkdown(
      '## A\n\ntext **b**\n\n- a\n  - b\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n'.repeat(1500),
    );
    expect(allSections(root)).toHaveLength(1501);
  });
});

test('titles lose their marks', () => {
  expect(titleText('🚨 1.2 **Scenario 1:** `db` down ##')).toBe('Scenario 1: db down');
  expect(titleText('2. Contacts')).toBe('Contacts');
  expect(plain('see [the *wiki*](http://x) and snake_case_name')).toBe('see the wiki and snake_case_name');
});
