import { type Block, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { durationIn } from './read-values.ts';
import { isOpenPlace, nameFor, type Reading } from './reading.ts';
import { roleOf } from './roles.ts';
import { cellOf, columnOf, useRow } from './tables.ts';

interface Level {
  readonly after: string;
  readonly to: string;
  readonly lines: Lines;
}

/** Levels with the time they are called after: a table, or a list of `Level 1 (0-15 minutes): on-call engineer`. */
export function readLadder(reading: Reading, section: Section): void {
  const found = section.blocks.flatMap((block) => levelsIn(reading, block));
  if (found.length === 0) return;
  const name = nameFor(section.title || 'escalation', reading.draft.keys(['escalation']));
  const at = ['escalation', name];
  reading.draft.put([...at, 'title'], section.title, section.lines);
  reading.use(section.lines);
  reading.draft.put([...at, 'until'], 'resolved');
  for (const [index, { after, to, lines }] of found.entries()) {
    reading.draft.put([...at, 'levels', index, 'after'], after, lines);
    for (const role of to.split(/\s*(?:\+|&|,|\band\b)\s*/).filter((word) => word !== ''))
      reading.draft.add([...at, 'levels', index, 'to'], roleOf(reading, role, lines), lines);
  }
  reading.ask(
    `What ends the ladder "${section.title}": that somebody acknowledged, or that it is resolved? Resolved was assumed.`,
    section.lines,
  );
}

function levelsIn(reading: Reading, block: Block): readonly Level[] {
  if (block.kind === 'table') return levelsOfTable(reading, block);
  const drawn = block.kind === 'code' ? drawnLevels(block) : [];
  if (drawn.length > 0) {
    reading.frame(block.lines);
    return drawn;
  }
  return pairsIn(asText(block)).flatMap(({ key, value, lines, whole }) =>
    levelOf(reading, key, plain(value), lines, whole),
  );
}

/** Levels with arrows between them, where an arrow may say when it is taken: `↓ (if not resolved in 30 minutes)`. */
function drawnLevels(block: Extract<Block, { kind: 'code' }>): readonly Level[] {
  const found: Level[] = [];
  let waited: string | undefined = '0';
  for (const [index, line] of block.text.split('\n').entries()) {
    const at = block.lines.first + 1 + index;
    const [, arrow] = /^\s*(?:[↓▼|v⇓]|->|→)+\s*(.*)$/.exec(line) ?? [];
    if (arrow !== undefined) waited = startIn(arrow) ?? waited;
    const [, words = ''] = /^\s*(?:level|tier|l|stage)\s*\d+\s*[:.)–-]?\s*(.+)$/i.exec(line) ?? [];
    if (words === '') continue;
    const to = words.replace(/\s*[([].*$/, '').trim();
    const own = /\brespon[ds]/i.test(words) ? undefined : startIn(words);
    const after = own ?? waited;
    if (after === undefined || to === '' || to.length > 60 || isOpenPlace(to)) return [];
    found.push({ after, to, lines: { first: at, last: at } });
    waited = undefined;
  }
  return found.length > 1 ? found : [];
}

/** A ladder is often drawn in a block, with arrows between its levels. */
const asText = (block: Block): Block =>
  block.kind === 'code' && block.language === ''
    ? { kind: 'text', text: `\n${block.text}`, lines: block.lines }
    : block;

/** The time may stand on either side: `0-15 minutes: on-call`, `Level 2 (15-30 min): lead`, `Level 3: CTO (after 1 hour)`. */
function levelOf(reading: Reading, key: string, value: string, lines: Lines, whole: boolean): readonly Level[] {
  const keyIsTime = startIn(key) !== undefined;
  const after = startIn(key) ?? startIn(value);
  const to = value
    .replace(/\s*[([].*$/, '')
    .replace(/\s*[,;–—-]?\s*(after|if|when|within|responds?|at)\b.*$/i, '')
    .trim();
  if (
    after === undefined ||
    to === '' ||
    isOpenPlace(to) ||
    to.length > 60 ||
    !/^(level|tier|l\d|after|\d|first|second|third|immediate)/i.test(key)
  )
    return [];
  if (whole && keyIsTime && to === value) reading.use(lines);
  return [{ after, to, lines }];
}

/** Where a span begins: that is when a level is called. */
function startIn(text: string): string | undefined {
  if (/\bimmediate/i.test(text)) return '0';
  const [, from, to = ''] = /(\d+)\s*(?:[a-z]+\s*)?(?:-|–|to)\s*(\d+\s*\+?\s*[a-z]+)/i.exec(text) ?? [];
  if (from === undefined) return durationIn(text);
  if (from === '0') return '0';
  const [unit = ''] =
    /[a-z]+/i.exec(
      text
        .slice(text.indexOf(from) + from.length)
        .replace(/^\s*(?=[a-z])/i, '')
        .match(/^[a-z]+/i)?.[0] ?? to.replace(/^\d+\s*\+?\s*/, ''),
    ) ?? [];
  return durationIn(`${from} ${unit}`);
}

function levelsOfTable(reading: Reading, table: TableBlock): readonly Level[] {
  const time = columnOf(table, /time|after|when|elapsed|duration|minutes|threshold/i);
  const role = columnOf(table, /role|contact|who|escalate to|person|team|responsible/i);
  const level = columnOf(table, /level|tier|step/i);
  if (time === undefined || role === undefined) return [];
  return table.rows.flatMap((row) => {
    const [after, to] = [startIn(cellOf(row, time) ?? ''), cellOf(row, role)];
    if (after === undefined || to === undefined) return [];
    if (startIn(cellOf(row, time) ?? '') === durationIn(cellOf(row, time) ?? ''))
      useRow(reading, row, [time, role, level]);
    return [{ after, to, lines: row.lines }];
  });
}
