import type { Block, Document, Inline, Item, Line, Section } from './document.ts';

/** The document with every link that would lead nowhere turned into its text: on paper and at night a dead link costs trust. */
export function withWholeLinks(document: Document): Document {
  const known = new Set(idsOf(document));
  const inLine = (line: Line): Line => line.map((one) => inlineOf(one, known, inLine));
  const sections = (all: readonly Section[]): readonly Section[] =>
    all.map((one) => ({
      ...one,
      blocks: one.blocks.map((block) => blockOf(block, inLine)),
      ...(one.sections ? { sections: sections(one.sections) } : {}),
    }));
  return {
    ...document,
    lead: document.lead.map((block) => blockOf(block, inLine)),
    first: sections([document.first])[0] as Section,
    sections: sections(document.sections),
  };
}

/** Every anchor of a document, in order. */
export function idsOf({ lead, first, sections }: Document): readonly string[] {
  const ofSection = ({ id, blocks, sections: inner = [] }: Section): readonly string[] => [
    id,
    ...blocks.flatMap(idsIn),
    ...inner.flatMap(ofSection),
  ];
  return [...lead.flatMap(idsIn), ...ofSection(first), CONTENTS, ...sections.flatMap(ofSection)];
}

/** The anchor of the table of contents, which the writers make. */
export const CONTENTS = 'contents';

function idsIn(block: Block): readonly string[] {
  if (block.kind === 'table') return block.rows.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (block.kind === 'steps') return block.steps.flatMap(({ id, blocks }) => [id, ...blocks.flatMap(idsIn)]);
  return [];
}

function inlineOf(one: Inline, known: ReadonlySet<string>, inLine: (line: Line) => Line): Inline {
  if (typeof one === 'string') return one;
  if (one.kind === 'link') return known.has(one.to) ? one : one.text;
  return one.kind === 'strong' || one.kind === 'soft' ? { ...one, text: inLine(one.text) } : one;
}

function blockOf(block: Block, inLine: (line: Line) => Line): Block {
  switch (block.kind) {
    case 'paragraph':
      return { ...block, text: inLine(block.text) };
    case 'list':
      return { ...block, items: block.items.map((one) => itemOf(one, inLine)) };
    case 'facts':
      return { ...block, facts: block.facts.map((one) => ({ ...one, value: inLine(one.value) })) };
    case 'table':
      return { ...block, rows: block.rows.map((row) => ({ ...row, cells: row.cells.map(inLine) })) };
    case 'steps':
      return {
        ...block,
        steps: block.steps.map((step) => ({
          ...step,
          title: inLine(step.title),
          ...(step.within ? { within: inLine(step.within) } : {}),
          blocks: step.blocks.map((inner) => blockOf(inner, inLine)),
        })),
      };
    default:
      return block;
  }
}

const itemOf = ({ text, inner }: Item, inLine: (line: Line) => Line): Item => ({
  text: inLine(text),
  ...(inner ? { inner: inner.map((one) => itemOf(one, inLine)) } : {}),
});
