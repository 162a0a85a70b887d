import { allBlocks, allSections, plain, type Section, type TableBlock } from './blocks.ts';
import { scenarioLike } from './find-objectives.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { dayIn, durationIn, scheduleIn } from './read-values.ts';
import { isOpenPlace, nameFor, type Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** What is done again and again, and what is learned and said afterwards. */
export function findUpkeep(reading: Reading): void {
  const visit = (section: Section, inside: boolean): void => {
    const drills = inside || topicOf(section) === 'drills';
    if (drills) {
      for (const table of tablesOf(section)) readTable(reading, table);
      readLists(reading, section);
    }
    if (topicOf(section) === 'post-mortem') readPostMortem(reading, section);
    for (const child of section.sections) visit(child, drills);
  };
  visit(reading.root, false);
  readTemplates(reading);
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/table ?top|walk-?through/i, 'tabletop'],
  [/security|breach|incident response/i, 'security'],
  [/fail-?over|region/i, 'failover'],
  [/roll ?back/i, 'rollback'],
  [/\bfull\b|complete|simulation|end-to-end|dr (drill|test)|disaster recovery (drill|test)/i, 'full'],
  [/restor|recover|back-?up/i, 'restore'],
];
const REHEARSED = /drill|\btests?\b|testing|rehears|exercise|simulat|fail-?over|restor|walk-?through/i;

interface Again {
  readonly title: string;
  readonly every: string;
  readonly lines: Lines;
  readonly last?: string | undefined;
  readonly next?: string | undefined;
}

function keep(reading: Reading, { title, every, lines, last, next }: Again): void {
  const { draft } = reading;
  const rehearsal = REHEARSED.test(title) && !/review|update|check|document/i.test(title);
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
  const above = wholeSchedule(section.title);
  for (const block of section.blocks) {
    if (block.kind !== 'list') {
      if (block.kind === 'text') for (const pair of pairsIn(block)) readPair(reading, pair);
      continue;
    }
    const pairs = pairsIn(block);
    for (const item of block.items) {
      const pair = pairs.find(({ lines }) => lines.first === item.lines.first);
      if (pair && readPair(reading, pair)) continue;
      const [first] = item.blocks;
      if (
        above === undefined ||
        first?.kind !== 'text' ||
        item.blocks.some((inner) => allBlocks(inner).some(({ kind }) => kind === 'code'))
      )
        continue;
      keep(reading, { title: plain(first.text.replace(/^\[[ xX]\]\s*/, '')), every: above, lines: item.lines });
      if (item.blocks.length === 1) reading.use(item.lines);
    }
  }
}

const wholeSchedule = (title: string): string | undefined =>
  /\b(daily|weekly|monthly|quarterly|semi-?annual(ly)?|annual(ly)?|yearly)\b/i.test(title)
    ? scheduleIn(title)
    : undefined;

function readPair(
  reading: Reading,
  { key, value, lines, whole }: { key: string; value: string; lines: Lines; whole: boolean },
): boolean {
  if (value === '' || isOpenPlace(plain(value))) return false;
  const before = wholeSchedule(key);
  const after = before === undefined ? wholeSchedule(plain(value)) : undefined;
  const every = before ?? after;
  if (every === undefined) return false;
  const title = before === undefined ? key : plain(value);
  keep(reading, { title, every, lines });
  if (whole && (before === undefined ? plain(value) : key).split(' ').length <= 2) reading.use(lines);
  return true;
}

/** Within which time one learns from it, and what the report must say. */
function readPostMortem(reading: Reading, section: Section): void {
  const { draft } = reading;
  for (const { blocks, title, lines } of allSections(section)) {
    for (const block of blocks) {
      if (block.kind === 'text' || block.kind === 'list') {
        for (const text of block.kind === 'text' ? [block] : block.items.flatMap((item) => item.blocks)) {
          if (text.kind !== 'text' || !/\bwithin\b/i.test(text.text)) continue;
          const within = durationIn(/within\s+(.{1,20})/i.exec(plain(text.text))?.[1] ?? '');
          if (within !== undefined && !draft.read(['post_mortem', 'within']))
            draft.put(['post_mortem', 'within'], within, text.lines);
        }
      }
      if (block.kind === 'code' && !/^(bash|sh|sql)$/.test(block.language))
        readFields(reading, block.text, block.lines);
    }
    if (/template/i.test(section.title) && title !== section.title) draft.add(['post_mortem', 'fields'], title, lines);
  }
  if (draft.read(['post_mortem']) && !draft.read(['post_mortem', 'within'])) {
    draft.put(['post_mortem', 'within'], '48h');
    reading.ask(
      'How soon after an incident is it looked back on? The document does not say; 48h was assumed.',
      section.lines,
    );
  }
}

function readFields({ draft }: Reading, template: string, block: Lines): void {
  for (const [index, line] of template.split('\n').entries()) {
    const [, heading] = /^#{1,6}\s+(.+)$/.exec(line) ?? [];
    const [, key] = /^\s*[-*]?\s*\*\*([^*:]{2,40}):?\*\*/.exec(line) ?? [];
    const at = { first: block.first + 1 + index, last: block.first + 1 + index };
    const name = heading ?? key;
    if (name !== undefined) draft.add(['post_mortem', 'fields'], plain(name), at);
  }
}

/** Blocks of text below a heading about communication are messages ready to be sent. */
function readTemplates(reading: Reading): void {
  for (const section of allSections(reading.root)) {
    if (topicOf(section) !== 'communication' && !/template|message|announcement/i.test(section.title)) continue;
    for (const block of section.blocks) {
      if (
        block.kind !== 'code' ||
        !/^(|text|txt|markdown|md|plain\w*)$/.test(block.language) ||
        reading.isUsed(block.lines)
      )
        continue;
      const name = nameFor(section.title, reading.draft.keys(['templates']));
      reading.draft.put(['templates', name, 'text'], block.text, block.lines);
      const [, subject] = /^subject:\s*(.+)$/im.exec(block.text) ?? [];
      if (subject !== undefined) reading.draft.put(['templates', name, 'subject'], subject, block.lines);
      for (const [, variable] of block.text.matchAll(/[[{<]([A-Za-z][\w /-]{1,40})[\]}>]/g))
        reading.draft.add(['templates', name, 'variables'], variable as string, block.lines);
      reading.use(block.lines);
    }
  }
}
