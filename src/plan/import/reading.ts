import { allSections, isFold, plain, type Section } from './blocks.ts';
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
  /** Puts off what needs the scenarios, which are read later. */
  later(read: () => void): void;
  /** Does what was put off. */
  catchUp(): void;
  /** The component that answers at this address, when it is known. */
  serviceAt(url: string): string | undefined;
}

export function openReading(file: string, text: string, root: Section): Reading {
  const source = text.split('\n');
  const draft = createDraft();
  const questions: Question[] = [];
  const asked = new Set<string>();
  const used = new Set<number>();
  const frames: { lines: Lines; title: string }[] = [];
  const ends = endsOf(allSections(root), source.length);
  const putOff: (() => void)[] = [];
  return {
    file,
    root,
    draft,
    questions,
    ask(question, from) {
      const key = `${from?.first ?? ''} ${question}`;
      if (!asked.has(key)) questions.push({ text: question, ...(from ? { from } : {}) });
      asked.add(key);
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
    rangeOf: (section) => ({ first: section.lines.first, last: ends.get(section) ?? source.length }),
    place: (lines) => placeText(file, lines),
    later: (read) => void putOff.push(read),
    catchUp() {
      for (const read of putOff.splice(0)) read();
    },
    serviceAt: (url) =>
      draft.keys(['components']).find((name) => {
        const node = draft.read(['components', name, 'health', 'url']);
        return node?.kind === 'value' && node.value === url;
      }),
  };
}

/** The last line of every section: it ends where one begins that is not inside it. */
function endsOf(sections: readonly Section[], end: number): ReadonlyMap<Section, number> {
  const ends = new Map<Section, number>();
  const open: Section[] = [];
  for (const section of sections) {
    while ((open.at(-1)?.depth ?? -1) >= section.depth) ends.set(open.pop() as Section, section.lines.first - 1);
    open.push(section);
  }
  for (const section of open) ends.set(section, end);
  return ends;
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
    else if (text !== '' && !/^([-*_]\s*){3,}$|^=+$/.test(text) && !isFold(text)) open.push(line);
  });
  close();
  return runs;
}

/** A name the plan language takes, made of words; not one of those taken. */
export function nameFor(words: string, taken: readonly string[] = []): string {
  const name = slug(words);
  if (!taken.includes(name)) return name;
  const all = new Set(taken);
  for (let n = 2; ; n++) if (!all.has(`${name}-${n}`)) return `${name}-${n}`;
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
