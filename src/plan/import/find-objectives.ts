import { allSections, plain, type Section, type TableBlock, type TableRow } from './blocks.ts';
import { componentOf, tellingWords } from './find-components.ts';
import type { Lines } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { objectiveIn } from './read-values.ts';
import { nameFor, type Reading, slug } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { EXPLICIT, topicOf } from './topics.ts';

type Axis = 'rto' | 'rpo';
const AXES: readonly (readonly [Axis, RegExp])[] = [
  ['rto', /\brto\b|recovery time objective/i],
  ['rpo', /\brpo\b|recovery point objective/i],
];

/** What is promised: for all, for a class, a component, a kind of data or a scenario, from tables, lists and lines. */
export function findObjectives(reading: Reading, ofScenario: (section: Section) => boolean): void {
  for (const section of allSections(reading.root)) {
    if (ofScenario(section)) continue;
    for (const table of tablesOf(section)) readTable(reading, table, section);
    if (topicOf(section) === 'metadata' || /template|report|example|post/i.test(section.title)) continue;
    for (const block of section.blocks.filter(({ kind }) => kind !== 'table')) {
      const axis = topicOf(section) === 'objectives' ? onlyAxis(section.title) : undefined;
      for (const pair of pairsIn(block)) readPair(reading, pair, axis);
    }
  }
}

const onlyAxis = (title: string): Axis | undefined => {
  const named = AXES.filter(([, words]) => words.test(title));
  return named.length === 1 ? named[0]?.[0] : undefined;
};

function readTable(reading: Reading, table: TableBlock, section: Section): void {
  const columns = AXES.map(([axis, words]) => ({ axis, column: columnOf(table, words) }));
  const one = columns.every(({ column }) => column === undefined) ? onlyAxis(section.title) : undefined;
  const only = one && columnOf(table, /target|objective|time|value|max|recovery/i);
  const usable = [...columns, ...(one && only ? [{ axis: one, column: only }] : [])].filter(
    ({ column }) => column !== undefined,
  );
  const subject = table.header.findIndex((_cell, index) => !usable.some(({ column }) => column === index));
  if (usable.length === 0 || subject < 0) return;
  const extra = extraColumns(table, subject);
  for (const row of table.rows) {
    const at = subjectPath(
      reading,
      table,
      subject,
      row,
      usable.map(({ axis }) => axis),
    );
    if (!at) continue;
    const kept = usable.map(({ axis, column }) => keep(reading, at, axis, cellOf(row, column), row.lines));
    readExtras(reading, at, row, extra);
    if (kept.every(Boolean))
      useRow(reading, row, [
        subject,
        ...usable.map(({ column }) => column),
        ...(at[0] === 'components' ? [extra.priority] : []),
        ...(at[0] === 'classes' ? [extra.members] : []),
        ...(at[0] === 'scenarios'
          ? [extra.likelihood, extra.damage].filter((column) => column !== undefined && isRisk(cellOf(row, column)))
          : []),
      ]);
  }
}

const isRisk = (text: string | undefined): boolean => riskIn(text) !== undefined;

function extraColumns(table: TableBlock, subject: number) {
  const other = (words: RegExp) => {
    const column = columnOf(table, words);
    return column === subject ? undefined : column;
  };
  return {
    priority: other(/priority|tier|class|critical/i),
    members: other(/component|system|service|member|includes/i),
    likelihood: other(/likel|probab/i),
    damage: other(/impact|damage/i),
  };
}

type Extras = ReturnType<typeof extraColumns>;

function readExtras(
  reading: Reading,
  at: readonly string[],
  row: TableRow,
  { priority, members, likelihood, damage }: Extras,
): void {
  const { draft } = reading;
  const [kind] = at;
  const rank = cellOf(row, priority);
  if (kind === 'components' && rank !== undefined) {
    const name = classOf(reading, rank, row.lines);
    draft.put([...at, 'class'], name, row.lines);
  }
  if (kind === 'classes')
    for (const member of (cellOf(row, members) ?? '').split(/\s*[,;]\s*/).filter((text) => text !== ''))
      draft.put(['components', componentOf(reading, member, row.lines), 'class'], at[1] as string, row.lines);
  if (kind !== 'scenarios') return;
  for (const [field, column] of [
    ['likelihood', likelihood],
    ['damage', damage],
  ] as const) {
    const level = riskIn(cellOf(row, column));
    if (level !== undefined) draft.put([...at, field], level, row.lines);
  }
}

export const riskIn = (text: string | undefined): string | undefined =>
  /^(very[- ]low|low|medium|high|critical)$/i
    .exec(text?.trim() ?? '')?.[0]
    ?.toLowerCase()
    .replace(' ', '-');

function classOf({ draft }: Reading, title: string, from: Lines): string {
  const [code] = /\bp\d\b/i.exec(title) ?? [];
  const name = slug(code ?? title);
  draft.put(['classes', name, 'title'], title, from);
  draft.open(['classes', name, 'objectives']);
  return name;
}

const FAILURE = /fail|outage|loss|corrupt|delet|breach|attack|ransom|disaster|deploy|rollback|unavailab|crash/i;

