import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, test } from 'vitest';
import { visible } from '../lib/shown-text.ts';
import { code, fact, item, link, paragraph, strong } from './document.ts';
import { documentOf } from './subject.fake.ts';
import { writeMarkdown } from './write-markdown.ts';

const parsed = (text: string): Nodes =>
  fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
const all = (node: Nodes): readonly Nodes[] => [node, ...('children' in node ? node.children.flatMap(all) : [])];
const textOf = (node: Nodes): string =>
  'children' in node ? node.children.map(textOf).join('') : 'value' in node && node.type !== 'html' ? node.value : '';

/** Texts that try to become something else. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a | b || c',
  '`one` ``two`` ```three',
  '](https://evil.example.com) [x](y) ![z](w)',
  '# no heading',
  '- no item',
  '1. no item',
  '1) no item',
  '> no quotation',
  '*no* **stress** _of_ __any__ kind, but snake_case',
  'two\nlines\r\n\r\nand a third',
  'right-to-left \u202eevil\u202c mark and zero\u200bwidth',
  '&lt;b&gt; &amp; &#60;',
  '\\`back\\slashes\\|',
  '~~~',
  '---',
  '===',
  '+ plus',
  '=',
  'emoji 🚒 and 👩‍🚒',
  '\u0007bell \u001b[31mred',
];
/** As it reads: on one line, with what nobody would see shown as its number. */
const readable = (text: string): string => visible(text).replaceAll(/\s+/g, ' ');

describe.each(HOSTILE)('%j', (hostile) => {
  const blocks = [
    paragraph(hostile),
    paragraph('before ', hostile, ' after'),
    paragraph(strong(hostile.trim())),
    { kind: 'list', items: [item([hostile], [item([hostile])])] },
    { kind: 'list', look: 'ordered', items: [item([hostile])] },
    { kind: 'facts', facts: [fact(hostile, hostile)] },
    { kind: 'table', head: [hostile, 'two'], rows: [{ id: 'row', cells: [[hostile], [link(hostile, 'first')]] }] },
    { kind: 'message', text: hostile },
  ] as const;
  const tree = parsed(writeMarkdown({ ...documentOf(...blocks), title: hostile }));
  const nodes = all(tree);

  test('makes no markup but our own anchors', () => {
    const markup = nodes.flatMap((node) => (node.type === 'html' ? [node.value] : []));
    expect(markup.filter((one) => !/^(<a id="(first|contents|row)">|<\/a>)+$/.test(one))).toEqual([]);
  });

  test('makes no link, picture or structure of its own', () => {
    const urls = nodes.flatMap((node) => (node.type === 'link' ? [node.url] : []));
    expect([...new Set(urls)]).toEqual(['#first']);
    const count = (type: string) => nodes.filter((node) => node.type === type).length;
    expect([
      count('image'),
      count('definition'),
      count('blockquote'),
      count('thematicBreak'),
      count('emphasis'),
    ]).toEqual([0, 0, 0, 0, 0]);
    expect([count('heading'), count('strong'), count('tableCell'), count('listItem'), count('code')]).toEqual([
      3, 1, 4, 5, 1,
    ]);
  });

  test('reads as it was written', () => {
    const paragraphs = nodes.filter(({ type }) => type === 'paragraph').map(textOf);
    expect(paragraphs).toContain(readable(hostile));
    expect(paragraphs).toContain(`before ${readable(hostile)} after`);
    const cells = nodes.filter(({ type }) => type === 'tableCell').map(textOf);
    expect(cells.slice(0, 1)).toEqual([readable(hostile)]);
    expect(nodes.find(({ type }) => type === 'code')).toMatchObject({ value: visible(hostile) });
  });

  test('is a command or a name as it stands', () => {
    const written = parsed(writeMarkdown(documentOf({ kind: 'command', pieces: [hostile] }, paragraph(code(hostile)))));
    expect(all(written).filter(({ type }) => type === 'code')).toMatchObject([{ value: visible(hostile) }]);
    expect(all(written).filter(({ type }) => type === 'inlineCode')).toMatchObject([{ value: readable(hostile) }]);
  });
});

test('what must be filled in stands in brackets, in commands too', () => {
  const text = writeMarkdown(
    documentOf({ kind: 'command', pieces: ['load ', { kind: 'blank', text: 'from step find: rows' }, ' now'] }),
  );
  expect(text).toContain('```\nload (from step find: rows) now\n```');
});

test('stress goes round words, not round the space beside them', () =>
  expect(writeMarkdown(documentOf(paragraph('a', strong(' b '), 'c', strong(' '))))).toContain('\n\na **b** c \n'));

test('a step is a heading with a number, a box and an anchor', () => {
  const step = { id: 'scenario.a.step.b', number: '2b', title: ['Do it'], within: ['Part of: all'], blocks: [] };
  const text = writeMarkdown(documentOf({ kind: 'steps', steps: [step] }));
  expect(text).toContain('<a id="scenario.a.step.b"></a>\n\n### 2b ☐ Do it\n\nPart of: all');
});

test.each([
  [{ kind: 'phone', number: '+49 (30) 23125-201' }, '[+49 (30) 23125-201](tel:+493023125201)'],
  [{ kind: 'phone', number: 'ask at the desk' }, 'ask at the desk'],
  [{ kind: 'mail', address: 'ann@example.com' }, '[ann@example.com](mailto:ann@example.com)'],
  [{ kind: 'mail', address: 'ann@example.com?bcc=x)' }, 'ann@example.com?bcc=x)'],
  [{ kind: 'web', address: 'https://example.com/a' }, '<https://example.com/a>'],
  [{ kind: 'web', address: 'javascript:alert(1)' }, 'javascript:alert(1)'],
] as const)('%j is written as %s', (one, text) =>
  expect(writeMarkdown(documentOf(paragraph(one)))).toContain(`\n\n${text}\n\n`),
);

test('the contents lead to sections, and to inner ones where these are listed', () => {
  const inner = { id: 'scenario.fire', title: '1 · Fire', blocks: [] };
  const sections = [{ id: 'scenarios', title: 'Scenarios', blocks: [], listed: true, sections: [inner] }];
  expect(writeMarkdown({ ...documentOf(), sections })).toContain(
    '## Contents\n\n- [First](#first)\n- [Scenarios](#scenarios)\n  - [1 · Fire](#scenario.fire)\n',
  );
});
