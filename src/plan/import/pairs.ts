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
  /^[\s>]*(?:\[[ xX]\]\s*)?(?:[^\p{L}\p{N}*_`[(]+\s*)?(?:\*\*|__|`)?(?:[^\p{L}\p{N}*_`[(\s]+\s+)?([\p{L}\p{N}][^:|]{0,70}?)(?:\*\*|__|`)?\s*(?::|\s[–—-]\s)\s*(?:\*\*|__)?\s*(.*?)\s*\\?$/u;

/** `:warning: Never …` is a picture and a sentence. */
const SHORTCODE = /^\W*:[a-z_]+:\s/;

/** `**RTO** 4 hours`: with these keys the colon is not missed. */
const BOLD_PAIR =
  /^[\s>]*(?:[-*+]\s+)?\*\*(rto|rpo|owner|version|likelihood|impact|severity|duration)\*\*\s+(\S.{0,60})$/i;

function pairsOfText({ text, lines }: TextBlock): readonly Pair[] {
  return text.split('\n').flatMap((line, index) => {
    const at = { first: lines.first + index, last: lines.first + index };
    return pairsOfLine(line, at);
  });
}

function pairsOfLine(line: string, at: Lines): readonly Pair[] {
  const parts = line.split(/(?:\s|&nbsp;)+(?:\||•|·)(?:\s|&nbsp;)+/);
  const pairs = parts.map((part) => pairOf(part, at));
  if (parts.length > 1 && pairs.every((pair) => pair !== undefined)) return pairs;
  const pair = pairOf(line, at);
  return pair && !SHORTCODE.test(line) ? [pair] : [];
}

function pairOf(text: string, lines: Lines): Pair | undefined {
  const [, key, value] = PAIR.exec(text) ?? BOLD_PAIR.exec(text) ?? [];
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

function pairsOfTable({ header, rows, lines }: TableBlock): readonly Pair[] {
  if (header.length !== 2) return [];
  const [key = '', value = ''] = header;
  const isPair = FIRST_KEY.test(plain(key)) && plain(value) !== '' && !COLUMN.test(plain(value));
  const head = { cells: header, lines: { first: lines.first, last: lines.first + 1 } };
  return [...(isPair ? [head] : []), ...rows].map((row) => ({
    key: plain(row.cells[0] ?? ''),
    value: row.cells[1] ?? '',
    lines: row.lines,
    whole: true,
  }));
}

/** Exports have no table without a heading, so the first pair of such a table stands in it. */
const FIRST_KEY =
  /^(?:(?:document|plan) )?(?:owner|version|author|classification|(?:last )?(?:updated|reviewed|modified|revised)|next review|effective date|rto|rpo|recovery (?:time|point) objective|likelihood|detection)$/i;
const COLUMN =
  /^(value|details?|descriptions?|meaning|date|name|owner|version|status|rto|rpo|targets?|objectives?|components?|services?|systems?|roles?|notes?|author|changes?|summary|scenarios?|information|time|impact)$/i;
