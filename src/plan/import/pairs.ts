import { type Block, type ListBlock, plain, type TableBlock, type TextBlock } from './blocks.ts';
import type { Lines } from './lines.ts';

/** `Key: value` as documents write it: a line, an item of a list, a row of a table with two columns. */
export interface Pair {
  readonly key: string;
  /** As it is written, marks and all. */
  readonly value: string;
  readonly lines: Lines;
  /** Whether the lines hold nothing but pairs. */
  readonly whole: boolean;
}

export function pairsIn(block: Block): readonly Pair[] {
  switch (block.kind) {
    case 'text':
      return pairsOfText(block);
    case 'list':
      return pairsOfList(block);
    case 'table':
      return pairsOfTable(block);
    default:
      return [];
  }
}

const PAIR =
  /^[\s>]*(?:\[[ xX]\]\s*)?(?:[^\p{L}\p{N}*_`[(]+\s*)?(?:\*\*|__)?([\p{L}\p{N}][^:|]{0,70}?)(?:\*\*|__)?\s*(?::|\s[–—-]\s)\s*(?:\*\*|__)?\s*(.*?)\s*\\?$/u;

function pairsOfText({ text, lines }: TextBlock): readonly Pair[] {
  return text.split('\n').flatMap((line, index) => {
    const at = { first: lines.first + index, last: lines.first + index };
    return pairsOfLine(line, at);
  });
}

function pairsOfLine(line: string, at: Lines): readonly Pair[] {
  const parts = line.split(/\s+(?:\||•|·)\s+/);
  const pairs = parts.map((part) => pairOf(part, at));
  if (parts.length > 1 && pairs.every((pair) => pair !== undefined)) return pairs;
  const pair = pairOf(line, at);
  return pair ? [pair] : [];
}

function pairOf(text: string, lines: Lines): Pair | undefined {
  const [, key, value] = PAIR.exec(text) ?? [];
  if (key === undefined || value === undefined || /https?$/i.test(key)) return undefined;
  const closed = (value.match(/\*\*/g)?.length ?? 0) % 2 === 0;
  return { key: plain(key), value: closed ? value.trim() : value.replace('**', '').trim(), lines, whole: true };
}

function pairsOfList({ items }: ListBlock): readonly Pair[] {
  return items.flatMap(({ blocks, lines }) => {
    const [first, ...rest] = blocks;
    if (first?.kind !== 'text') return [];
    const alone = rest.length === 0;
    const pairs = pairsOfLine(first.text.replaceAll('\n', ' '), alone ? lines : first.lines);
    return pairs.map((pair) => ({ ...pair, whole: alone }));
  });
}

const pairsOfTable = ({ header, rows }: TableBlock): readonly Pair[] =>
  header.length !== 2
    ? []
    : rows.map(({ cells: [key = '', value = ''], lines }) => ({ key: plain(key), value, lines, whole: true }));
