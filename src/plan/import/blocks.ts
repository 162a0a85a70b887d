import type { Lines } from './lines.ts';

/** A document as its reader sees it: sections with what stands in them. Text is the source, marks and all. */
export type Block = TextBlock | CodeBlock | ListBlock | TableBlock;

export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
  readonly lines: Lines;
}

export interface CodeBlock {
  readonly kind: 'code';
  readonly language: string;
  readonly text: string;
  /** From fence to fence. */
  readonly lines: Lines;
}

export interface ListBlock {
  readonly kind: 'list';
  readonly ordered: boolean;
  readonly items: readonly ListItem[];
  readonly lines: Lines;
}

export interface ListItem {
  readonly blocks: readonly Block[];
  readonly lines: Lines;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  readonly lines: Lines;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly lines: Lines;
}

export interface Section {
  readonly title: string;
  /** What numbers it, without the title: `3`, `2.1`. */
  readonly number?: string;
  /** 0 for what stands before the first heading. */
  readonly depth: number;
  /** Of the heading itself. */
  readonly lines: Lines;
  readonly blocks: readonly Block[];
  readonly sections: readonly Section[];
}

/** Every section of a tree, each before those inside it. */
export const allSections = (section: Section): readonly Section[] => [
  section,
  ...section.sections.flatMap(allSections),
];

/** Everything that stands in a block, itself first. */
export const allBlocks = (block: Block): readonly Block[] =>
  block.kind === 'list' ? [block, ...block.items.flatMap(({ blocks }) => blocks.flatMap(allBlocks))] : [block];

/** The words of a name in one piece, as alerts have it: `FeedDatabaseLost`. Other titles stay as they are. */
export const spoken = (title: string): string =>
  /^(?:[A-Z][a-z]+){3,}$/.test(title) ? title.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ') : title;

/** The mark where a page folds something away, or where that ends: it says nothing. */
export const isFold = (line: string): boolean => /^<\/?details[^>]*>$/i.test(line.trim());

/** Text without the marks of emphasis, code and links, on one line. */
export function plain(text: string): string {
  if (!MARKED.test(text)) return text;
  return text
    .replaceAll(/!?\[([^\]]*)\]\(([^)]*)\)/g, (_whole, label, address) => (label === '' ? address : label))
    .replaceAll(/(\*\*|__|~~)(.+?)\1/g, '$2')
    .replaceAll(/(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?![\w*])/g, '$1')
    .replaceAll(/`+([^`]+)`+/g, '$1')
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1')
    .replaceAll(/<br\s*\/?>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const MARKED = /[[*_~`\\<]|^\s|\s$|\s\s|[^\S ]/;

const NUMBER =
  /^(\d+(?:\.\d+)*)[.):]\s+|^(\d+(?:\.\d+)+)\s+|^(\d{1,2})\s+(?=\p{Lu})|^([IVX]{1,4}|[A-Z])[.)]\s+(?=\p{Lu})/u;

/** Plain text without the emoji, hashes and numbers that stand before a title. */
export const titleText = (text: string): string => bare(text).replace(NUMBER, '').trim();

/** What numbers a title: `3`, `2.1`. */
export const titleNumber = (text: string): string | undefined =>
  NUMBER.exec(bare(text))
    ?.slice(1)
    .find((number) => number !== undefined);

const bare = (text: string): string =>
  plain(text)
    .replace(/\s+#+$/, '')
    .replace(/\s*\{#[\w-]+\}$/, '')
    .replace(/^[^\p{L}\p{N}<[("'#/]+/u, '');
