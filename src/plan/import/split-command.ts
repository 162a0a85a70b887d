import type { CodeBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { durationIn, spanIn } from './read-values.ts';

/** One command of a block; the texts of all parts, joined by line ends, are the block byte for byte. */
export interface CommandPart {
  readonly title?: string;
  readonly text: string;
  readonly expect?: string;
  readonly lines: Lines;
}

const NUMBERED = /^#+\s*(?:step\s*)?(\d+)\s*[.):–—-]\s*(\S.*)$/i;

/** Cuts a block at comments such as `# 1. Check` when each part can run by itself; else it stays whole. */
export function splitCommand({ text, lines }: CodeBlock): readonly CommandPart[] {
  const source = text.split('\n');
  const cuts = source.flatMap((line, index) => (NUMBERED.test(line) ? [index] : []));
  const starts = cuts.length < 2 ? [0] : [0, ...cuts.slice(1)];
  const parts = starts.map((start, n) => ({ start, lines: source.slice(start, starts[n + 1]) }));
  if (parts.length < 2 || !canStandAlone(parts.map((part) => part.lines))) return [partOf(source, 0, lines, true)];
  const found = parts.map((part) => partOf(part.lines, part.start, lines, false));
  return found.map((part, n) => ({ ...part, lines: withFence(part.lines, lines, n === 0, n === found.length - 1) }));
}

/** The fences belong to the parts beside them. */
const withFence = (part: Lines, block: Lines, first: boolean, last: boolean): Lines => ({
  first: first ? block.first : part.first,
  last: last ? block.last : part.last,
});

function partOf(source: readonly string[], start: number, block: Lines, whole: boolean): CommandPart {
  const first = block.first + 1 + start;
  const [, , said] = (whole ? null : NUMBERED.exec(source.find((line) => NUMBERED.test(line)) ?? '')) ?? [];
  const title = said?.replace(/\s*[([][^)\]]*\d[^)\]]*[)\]]\s*$/, '');
  const expect = expectedIn(source);
  return {
    ...(title === undefined ? {} : { title }),
    text: source.join('\n'),
    ...(expect === undefined ? {} : { expect }),
    lines: whole ? block : { first, last: first + source.length - 1 },
  };
}

/** `# takes 15-30 minutes` in a comment of the block. */
function expectedIn(source: readonly string[]): string | undefined {
  const comments = source.filter(
    (line) => /^\s*#/.test(line) && /\b(takes?|duration|expected|estimated|approx\w*)\b|\(~?\d/i.test(line),
  );
  return comments.length === 1 ? spanIn(comments[0] as string) : undefined;
}

/** What ties lines together: definitions, loops, documents within, a shell that was changed. */
const TIED =
  /^#!|^\s*(if|for|while|until|case|function)\b|^\s*[\w-]+\s*\(\)\s*\{|<<-?\s*["'\\]?\w|^\s*(set|cd|pushd|export|source|\.|alias|trap|ssh|exec|sudo su|su)\b|^\s*\\c\b/m;

function canStandAlone(parts: readonly (readonly string[])[]): boolean {
  const texts = parts.map((lines) => lines.join('\n'));
  if (texts.some((text) => TIED.test(text) || /\\\s*$/.test(text))) return false;
  const set = texts.map((text) =>
    [...text.matchAll(/(?:^|[;&]\s*|\s)([A-Za-z_]\w*)=/gm)].map(([, name]) => name as string),
  );
  return !texts.some((text, n) =>
    set
      .slice(0, n)
      .flat()
      .some((name) => new RegExp(`\\$\\{?${name}\\b`).test(text)),
  );
}

/** A title without the time that stands in it, and that time: `Restore (15-30 minutes)`. */
export function titleAndTime(title: string): { readonly title: string; readonly expect?: string } {
  const inBrackets = /\s*[([]([^)\]]*\d[^)\]]*)[)\]]\s*:?\s*$/.exec(title);
  const bare = /\s+[–—-]\s+((?:~|approx\.?|about)?\s*\d[^–—]*)$/i.exec(title);
  const found = inBrackets ?? bare;
  const expect = found ? (spanIn(found[1] as string) ?? durationIn(found[1] as string)) : undefined;
  const rest = expect === undefined ? title : title.slice(0, found?.index).trim();
  return { title: rest.replace(/\s*:\s*$/, ''), ...(expect === undefined ? {} : { expect }) };
}