/** Where the objectives of a row belong. */
function subjectPath(
  reading: Reading,
  table: TableBlock,
  subject: number,
  row: TableRow,
  axes: readonly Axis[],
): readonly string[] | undefined {
  const title = cellOf(row, subject);
  if (title === undefined) return undefined;
  const heading = plain(table.header[subject] ?? '');
  if (/^(global|overall|default|all systems)/i.test(title)) return [];
  if (/priority|tier|class|criticality/i.test(heading)) return ['classes', classOf(reading, title, row.lines)];
  if (/scenario|disaster|event|incident|failure/i.test(heading)) return scenarioPath(reading, title, row.lines);
  if (/data/i.test(heading)) return dataPath(reading, title, row.lines);
  return pathFor(reading, title, row.lines, axes, false);
}

function pathFor(
  reading: Reading,
  title: string,
  lines: Lines,
  axes: readonly Axis[],
  guess: boolean,
): readonly string[] {
  if (FAILURE.test(title)) return scenarioPath(reading, title, lines);
  if (/^(p\d|tier \d|(non-?)?critical systems?|priority \d)\b/i.test(title))
    return ['classes', classOf(reading, title, lines)];
  const known = reading.draft.keys(['components']).includes(slug(title));
  if (guess && !known && !axes.includes('rto')) return dataPath(reading, title, lines);
  return ['components', componentOf(reading, title, lines)];
}

/** The scenario of that name; a scenario without steps when the document promises something for which it has no procedure. */
function scenarioPath(reading: Reading, title: string, lines: Lines): readonly string[] {
  const found = scenarioLike(reading, title);
  if (found !== undefined) return ['scenarios', found];
  const name = nameFor(title, reading.draft.keys(['scenarios']));
  reading.draft.put(['scenarios', name, 'title'], title, lines);
  reading.ask(`The document promises something for "${title}", but has no procedure for it.`, lines);
  return ['scenarios', name];
}

/** The scenario that shares most words with a title; undefined when none shares half of them, or two share as many. */
export function scenarioLike({ draft }: Reading, title: string): string | undefined {
  const words = new Set(wordsOf(title));
  const ranked = draft
    .keys(['scenarios'])
    .map((name) => {
      const node = draft.read(['scenarios', name, 'title']);
      const own = new Set(wordsOf(node?.kind === 'value' ? String(node.value) : name));
      const shared = [...own].filter((word) => words.has(word)).length;
      return { name, score: shared / Math.max(1, words.size), closeness: shared / Math.max(1, own.size) };
    })
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score || b.closeness - a.closeness);
  const [best, second] = ranked;
  return best && second && best.score === second.score && best.closeness === second.closeness ? undefined : best?.name;
}

const wordsOf = (title: string): readonly string[] => {
  const all = (
    plain(title)
      .replace(EXPLICIT, (whole) => whole.replace(/^.*?[:.–—-]/, ''))
      .toLowerCase()
      .match(/[a-z0-9]{2,}/g) ?? []
  ).map(stem);
  return [
    ...tellingWords(title).filter((word) => !/^(scenario|\d+)$/.test(word)),
    ...all.filter((word) => FAILURE.test(word)),
  ];
};

const stem = (word: string): string => word.replace(/(ed|ion|ure|ing|(?<!s)s)$/, '');

function dataPath({ draft }: Reading, title: string, lines: Lines): readonly string[] {
  const name = slug(title);
  draft.put(['data', name, 'title'], title, lines);
  draft.open(['data', name, 'objectives']);
  return ['data', name];
}

/** False when the cell says more than its value, or no value at all: then the row stays in the notes too. */
function keep(reading: Reading, at: readonly string[], axis: Axis, text: string | undefined, lines: Lines): boolean {
  if (text === undefined) return true;
  const value = objectiveIn(text);
  if (value === undefined) {
    reading.ask(`What is meant by the ${axis.toUpperCase()} "${text}"?`, lines);
    return false;
  }
  const path = [...at, 'objectives', axis];
  if (!reading.draft.put(path, value, lines)) {
    const node = reading.draft.read(path);
    const [first, where] = node?.kind === 'value' ? [node.value, node.from] : [];
    reading.ask(
      `Which ${axis.toUpperCase()} holds for ${at.at(-1) ?? 'all'}: ${first}${where ? ` (${reading.place(where)})` : ''}, or ${value}?`,
      lines,
    );
    return false;
  }
  return /^\W*\d[\d.,\s–-]*\s*[a-z]*\W*$/i.test(text) || /^[a-z-]+$/i.test(text);
}

/** `RTO: 4 hours`, or below a heading about the RTO `Database: 1 hour`. */
function readPair(reading: Reading, { key, value, lines, whole }: Pair, axis: Axis | undefined): void {
  const own = AXES.filter(([, words]) => words.test(key));
  const subject = plain(
    key.replaceAll(/\(?\b(rto|rpo|recovery (time|point) objective|target)\b\)?/gi, '').replaceAll(/[()]/g, ''),
  );
  const first = own.length === 1 ? own[0]?.[0] : axis;
  if (first === undefined || own.length > 1 || value === '' || objectiveIn(value) === undefined) return;
  const at = subject === '' ? [] : pathFor(reading, subject, lines, [first], true);
  if (keep(reading, at, first, plain(value), lines) && whole) reading.use(lines);
}
