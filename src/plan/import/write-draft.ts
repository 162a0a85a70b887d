import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { PlanPath } from '../../model/finding.ts';
import { pathText } from '../../model/finding.ts';
import type { DraftMap, DraftNode } from './draft.ts';
import { type Lines, placeText } from './lines.ts';
import type { Question } from './reading.ts';
import type { Repair } from './repair-text.ts';

/** Where a value of the draft was read. */
export interface Provenance {
  readonly path: string;
  readonly from: string;
}

export interface DraftText {
  readonly file: string;
  readonly top: DraftMap;
  readonly questions: readonly Question[];
  readonly repairs: readonly Repair[];
  /** Titles over parts that are in the draft. */
  readonly titles: readonly { readonly title: string; readonly lines: Lines }[];
  /** What found no place, with its lines. */
  readonly rest: readonly { readonly lines: Lines; readonly text: string }[];
}

const ORDER = [
  'lifeboat', 'plan', 'domains', 'environments', 'people', 'roles', 'vendors', 'channels', 'objectives', 'classes', 'data', 'service_levels',
  'components', 'scenarios', 'procedures', 'severities', 'escalation', 'templates', 'post_mortem', 'drills', 'tasks', 'controls', 'files',
]; // biome-ignore format: one list

/** The draft as YAML, with the place of every value as a comment, the open questions above and the rest of the document below. */
export function writeDraft(draft: DraftText): { readonly yaml: string; readonly values: readonly Provenance[] } {
  const values: Provenance[] = [];
  const sorted = new Map([...draft.top.entries].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)));
  const document = new Document(nodeOf({ kind: 'map', entries: sorted }, [], { file: draft.file, values }));
  // The loader takes this character for a sign of damage, so it is written as an escape: such values stand in quotes.
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: true }).replaceAll('\ufffd', '\\ufffd');
  return { yaml: `${headOf(draft)}\n${body}${restOf(draft)}`, values };
}

interface Writing {
  readonly file: string;
  readonly values: Provenance[];
}

function nodeOf(node: DraftNode, path: PlanPath, writing: Writing): YAMLMap | YAMLSeq | Scalar {
  if (node.kind === 'value') return scalarOf(node, path, writing);
  if (node.kind === 'list') {
    const list = new YAMLSeq();
    list.items = node.items.map((item, index) => nodeOf(item, [...path, index], writing));
    return list;
  }
  const map = new YAMLMap();
  map.items = inOrder(node, path).map(([key, value], index) => {
    const pair = new Pair(new Scalar(key), nodeOf(value, [...path, key], writing));
    if (path.length === 0 && index > 0) pair.key.spaceBefore = true;
    return pair;
  });
  return map;
}

const FIRST_KEYS = ['name', 'title', 'kind', 'owner', 'version', 'loses', 'detection', 'prerequisites', 'objectives'];

/** What tells most of a plan, a component or a scenario comes first, in whatever order it was read. */
function inOrder(node: DraftMap, path: PlanPath): readonly [string, DraftNode][] {
  const isThing =
    (path.length === 1 && path[0] === 'plan') ||
    (path.length === 2 && ['components', 'scenarios'].includes(String(path[0])));
  const entries = [...node.entries];
  if (!isThing) return entries;
  const ranked = entries.map((entry) => ({
    entry,
    rank: FIRST_KEYS.includes(entry[0]) ? FIRST_KEYS.indexOf(entry[0]) : FIRST_KEYS.length,
  }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ entry }) => entry);
}

function scalarOf(
  { value, from }: Extract<DraftNode, { kind: 'value' }>,
  path: PlanPath,
  { file, values }: Writing,
): Scalar {
  const scalar = new Scalar(typeof value === 'string' && path.at(-1) !== 'when' ? literal(value) : value);
  if (typeof value === 'string') {
    if (UNPRINTABLE.test(value)) scalar.type = Scalar.QUOTE_DOUBLE;
    else if (value.includes('\n')) scalar.type = Scalar.BLOCK_LITERAL;
    else if (NOT_TEXT.test(value)) scalar.type = Scalar.QUOTE_DOUBLE;
  }
  if (from) {
    const place = placeText(file, from);
    scalar.comment = ` from: ${place}`;
    values.push({ path: pathText(path), from: place });
  } else if (isAssumed(path)) scalar.comment = ' assumed';
  return scalar;
}

/** Names and kinds of steps follow from what is said of them; nobody has to confirm those. */
const isAssumed = (path: PlanPath): boolean =>
  path.length > 1 && !['id', 'uses', 'name', 'protected'].includes(String(path.at(-1)));

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in YAML as they are
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd-\uffff]|^\s*\n|^[ \t]/;
/** A version such as 1.0 would come back as a number. */
const NOT_TEXT = /^[\d.+-]+$|^\d{4}-\d\d-\d\d/;

/** What looks like an expression of ours in foreign text stays that text. */
const literal = (text: string): string => text.replaceAll('${{', '${{ "${{" }}');

function headOf({ file, questions, repairs }: DraftText): string {
  const ask = questions.map(
    ({ text, from }, index) => `${index + 1}. ${from ? `${placeText(file, from)}  ` : ''}${text}`,
  );
  return comment([
    `A draft, read from ${file} by: lifeboat import. Nothing in it was confirmed by a person.`,
    'A value with `from` stands in those lines; one marked `assumed` does not stand in the document.',
    ...(repairs.length === 0
      ? []
      : [
          '',
          `Damaged characters that were put right (${repairs.length}):`,
          ...repairs.map((repair) => repairText(file, repair)),
        ]),
    '',
    `Open questions (${questions.length}):`,
    ...(ask.length > 0 ? ask : ['none']),
  ]);
}

const repairText = (file: string, { lines, from, to, readAs }: Repair): string =>
  `  ${placeText(file, lines)}  ${to} (was ${JSON.stringify(from)}: UTF-8 read as ${readAs})`;

function restOf({ file, rest, titles }: DraftText): string {
  const over = titles.map(({ title, lines }) => `  ${placeText(file, lines)}  ${title}`);
  const headings = over.length === 0 ? '' : `\n${comment(['Titles over what is in the draft:', ...over])}`;
  if (rest.length === 0) return headings;
  const blocks = rest.flatMap(({ lines, text }) => [
    '',
    `from: ${placeText(file, lines)}`,
    ...text.split('\n').map((line) => `  ${line}`),
  ]);
  return `${headings}\n${comment([`What found no place in the plan language, so that nothing is lost (${rest.length} parts):`, ...blocks])}`;
}

/** Characters that end a line anywhere must not end a comment. */
const comment = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `# ${line.replaceAll(UNPRINTABLE_IN_COMMENT, escaped)}`.trimEnd())
    .join('\n')
    .concat('\n');

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in YAML as they are
const UNPRINTABLE_IN_COMMENT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd-\uffff]/g;
const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
