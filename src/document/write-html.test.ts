import { describe, expect, test } from 'vitest';
import { code, fact, item, link, paragraph, soft, strong, tag } from './document.ts';
import { documentOf } from './subject.fake.ts';
import { writeHtml } from './write-html.ts';

const body = (html: string): string => html.slice(html.indexOf('<body>'));

describe.each([
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onclick='alert(1)",
  '</pre></style><svg onload=alert(1)>',
  'right-to-left \u202eevil\u202c',
])('%j', (hostile) => {
  const html = writeHtml({
    ...documentOf(
      paragraph(hostile, strong(hostile), soft(hostile), code(hostile), tag(hostile, 'bad'), link(hostile, 'first')),
      paragraph(
        { kind: 'phone', number: hostile },
        { kind: 'mail', address: hostile },
        { kind: 'web', address: `https://${hostile}` },
        { kind: 'blank', text: hostile },
      ),
      { kind: 'list', look: 'tree', items: [item([hostile], [item([hostile])])] },
      { kind: 'facts', facts: [fact(hostile, hostile)] },
      { kind: 'table', head: [hostile], rows: [{ cells: [[hostile]] }] },
      { kind: 'command', pieces: [hostile, { kind: 'blank', text: hostile }] },
      { kind: 'message', text: hostile },
      { kind: 'steps', steps: [{ id: 'step', number: '1', title: [hostile], within: [hostile], blocks: [] }] },
    ),
    title: hostile,
  });

  test('stays text, wherever it stands', () => {
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name?.toLowerCase());
    expect(
      tags.filter((name) => ['script', 'img', 'svg', 'iframe', 'object', 'link', 'base'].includes(name ?? '')),
    ).toEqual([]);
    const withoutValues = html.replaceAll(/="[^"]*"/g, '=""');
    expect(withoutValues).not.toMatch(/<[^>]*\son\w+\s*=/i);
    expect(html).not.toContain('\u202e');
  });

  test('can be read', () => {
    const shown = hostile
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('\u202e', '\\u{202e}')
      .replaceAll('\u202c', '\\u{202c}');
    expect(html.split(shown).length).toBeGreaterThan(15);
  });
});

test('needs nothing from outside, and the page itself forbids it', () => {
  const html = writeHtml(documentOf(paragraph({ kind: 'web', address: 'https://example.com' })));
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/\b(src|srcset|poster|data)\s*=/);
  expect(html).not.toMatch(/<link|@import|url\(/);
});

test.each([
  [{ kind: 'phone', number: '+49-30-23125201' }, '<a href="tel:+493023125201">+49-30-23125201</a>'],
  [{ kind: 'mail', address: 'ann@example.com' }, '<a href="mailto:ann@example.com">ann@example.com</a>'],
  [
    { kind: 'web', address: 'https://example.com/?a=1&b=2' },
    '<a href="https://example.com/?a=1&amp;b=2" rel="noreferrer">https://example.com/?a=1&amp;b=2</a>',
  ],
  [{ kind: 'web', address: 'javascript:alert(1)' }, '<p>javascript:alert(1)</p>'],
  [{ kind: 'blank', text: 'input to' }, '<span class="blank">(input to)</span>'],
] as const)('%j is written as %s', (one, markup) =>
  expect(body(writeHtml(documentOf(paragraph(one))))).toContain(markup),
);

test('a cell knows the name of its column, for the phone', () => {
  const html = writeHtml(
    documentOf({ kind: 'table', head: ['Role', 'Phone'], rows: [{ id: 'role.a', cells: [['A'], ['1']] }] }),
  );
  expect(html).toContain('<tr id="role.a"><td data-name="Role">A</td><td data-name="Phone">1</td></tr>');
});

test('on paper a step has room for the time and for who did it', () => {
  const html = writeHtml(documentOf({ kind: 'steps', steps: [{ id: 's', number: '1', title: ['Do'], blocks: [] }] }));
  expect(html).toMatch(/<li id="s">[\s\S]*begun, UTC[\s\S]*done, UTC[\s\S]*who[\s\S]*<\/li>/);
});
