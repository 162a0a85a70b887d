import { expect, test } from 'vitest';
import { type Block, item, link, paragraph, soft, strong } from './document.ts';
import { documentOf } from './subject.fake.ts';
import { idsOf, withWholeLinks } from './whole-links.ts';

const gone = link('text', 'nowhere');

test.each<[string, Block, Block]>([
  ['a paragraph', paragraph(strong(gone), soft(gone)), paragraph(strong('text'), soft('text'))],
  [
    'a list',
    { kind: 'list', items: [item([gone], [item([gone])])] },
    { kind: 'list', items: [item(['text'], [item(['text'])])] },
  ],
  [
    'facts',
    { kind: 'facts', facts: [{ name: 'a', value: [gone] }] },
    { kind: 'facts', facts: [{ name: 'a', value: ['text'] }] },
  ],
  [
    'a table',
    { kind: 'table', head: [], rows: [{ cells: [[gone]] }] },
    { kind: 'table', head: [], rows: [{ cells: [['text']] }] },
  ],
  [
    'steps',
    { kind: 'steps', steps: [{ id: 's', number: '1', within: [gone], title: [gone], blocks: [paragraph(gone)] }] },
    {
      kind: 'steps',
      steps: [{ id: 's', number: '1', within: ['text'], title: ['text'], blocks: [paragraph('text')] }],
    },
  ],
])('a link that leads nowhere becomes its text, in %s', (_where, block, whole) =>
  expect(withWholeLinks(documentOf(block)).first.blocks).toEqual([whole]),
);

test('a link to a section, a row, a step or the contents stays', () => {
  const links = ['first', 'row', 'step', 'contents', 'last'].map((to) => link(to, to));
  const document = {
    ...documentOf(
      paragraph(...links),
      { kind: 'table', head: [], rows: [{ id: 'row', cells: [] }] },
      { kind: 'steps', steps: [{ id: 'step', number: '1', title: [], blocks: [] }] },
    ),
    sections: [
      { id: 'outer', title: '', blocks: [], sections: [{ id: 'last', title: '', blocks: [paragraph(gone)] }] },
    ],
  };
  const whole = withWholeLinks(document);
  expect(whole.first.blocks[0]).toEqual(paragraph(...links));
  expect(whole.sections[0]?.sections?.[0]?.blocks).toEqual([paragraph('text')]);
  expect(idsOf(document)).toEqual(['first', 'row', 'step', 'contents', 'outer', 'last']);
});
