import type { CodeBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { spanIn } from './read-values.ts';
import { changesShell, settingsOf, withoutSettings } from './settings.ts';

/**
 * One command of a block. The texts of all parts, joined by line ends, are the block byte for byte; only what an earlier part sets is
 * repeated before them.
 */
export interface CommandPart {
  readonly title?: string;
  readonly text: string;
  readonly expect?: string;
  /** The way it is one of: `Option A: restart`. One of them is taken. */
  readonly way?: string;
  /** How many lines of earlier parts stand at its head, so that it runs by itself. */
  readonly repeated?: number;
  readonly lines: Lines;
}

const NUMBERED = /^#+[\s=*-]*(?:step\s*)?(\d+)\s*[.):–—-]\s*(\S.*)$/i;
const OPTION = /^#+\s*((?:option|method|alternative|approach)\s+[A-Z0-9]\b.*)$/i;
const OTHERWISE = /^#+\s*((?:or|alternatively|otherwise)\b.*)$/i;

/** Cuts a block at comments such as `# 1. Check` or `# Option A` when each part can run by itself; else it stays whole. */
export function splitCommand({ text, lines }: CodeBlock, withWays = true): readonly CommandPart[] {
  const source = text.split('\n');
  const at = (form: RegExp) => source.flatMap((line, index) => (form.test(line) ? [index] : []));
  const [numbers, options] = [at(NUMBERED), at(OPTION)];
  if (numbers.length > 1)
    return cutAt(source, lines, startsOf(source, numbers), true) ?? [partOf(source, 0, lines, true)];
  if (!withWays) return [partOf(source, 0, lines, true)];
  const ways = options.length > 1 ? waysAt(source, lines, options) : waysAfterOr(source, lines, at(OTHERWISE));
  return ways ?? [partOf(source, 0, lines, true)];
}

/** Where numbered parts begin. One that only sets something for the next is a part of that. */
function startsOf(source: readonly string[], numbers: readonly number[]): readonly number[] {
  const starts = [0, ...numbers.slice(1)];
  return starts.filter((start, n) => {
    const before = withoutSettings(source.slice(starts[n - 1] ?? 0, start));
    return n === 0 || before.some((line) => !/^\s*(#|$)/.test(line));
  });
}

/** What stands before the first option is done in any case. */
function waysAt(
  source: readonly string[],
  block: Lines,
  options: readonly number[],
): readonly CommandPart[] | undefined {
  const before = source.slice(0, options[0]).some((line) => line.trim() !== '');
  const starts = before ? [0, ...options] : [0, ...options.slice(1)];
  return cutAt(source, block, starts)?.map((part, n) => {
    const [, way] = OPTION.exec(source[options[before ? n - 1 : n] ?? -1] ?? '') ?? [];
    return way === undefined ? part : { ...part, title: way.replace(/:$/, ''), way };
  });
}

/** `# Or with compose` begins another way to do what the paragraph above it does. */
function waysAfterOr(
  source: readonly string[],
  block: Lines,
  ors: readonly number[],
): readonly CommandPart[] | undefined {
  const [first] = ors;
  if (first === undefined || ors.some((or) => source[or - 1]?.trim() !== '')) return undefined;
  const paragraphs = source.flatMap((line, index) =>
    index === 0 || (source[index - 1]?.trim() === '' && line.trim() !== '') ? [index] : [],
  );
  const begin = paragraphs.filter((start) => start < first).at(-1) ?? 0;
  const after = paragraphs.find((start) => start > (ors.at(-1) ?? first));
  if (paragraphs.some((start) => start > first && start < (ors.at(-1) ?? first) && !ors.includes(start)))
    return undefined;
  const ends = [begin, ...ors];
  const starts = [...new Set([0, ...ends, ...(after === undefined ? [] : [after])])];
  return cutAt(source, block, starts)?.map((part, n) => {
    const line = starts[n] ?? 0;
    if (!ends.includes(line)) return part;
    const words = /^\s*#+\s*(\S.*)$/.exec(source[line] ?? '')?.[1] ?? source[line] ?? '';
    return { ...part, title: words.replace(/:$/, ''), way: words };
  });
}

/**
 * The parts that begin at these lines; undefined when they cannot be told apart. Parts that follow each other repeat what those before
 * set; of ways only one is taken, so there nothing may be set.
 */
function cutAt(
  source: readonly string[],
  lines: Lines,
  starts: readonly number[],
  inOrder = false,
): readonly CommandPart[] | undefined {
  const parts = starts.map((start, n) => ({ start, lines: source.slice(start, starts[n + 1]) }));
  if (parts.length < 2 || !canStandAlone(parts.map((part) => (inOrder ? withoutSettings(part.lines) : part.lines))))
    return undefined;
  return parts.map((part, n) => {
    const found = partOf(part.lines, part.start, lines, false);
    const set = inOrder ? settingsOf(source.slice(0, part.start)) : [];
    return {
      ...found,
      ...(set.length === 0 ? {} : { text: [...set, found.text].join('\n'), repeated: set.length }),
      lines: withFence(found.lines, lines, n === 0, n === parts.length - 1),
    };
  });
}

/** The fences belong to the parts beside them. */
const withFence = (part: Lines, block: Lines, first: boolean, last: boolean): Lines => ({
  first: first ? block.first : part.first,
  last: last ? block.last : part.last,
});

function partOf(source: readonly string[], start: number, block: Lines, whole: boolean): CommandPart {
  const first = block.first + 1 + start;
  const [, , said] = (whole ? null : NUMBERED.exec(source.findLast((line) => NUMBERED.test(line)) ?? '')) ?? [];
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
  if (texts.some((text) => TIED.test(text) || /\\\s*$/.test(text) || changesShell(text))) return false;
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
