import { allSections, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { spanIn } from './read-values.ts';
import { nameFor, type Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** How bad an incident can be, and how soon somebody works on it. */
export function findSeverities(reading: Reading): void {
  for (const section of allSections(reading.root)) {
    for (const table of tablesOf(section)) readSeverityTable(reading, table);
    readSeverityHeading(reading, section);
    if (topicOf(section) === 'severities') readSeverityLines(reading, section);
  }
}

const CODE = /\b(sev(?:erity)?[- ]?\d|p[0-4])\b/i;

/** `sev1`, `p0`, or the word that begins the text. */
function severityName(text: string): string | undefined {
  const [code] = CODE.exec(text) ?? [];
  if (code !== undefined)
    return code
      .toLowerCase()
      .replace(/^severity/, 'sev')
      .replaceAll(/[- ]/g, '');
  const [word] = /^(critical|high|major|medium|moderate|minor|low)\b/i.exec(text) ?? [];
  return word?.toLowerCase();
}

function readSeverityTable(reading: Reading, table: TableBlock): void {
  const level = columnOf(table, /^(severity|sev|level|priority)\b/i);
  const response = columnOf(table, /response|respond|sla/i);
  const meaning = columnOf(table, /definition|description|impact|meaning|criteria/i);
  const examples = columnOf(table, /example/i);
  if (level === undefined || (response === undefined && meaning === undefined && examples === undefined)) return;
  if (columnOf(table, /\brto\b|\brpo\b|component/i) !== undefined) return;
  for (const row of table.rows) {
    const written = cellOf(row, level) ?? '';
    const name = severityName(written);
    if (name === undefined) continue;
    const title = [written, cellOf(row, meaning)].filter(Boolean).join(': ');
    reading.draft.put(['severities', name, 'title'], title, row.lines);
    for (const example of (cellOf(row, examples) ?? '').split(/\s*[,;]\s*/).filter((text) => text !== ''))
      reading.draft.add(['severities', name, 'examples'], example, row.lines);
    if (keepResponse(reading, name, cellOf(row, response), row.lines))
      useRow(reading, row, [level, response, meaning, examples]);
  }
}

/** How soon somebody works on it. False when the text says more, or something else. */
function keepResponse({ draft }: Reading, name: string, text: string | undefined, lines: Lines): boolean {
  if (text === undefined) return true;
  const within = /next business day/i.test(text)
    ? 'next-business-day'
    : /^\W*immediate/i.test(text)
      ? 'immediate'
      : spanIn(text);
  if (within === undefined) return false;
  draft.put(['severities', name, 'respond_within'], within, lines);
  return /^\W*(immediate(ly)?|next business day|[<≤~]?\s*\d[\w\s.–-]*)$/i.test(text);
}

/** A heading of its own for each: `### SEV1 - Critical`, with what belongs to it below. */
function readSeverityHeading(reading: Reading, section: Section): void {
  const name = /^(sev(?:erity)?[- ]?\d|p[0-4])\b/i.test(section.title) ? severityName(section.title) : undefined;
  if (name === undefined || reading.draft.read(['severities', name])) return;
  reading.draft.put(['severities', name, 'title'], section.title, section.lines);
  reading.use(section.lines);
  for (const block of section.blocks)
    for (const { key, value, lines, whole } of pairsIn(block)) {
      if (/respon[sd]/i.test(key) && keepResponse(reading, name, plain(value), lines) && whole) reading.use(lines);
      if (!/^examples?$/i.test(key) || value === '') continue;
      for (const example of plain(value).split(/\s*[,;]\s*/))
        reading.draft.add(['severities', name, 'examples'], example, lines);
      if (whole) reading.use(lines);
    }
}

/** `P0 (Critical): all is down, respond in 15 minutes`, one to a line or an item. */
function readSeverityLines(reading: Reading, { blocks }: Section): void {
  for (const block of blocks.filter(({ kind }) => kind !== 'table'))
    for (const { key, value, lines, whole } of pairsIn(block)) {
      const name = severityName(key);
      if (name === undefined || reading.draft.read(['severities', name])) continue;
      reading.draft.put(['severities', nameFor(name), 'title'], [key, plain(value)].filter(Boolean).join(': '), lines);
      keepResponse(reading, name, plain(value), lines);
      if (whole) reading.use(lines);
    }
}
