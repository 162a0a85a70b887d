import type { List, ListItem as MdListItem, Nodes, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { type Block, isFold, type ListItem, type Section, type TableRow, titleNumber, titleText } from './blocks.ts';
import { cutDocument, isTooMuch, type Piece } from './cut-document.ts';
import type { Lines } from './lines.ts';

export interface ParsedDocument {
  /** What stands before the first heading, with every other section inside it. */
  readonly root: Section;
  /** Parts that were not taken apart because that could take for ever. They are kept as text. */
  readonly unread: readonly Lines[];
}

/** Takes a Markdown document apart into sections and blocks, each with its lines. */
export function parseMarkdown(text: string): ParsedDocument {
  const pieces = cutDocument(text);
  const unread = pieces.filter(isTooMuch).map(linesOfPiece);
  return { root: nest(withBoldHeadings(pieces.flatMap(partsOf))), unread };
}

type Part = Block | { readonly kind: 'heading'; readonly depth: number; readonly text: string; readonly lines: Lines };

/** Documents from a word processor number their bold lines instead of marking headings; so read until a real heading comes. */
function withBoldHeadings(parts: readonly Part[]): readonly Part[] {
  const first = parts.findIndex(({ kind }) => kind === 'heading');
  return parts.map((part, index) => {
    const [, title] =
      part.kind === 'text' && (first < 0 || index < first)
        ? (/^\*\*(\d+(?:\.\d+)*\.?\s+[^*\n]+)\*\*$/.exec(part.text) ?? [])
        : [];
    if (title === undefined) return part;
    const depth = /^[\d.]*\d/.exec(title)?.[0].split('.').length ?? 1;
    return { kind: 'heading', depth: Math.min(6, depth), text: title, lines: part.lines };
  });
}

const linesOfPiece = ({ text, firstLine }: Piece): Lines => ({
  first: firstLine,
  last: firstLine + text.trimEnd().split('\n').length - 1,
});

/** Only blocks are looked for: what is written inside a line stays as it is, so that nothing of it is lost. */
const BLOCKS_ONLY = {
  disable: {
    null: [
      ...['attention', 'autolink', 'codeText', 'htmlText', 'htmlFlow', 'labelEnd', 'labelStartImage', 'labelStartLink'],
      ...['definition', 'characterEscape', 'characterReference', 'hardBreakEscape'],
    ],
  },
};

function partsOf(piece: Piece): readonly Part[] {
  if (isTooMuch(piece)) return [{ kind: 'text', text: piece.text.trim(), lines: linesOfPiece(piece) }];
  const tree = fromMarkdown(piece.text, {
    extensions: [gfmTable(), BLOCKS_ONLY],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const reader = readerOf(piece);
  return tree.children.flatMap((node) => partOf(node, reader));
}

interface Reader {
  lines(node: Nodes): Lines;
  source(node: Nodes): string;
}

function readerOf({ text, firstLine }: Piece): Reader {
  return {
    lines: ({ position }) => ({
      first: (position?.start.line ?? 1) + firstLine - 1,
      last: (position?.end.line ?? 1) + firstLine - 1,
    }),
    source: ({ position }) => text.slice(position?.start.offset, position?.end.offset),
  };
}

function partOf(node: RootContent, reader: Reader): readonly Part[] {
  const lines = reader.lines(node);
  switch (node.type) {
    case 'heading':
      return headingOf(reader.source(node), node.depth, lines);
    case 'code':
      return [{ kind: 'code', language: (node.lang ?? '').toLowerCase(), text: node.value, lines }];
    case 'list':
      return [{ kind: 'list', ordered: node.ordered === true, items: itemsOf(node, reader), lines }];
    case 'table':
      return [tableOf(node, reader)];
    case 'blockquote':
      return node.children.flatMap((child) => blocksOf(child, reader));
    case 'thematicBreak':
      return [];
    default:
      return foldedOf(unindent(reader.source(node))).map((text) => enumerated({ kind: 'text', text, lines }));
  }
}

/** What a page folds away is read like the rest: its summary is the label over it. */
function foldedOf(text: string): readonly string[] {
  if (isFold(text)) return [];
  const [, summary] = /^(?:<details[^>]*>\s*)?<summary>\s*([\s\S]*?)\s*<\/summary>$/i.exec(text) ?? [];
  return [summary === undefined ? text : `**${summary.replaceAll(/<[^>]*>|\*\*/g, '').replaceAll(/\s+/g, ' ')}**`];
}

const ENUMERATOR = /^(?:\(?(?:[ivx]{1,4}|[a-h])[.)]|step\s*\d+\s*[:.)–-])\s+(?=\S)/i;

/** Lines numbered with letters, Roman numbers or `Step 1:` are a list to their reader, though not to Markdown. */
function enumerated(block: Extract<Block, { kind: 'text' }>): Block {
  const rows = block.text.split('\n');
  if (rows.length < 2 || !rows.every((row) => ENUMERATOR.test(row))) return block;
  const items = rows.map((row, index): ListItem => {
    const lines = { first: block.lines.first + index, last: block.lines.first + index };
    return { blocks: [{ kind: 'text', text: row.replace(ENUMERATOR, ''), lines }], lines };
  });
  return { kind: 'list', ordered: true, items, lines: block.lines };
}

/** A heading inside a list or quote is no place to go to: it is text there. */
const blocksOf = (node: RootContent, reader: Reader): readonly Block[] =>
  partOf(node, reader).map((part) =>
    part.kind === 'heading' ? { kind: 'text', text: part.text, lines: part.lines } : part,
  );

/** A line under several lines, or under `Key: value`, is meant as a rule, not as their title. */
function headingOf(source: string, depth: number, lines: Lines): readonly Part[] {
  if (source.startsWith('#')) return [{ kind: 'heading', depth, text: source.replace(/^#+\s*/, ''), lines }];
  const text = source.replace(/\n[^\n]*$/, '');
  const isText = text.includes('\n') || (!source.endsWith('=') && /^\W*[\w ]+\W*:\W*\s\S/.test(text));
  return isText
    ? [{ kind: 'text', text, lines: { ...lines, last: lines.last - 1 } }]
    : [{ kind: 'heading', depth, text, lines }];
}

const itemsOf = (list: List, reader: Reader): readonly ListItem[] =>
  list.children.map((item: MdListItem) => ({
    blocks: item.children.flatMap((child) => blocksOf(child, reader)),
    lines: reader.lines(item),
  }));

function tableOf(table: Table, reader: Reader): Block {
  const rows: TableRow[] = table.children.map((row) => ({
    cells: row.children.map((cell) => cellText(reader.source(cell))),
    lines: reader.lines(row),
  }));
  const [header, ...rest] = rows;
  return { kind: 'table', header: header?.cells ?? [], rows: rest, lines: reader.lines(table) };
}

const cellText = (source: string): string =>
  source
    .replace(/^\s*\|/, '')
    .replace(/(?<!\\)\|\s*$/, '')
    .replaceAll('\\|', '|')
    .trim();

const unindent = (text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(/^[ \t>]+(?=\S)/, '')))
    .join('\n')
    .trim();

interface Open {
  title: string;
  number?: string;
  depth: number;
  lines: Lines;
  blocks: Block[];
  sections: Open[];
}

function nest(parts: readonly Part[]): Section {
  const root: Open = { title: '', depth: 0, lines: { first: 1, last: 1 }, blocks: [], sections: [] };
  const path: Open[] = [root];
  for (const part of parts) {
    if (part.kind !== 'heading') {
      path.at(-1)?.blocks.push(part);
      continue;
    }
    while ((path.at(-1)?.depth ?? 0) >= part.depth) path.pop();
    const number = titleNumber(part.text);
    const section: Open = {
      title: titleText(part.text),
      ...(number === undefined ? {} : { number }),
      depth: part.depth,
      lines: part.lines,
      blocks: [],
      sections: [],
    };
    path.at(-1)?.sections.push(section);
    path.push(section);
  }
  return root;
}
