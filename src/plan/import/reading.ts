import { allSections, plain, type Section } from './blocks.ts';
import { createDraft, type Draft } from './draft.ts';
import { type Lines, placeText } from './lines.ts';

export interface Question {
  readonly text: string;
  readonly from?: Lines;
}

/** What the readers of the parts share: the document, the draft, and what of the document has found its place in it. */
export interface Reading {
  readonly file: string;
  readonly root: Section;
  readonly draft: Draft;
  readonly questions: readonly Question[];
  ask(text: string, from?: Lines): void;
  /** These lines are in the draft now. */
  use(lines: Lines): void;
  /** These lines hold together what is in the draft: a heading, the head of a table. They are kept as a list. */
  frame(lines: Lines): void;
  readonly frames: readonly { readonly lines: Lines; readonly title: string }[];
  isUsed(lines: Lines): boolean;
  /** Runs of lines that are not in the draft, with their text as it stands in the document. */
  leftovers(within?: Lines): readonly { readonly lines: Lines; readonly text: string }[];
  /** Last line of a section with all that is in it. */
  rangeOf(section: Section): Lines;
  place(lines: Lines): string;
}

export function openReading(file: string, text: string, root: Section): Reading {
  const source = text.split('\n');
  const draft = createDraft();
  const questions: Question[] = [];
  const used = new Set<number>();
  const frames: { lines: Lines; title: string }[] = [];
  const sections = allSections(root);
  return {
    file,
    root,
    draft,
    questions,
    ask(question, from) {
      const same = questions.some(({ text, from: where }) => text === question && where?.first === from?.first);
      if (!same) questions.push({ text: question, ...(from ? { from } : {}) });
    },
    use: (lines) => eachLine(lines, (line) => used.add(line)),
    frames,
    frame(lines) {
      if (used.has(lines.first)) return;
      frames.push({
        lines,
        title: source
          .slice(lines.first - 1, lines.last)
          .join(' ')
          .trim(),
      });
      eachLine(lines, (line) => used.add(line));
    },
    isUsed: ({ first }) => used.has(first),
    leftovers: (within = { first: 1, last: source.length }) => runsOf(source, within, used),
    rangeOf(section) {
      const after = sections.slice(sections.indexOf(section) + 1).find(({ depth }) => depth <= section.depth);
      return { first: section.lines.first, last: (after?.lines.first ?? source.length + 1) - 1 };
    },
    place: (lines) => placeText(file, lines),
  };
}

function eachLine({ first, last }: Lines, visit: (line: number) => void): void {
  for (let line = first; line <= last; line++) visit(line);
}

/** Neighbouring lines that are not used; blank lines join what is around them, rules are nothing to keep. */
function runsOf(source: readonly string[], within: Lines, used: ReadonlySet<number>) {
  const runs: { lines: Lines; text: string }[] = [];
  let open: number[] = [];
  const close = () => {
    const [first, last] = [open[0], open.at(-1)];
    if (first !== undefined && last !== undefined)
      runs.push({ lines: { first, last }, text: source.slice(first - 1, last).join('\n') });
    open = [];
  };
  eachLine(within, (line) => {
    const text = (source[line - 1] ?? '').trim();
    if (used.has(line)) close();
    else if (text !== '' && !/^([-*_]\s*){3,}$|^=+$/.test(text)) open.push(line);
  });
  close();
  return runs;
}

/** A name the plan language takes, made of words; not one of those taken. */
export function nameFor(words: string, taken: readonly string[] = []): string {
  const name = slug(words);
  if (!taken.includes(name)) return name;
  for (let n = 2; ; n++) if (!taken.includes(`${name}-${n}`)) return `${name}-${n}`;
}

const LONGEST_NAME = 40;

export function slug(words: string): string {
  const name = plain(words)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  const short =
    name.length <= LONGEST_NAME
      ? name
      : name
          .slice(0, LONGEST_NAME + 1)
          .replace(/-[^-]*$/, '')
          .slice(0, LONGEST_NAME);
  return short.replace(/-+$/, '') || 'unnamed';
}

/** Forms in which templates leave a place open; in brackets, so that the search for unfinished work passes this by. */
const OPEN_PLACE =
  /\[[^\]\n]*(name|phone|email|number|date|contact|tbd|insert|your|placeholder|pagerduty|link|url)[^\]\n]*\](?!\()|\b(TB[DC]|TO[D]O|FIX[M]E)\b|(?<![A-Za-z0-9])X{3,}(?![A-Za-z0-9])|<(your|insert|enter|fill)[^>]*>|(?<!\d)555[-. ]?01\d\d(?!\d)|^_{3,}$|^\[[^\]]*\]$/i;

export const isOpenPlace = (text: string): boolean => OPEN_PLACE.test(text);
