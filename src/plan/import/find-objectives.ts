import { allSections, plain, type Section, type TableBlock, type TableRow } from './blocks.ts';
import { componentFor } from './find-components.ts';
import type { Lines } from './lines.ts';
import { componentsLike } from './match-component.ts';
import { type Axis, classOf, pathOf, type Subject, subjectOf } from './objective-paths.ts';
import { keepObjective } from './objective-values.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { objectiveIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

const AXES: readonly (readonly [Axis, RegExp])[] = [
  ['rto', /\brto\b|recovery time (objective|target|goal)|^(max\w* |target )?recovery time$/i],
  ['rpo', /\brpo\b|recovery point (objective|target|goal)|^(target )?recovery point$/i],
];

/** What is promised: for all, for a class, a component, a kind of data or a scenario, from tables, lists and lines. */
export function findObjectives(reading: Reading, ofScenario: (section: Section) => boolean): void {
  for (const section of allSections(reading.root)) {
    if (ofScenario(section)) continue;
    for (const table of tablesOf(section)) readTable(reading, table, section);
    if (topicOf(section) === 'metadata' || /template|report|example|post/i.test(section.title)) continue;
    if (readClass(reading, section)) continue;
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

interface Column {
  readonly axis: Axis;
  readonly column: number;
}

function readTable(reading: Reading, table: TableBlock, section: Section): void {
  const columns = objectiveColumns(table, section);
  const subject = table.header.findIndex(
    (cell, index) => !columns.some(({ column }) => column === index) && !/^(#|no\.?|mtd|mtpd|id)$/i.test(plain(cell)),
  );
  if (columns.length === 0 || subject < 0 || columnOf(table, /^(step|action)$/i) !== undefined) return;
  const heading = plain(table.header[subject] ?? '');
  const axes = columns.map(({ axis }) => axis);
  for (const row of table.rows) {
    const title = cellOf(row, subject);
    if (title === undefined || AXES.some(([, words]) => words.test(title))) continue;
    const about = subjectOf(title, heading === '' ? 'component' : heading, axes, () => true);
    const read = () => readRow(reading, { table, row, about, subject, columns });
    if (about.kind === 'scenario') reading.later(read);
    else read();
  }
}

function objectiveColumns(table: TableBlock, section: Section): readonly Column[] {
  const named = AXES.map(([axis, words]) => ({ axis, column: columnOf(table, words) }));
  const one = named.every(({ column }) => column === undefined) ? onlyAxis(section.title) : undefined;
  const only = one && columnOf(table, /target|objective|time|value|max|recovery/i);
  const all = [...named, ...(one && only ? [{ axis: one, column: only }] : [])];
  return all.filter((entry): entry is Column => entry.column !== undefined);
}

interface Row {
  readonly table: TableBlock;
  readonly row: TableRow;
  readonly about: Subject;
  readonly subject: number;
  readonly columns: readonly Column[];
}

function readRow(reading: Reading, { table, row, about, subject, columns }: Row): void {
  const at = pathOf(reading, about, row.lines, table.lines);
  if (!at) return;
  const extra = extraColumns(table, subject);
  const kept = columns.map(({ axis, column }) => keepObjective(reading, at, axis, cellOf(row, column), row.lines));
  readExtras(reading, at, row, extra);
  const isRisk = (column: number | undefined) => riskIn(cellOf(row, column)) !== undefined;
  if (kept.every(Boolean))
    useRow(reading, row, [
      subject,
      ...columns.map(({ column }) => column),
      ...(at[0] === 'components' ? [extra.priority, extra.technology] : []),
      ...(at[0] === 'classes' ? [extra.members] : []),
      ...(at[0] === 'scenarios' ? [extra.likelihood, extra.damage].filter(isRisk) : []),
    ]);
}

function extraColumns(table: TableBlock, subject: number) {
  const other = (words: RegExp) => {
    const column = columnOf(table, words);
    return column === subject ? undefined : column;
  };
  return {
    priority: other(/priority|tier|class|critical/i),
    technology: other(/technolog|platform|stack|what it is|hosted/i),
    members: other(/component|system|service|member|includes|application|example/i),
    likelihood: other(/likel|probab/i),
    damage: other(/impact|damage/i),
  };
}

type Extras = ReturnType<typeof extraColumns>;

function readExtras(
  reading: Reading,
  at: readonly string[],
  row: TableRow,
  { priority, technology, members, likelihood, damage }: Extras,
): void {
  const { draft } = reading;
  const [kind, name] = at;
  const rank = cellOf(row, priority);
  const made = cellOf(row, technology);
  if (kind === 'components' && made !== undefined) draft.put([...at, 'technology'], made, row.lines);
  if (kind === 'components' && rank !== undefined)
    draft.put([...at, 'class'], classOf(reading, rank, row.lines), row.lines);
  if (kind === 'classes' && name !== undefined)
    addMembers(reading, name, (cellOf(row, members) ?? '').split(/\s*[,;]\s*/), row.lines);
  if (kind !== 'scenarios') return;
  for (const [field, column] of [
    ['likelihood', likelihood],
    ['damage', damage],
  ] as const) {
    const level = riskIn(cellOf(row, column));
    if (level !== undefined) draft.put([...at, field], level, row.lines);
  }
}

function addMembers(reading: Reading, name: string, members: readonly string[], lines: Lines): boolean {
  const found = members.filter((text) => text !== '').map((member) => componentFor(reading, member, lines));
  for (const component of found)
    if (component !== undefined) reading.draft.put(['components', component, 'class'], name, lines);
  return found.every((component) => component !== undefined);
}

export const riskIn = (text: string | undefined): string | undefined =>
  /^(very[- ]low|low|medium|high|critical)$/i
    .exec(text?.trim() ?? '')?.[0]
    ?.toLowerCase()
    .replace(' ', '-');

/** `#### P0 - Critical (RTO: 1 hour)` over the list of what belongs to it. */
function readClass(reading: Reading, section: Section): boolean {
  const found = AXES.flatMap(([axis]) => {
    const [, value] = new RegExp(String.raw`\b${axis}\b\s*[:=<]?\s*([^,;)]+)`, 'i').exec(section.title) ?? [];
    return value === undefined || objectiveIn(value) === undefined ? [] : [{ axis, value }];
  });
  const isClass = /^(p\d|tier|priority|class|(non-?)?critical|high|medium|low)\b/i.test(section.title);
  if (found.length === 0 || !isClass) return false;
  const name = classOf(reading, section.title.replace(/\s*\(.*$/, ''), section.lines);
  for (const { axis, value } of found) keepObjective(reading, ['classes', name], axis, value, section.lines);
  reading.use(section.lines);
  for (const block of section.blocks)
    if (block.kind === 'list')
      for (const { blocks, lines } of block.items) {
        const [first] = blocks;
        if (first?.kind === 'text' && addMembers(reading, name, [plain(first.text)], lines) && blocks.length === 1)
          reading.use(lines);
      }
  return true;
}

/** `RTO: 4 hours`, or below a heading about the RTO `Database: 1 hour`. */
function readPair(reading: Reading, { key, value, lines, whole }: Pair, above: Axis | undefined): void {
  const own = AXES.filter(([, words]) => words.test(key));
  const title = plain(
    key.replaceAll(/\(?\b(rto|rpo|recovery (time|point)( objective)?|target)\b\)?/gi, '').replaceAll(/[()]/g, ''),
  );
  const axis = own.length === 1 ? own[0]?.[0] : above;
  if (axis === undefined || own.length > 1 || value === '' || objectiveIn(value) === undefined) return;
  const known = (text: string) => componentsLike(reading, text).length === 1;
  const about: Subject = title === '' ? { kind: 'all' } : subjectOf(title, '', [axis], known);
  const read = () => {
    const at = pathOf(reading, about, lines);
    if (at && keepObjective(reading, at, axis, plain(value), lines) && whole) reading.use(lines);
  };
  if (about.kind === 'scenario') reading.later(read);
  else read();
}
