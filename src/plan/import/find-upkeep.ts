import { allBlocks, allSections, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { scenarioLike } from './match-scenario.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { dayIn, isMonth, scheduleIn } from './read-values.ts';
import { isOpenPlace, nameFor, type Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** What is done again and again: rehearsals, and tasks with a rhythm. */
export function findUpkeep(reading: Reading): void {
  const visit = (section: Section, inside: boolean): void => {
    const drills = inside || topicOf(section) === 'drills' || rhythmOf(section.title) !== undefined;
    if (drills) {
      for (const table of tablesOf(section)) readTable(reading, table);
      readLists(reading, section);
    }
    for (const child of section.sections) visit(child, drills);
  };
  visit(reading.root, false);
  readDays(reading);
}

/** `Next DR drill: 2026-01-04`: days that stand somewhere else than the drill. */
function readDays(reading: Reading): void {
  const pairs = allSections(reading.root).flatMap(({ blocks }) =>
    blocks.filter(({ kind }) => kind !== 'table').flatMap(pairsIn),
  );
  for (const { key, value, lines, whole } of pairs) {
    const [, when = '', what = ''] =
      /^(last|next) (?:successful |scheduled |planned )?((?:[\w-]+ ){0,3}(?:drills?|tests?|exercise))( date)?$/i.exec(
        key,
      ) ?? [];
    if (when !== '' && isMonth(plain(value))) keepMonth(reading, what, { key, value, lines, whole });
    const day = when === '' ? undefined : dayOrNever(plain(value));
    if (day === undefined || (when.toLowerCase() === 'next' && day === 'never')) continue;
    const [only, ...others] = drillsLike(reading, what);
    if (only === undefined || others.length > 0) reading.ask(`Of which drill is "${key}: ${plain(value)}"?`, lines);
    else if (
      reading.draft.put(['drills', only, when.toLowerCase()], day, lines) &&
      whole &&
      /^(never|not yet.*|[\d-]{10})$/i.test(plain(value))
    )
      reading.use(lines);
  }
}

/** A month says less than a plan needs to know; no day is made up for it. */
function keepMonth(reading: Reading, what: string, { key, value, lines, whole }: Pair): void {
  const said = `${key}: ${plain(value)}`;
  reading.ask(`On which day is "${said}"?`, lines);
  const [only, ...others] = drillsLike(reading, what);
  if (only === undefined || others.length > 0) return;
  reading.draft.append(['drills', only, 'note'], said, lines);
  if (whole) reading.use(lines);
}

function drillsLike({ draft }: Reading, what: string): readonly string[] {
  const kind = /restor|recover|backup/i.test(what) ? /^restore$/ : /fail-?over/i.test(what) ? /^failover$/ : /^full$/;
  return draft.keys(['drills']).filter((name) => {
    const node = draft.read(['drills', name, 'kind']);
    return node?.kind === 'value' && kind.test(String(node.value));
  });
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/table[- ]?top|walk-?through/i, 'tabletop'],
  [/security|breach|incident response/i, 'security'],
  [/fail-?over|region/i, 'failover'],
  [/roll ?back/i, 'rollback'],
  [/\bfull\b|complete|simulation|end-to-end|dr (drill|test)|disaster recovery (drill|test)/i, 'full'],
  [/restor|recover|back-?up/i, 'restore'],
];
const REHEARSED = /table[- ]?top|drill|\btests?\b|testing|rehears|exercise|simulat|fail-?over|restor|walk-?through/i;

interface Again {
  readonly title: string;
  readonly every: string;
  readonly lines: Lines;
  readonly last?: string | undefined;
  readonly next?: string | undefined;
  /** The heading it stands under. */
  readonly under?: string;
}

function keep(reading: Reading, { title, every, lines, last, next, under = '' }: Again): void {
  const { draft } = reading;
  const rehearsed =
    REHEARSED.test(title) ||
    (/\b(drills?|exercises?|game ?days?|(testing|test) schedule)\b/i.test(under) &&
      /recover|roll ?back|restor|fail|incident|breach/i.test(title));
  const rehearsal = rehearsed && !/review|update|check|document/i.test(title);
  const kind = rehearsal ? 'drills' : 'tasks';
  const at = [kind, nameFor(title, draft.keys([kind]))];
  draft.put([...at, 'title'], title, lines);
  if (rehearsal) {
    draft.put([...at, 'kind'], KINDS.find(([words]) => words.test(title))?.[1] ?? 'review');
    const scenario = scenarioLike(reading, title);
    if (scenario !== undefined) draft.add([...at, 'scenarios'], scenario);
  }
  draft.put([...at, 'every'], every, lines);
  if (last !== undefined) draft.put([...at, 'last'], last, lines);
  if (next !== undefined && rehearsal) draft.put([...at, 'next'], next, lines);
}

function readTable(reading: Reading, table: TableBlock): void {
  const often = columnOf(table, /frequency|schedule|how often|cadence|interval/i);
  const last = columnOf(table, /^last/i);
  const next = columnOf(table, /^next/i);
  const what = table.header.findIndex((_cell, index) => ![often, last, next].includes(index));
  if (often === undefined || what < 0) return;
  for (const row of table.rows) {
    const [title, every] = [cellOf(row, what), scheduleIn(cellOf(row, often) ?? '')];
    if (title === undefined || every === undefined) continue;
    const days = [last, next].map((column) => dayOrNever(cellOf(row, column)));
    keep(reading, { title, every, lines: row.lines, last: days[0], next: days[1] === 'never' ? undefined : days[1] });
    const told = [last, next].every((column, n) => cellOf(row, column) === undefined || days[n] !== undefined);
    const exact = scheduleIn(cellOf(row, often) ?? '')?.toLowerCase() === cellOf(row, often)?.toLowerCase();
    if (told && exact) useRow(reading, row, [what, often, last, next]);
    else if (!told)
      reading.ask(`When was "${title}" done last, and when is it due? The document has no day.`, row.lines);
  }
}

const dayOrNever = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : /^(never|not yet)/i.test(text) ? 'never' : dayIn(text);

/** `Weekly: restore test`, `Restore test: weekly`, or a heading `Weekly` with a list below it. */
function readLists(reading: Reading, section: Section): void {
  let above = rhythmOf(section.title);
  for (const block of section.blocks) {
    if (block.kind !== 'list') {
      if (block.kind !== 'text') continue;
      const label = /^\W*\*\*([^*]+)\*\*\W*$/.exec(block.text)?.[1];
      above = label === undefined ? above : (rhythmOf(label) ?? above);
      if (label !== undefined && rhythmOf(label) !== undefined) reading.frame(block.lines);
      for (const pair of pairsIn(block)) readPair(reading, pair, section.title);
      continue;
    }
    const pairs = pairsIn(block);
    for (const item of block.items) {
      const pair = pairs.find(({ lines }) => lines.first === item.lines.first);
      if (pair && readPair(reading, pair, section.title)) continue;
      const [first] = item.blocks;
      if (
        above === undefined ||
        first?.kind !== 'text' ||
        item.blocks.some((inner) => allBlocks(inner).some(({ kind }) => kind === 'code'))
      )
        continue;
      keep(reading, {
        title: plain(first.text.replace(/^\[[ xX]\]\s*/, '')),
        every: above,
        lines: item.lines,
        under: section.title,
      });
      if (item.blocks.length === 1) reading.use(item.lines);
    }
  }
}

const wholeSchedule = (title: string): string | undefined =>
  /\b(daily|weekly|monthly|quarterly|semi-?annual(ly)?|bi-?annual(ly)?|annual(ly)?|yearly|every|once a|twice a)\b/i.test(
    title,
  )
    ? scheduleIn(title)
    : undefined;

/** The rhythm a heading names, also by the event before which all below it is done: `Pre-deployment checklist`. */
function rhythmOf(title: string): string | undefined {
  const [, event] =
    /^(?:pre-?|before (?:every |each |any |a )?)(deployment|release|migration|launch|change)\b/i.exec(title) ?? [];
  return event === undefined ? wholeSchedule(title) : `before a ${event.toLowerCase()}`;
}

function readPair(
  reading: Reading,
  { key, value, lines, whole }: { key: string; value: string; lines: Lines; whole: boolean },
  under: string,
): boolean {
  if (value === '' || isOpenPlace(plain(value))) return false;
  const before = wholeSchedule(key);
  const after = before === undefined ? wholeSchedule(plain(value)) : undefined;
  const every = before ?? after;
  if (every === undefined) return false;
  const title = before === undefined ? key : plain(value);
  keep(reading, { title, every, lines, under });
  if (whole && (before === undefined ? plain(value) : key).split(' ').length <= 2) reading.use(lines);
  return true;
}
