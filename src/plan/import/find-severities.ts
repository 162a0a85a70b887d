import { allSections, type Block, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { withinIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { readSeverityBody } from './severity-body.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** How bad an incident can be, and how soon somebody works on it. */
export function findSeverities(reading: Reading): void {
  const visit = (section: Section, inside: boolean): void => {
    const about = inside || topicOf(section) === 'severities';
    for (const table of tablesOf(section)) readSeverityTable(reading, table);
    if (!readSeverityHeading(reading, section) && topicOf(section) === 'severities')
      readSeverityLines(reading, section);
    for (const child of section.sections) visit(child, about);
  };
  visit(reading.root, false);
  for (const section of allSections(reading.root)) if (topicOf(section) === 'communication') readNews(reading, section);
}

/** `P0: every 15 minutes` below a heading about internal communication: how often there is news. */
function readNews(reading: Reading, { title, blocks }: Section): void {
  const [audience = 'internal'] = /\b(internal|customers?|status page|executives?|stakeholders?)\b/i.exec(title) ?? [];
  for (const { key, value, lines, whole } of blocks.flatMap(pairsIn)) {
    const within = /^every\b/i.test(plain(value)) ? withinIn(plain(value).replace(/^every\s+(?=\d)/i, '')) : undefined;
    if (within === undefined || !CODE.test(key)) continue;
    const names = key.split(/\s*[/,&]\s*/).flatMap((one) => severityName(one) ?? []);
    for (const name of names)
      if (reading.draft.read(['severities', name]))
        reading.draft.put(['severities', name, 'updates', audience.toLowerCase()], within, lines);
    if (whole) reading.use(lines);
  }
}

const CODE = /\b(sev(?:erity)?[- ]?\d|p[0-4])\b/i;

/** `sev1`, `p0`, or the word that begins the text. */
export function severityName(text: string): string | undefined {
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
  if (columnOf(table, /\brto\b|\brpo\b|component|likelihood|^after|escalat|role|contact/i) !== undefined) return;
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
  const within = withinIn(text);
  if (within === undefined || within === 'never') return false;
  draft.put(['severities', name, 'respond_within'], within, lines);
  return /^\W*(immediate(ly)?|next business day|[<≤~]?\s*\d[\w\s.–-]*)$/i.test(text);
}

/** A heading of its own for each: `### SEV1 - Critical (Immediate Response)`, with what belongs to it below. */
function readSeverityHeading(reading: Reading, section: Section): boolean {
  const named =
    /^(sev(?:erity)?[- ]?\d|p[0-4])\b/i.test(section.title) &&
    !/\b(rto|rpo)\b|template|update|message/i.test(section.title);
  const name = named ? severityName(section.title) : undefined;
  if (name === undefined || reading.draft.read(['severities', name])) return false;
  reading.draft.put(['severities', name, 'title'], section.title, section.lines);
  reading.use(section.lines);
  const [, inTitle] = /\(([^)]*respon[sd][^)]*)\)/i.exec(section.title) ?? [];
  if (inTitle !== undefined) keepResponse(reading, name, inTitle, section.lines);
  readSeverityBody(reading, name, section.blocks);
  return true;
}

/** `P0 (Critical): all is down, respond in 15 minutes`, one to a line or an item, with what belongs to it below. */
function readSeverityLines(reading: Reading, { blocks }: Section): void {
  for (const block of blocks.filter(({ kind }) => kind !== 'table'))
    for (const { key, value, lines, whole } of pairsIn(block)) {
      const name = severityName(key);
      if (name === undefined || reading.draft.read(['severities', name])) continue;
      reading.draft.put(['severities', name, 'title'], [key, plain(value)].filter(Boolean).join(': '), lines);
      keepResponse(reading, name, plain(value), lines);
      if (whole) reading.use(lines);
      else readItemBelow(reading, name, block, lines);
    }
}

function readItemBelow(reading: Reading, name: string, block: Block, { first }: Lines): void {
  const item = block.kind === 'list' ? block.items.find(({ lines }) => lines.first === first) : undefined;
  if (!item) return;
  const [head, ...rest] = item.blocks;
  if (head) reading.use(head.lines);
  readSeverityBody(reading, name, rest);
}
