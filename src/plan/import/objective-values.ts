import type { PlanPath } from '../../model/finding.ts';
import { allSections, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { scenarioLike } from './match-scenario.ts';
import type { Axis } from './objective-paths.ts';
import { durationIn, objectiveIn, spanIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';

/** Keeps an objective. False when the text says more than its value, or no value at all: then it stays in the notes too. */
export function keepObjective(
  reading: Reading,
  at: PlanPath,
  axis: Axis,
  text: string | undefined,
  lines: Lines,
): boolean {
  if (text === undefined) return true;
  const path = [...at, 'objectives', axis];
  if (keepPhases(reading, path, text, lines)) return true;
  const value = objectiveIn(text);
  if (value === undefined) {
    reading.ask(`What is meant by the ${axis.toUpperCase()} "${text}"?`, lines);
    return false;
  }
  if (!reading.draft.put(path, value, lines)) {
    askWhich(reading, path, value, lines);
    return false;
  }
  return /^\W*\d[\d.,\s–-]*\s*[a-z]*\W*$/i.test(text) || /^[a-z-]+$/i.test(text);
}

/** `Immediate isolation, 8 hours full recovery`: the first part of it at once, all of it later. */
function keepPhases({ draft }: Reading, path: PlanPath, text: string, lines: Lines): boolean {
  const [, first, rest] = /^(immediate|[\d.]+\s*[a-z]+)\s+[a-z][a-z -]*[,;]\s*(.*\d.*)$/i.exec(plain(text)) ?? [];
  const [begin, full] = [
    /^immediate/i.test(first ?? '') ? 'immediate' : durationIn(first ?? ''),
    durationIn(rest ?? ''),
  ];
  if (begin === undefined || full === undefined || draft.read(path)) return false;
  draft.put([...path, 'first'], begin, lines);
  draft.put([...path, 'full'], full, lines);
  return true;
}

function askWhich({ draft, ask, place }: Reading, path: PlanPath, value: string, lines: Lines): void {
  const node = draft.read(path);
  const [first, where] = node?.kind === 'value' ? [node.value, node.from] : ['several values', undefined];
  const [of, axis] = [path.at(-3) ?? 'all', String(path.at(-1)).toUpperCase()];
  ask(`Which ${axis} holds for ${of}: ${first}${where ? ` (${place(where)})` : ''}, or ${value}?`, lines);
}

/** Tables that say of the RTO and RPO themselves what they are at best and at worst, and how long each scenario takes. */
export function findFigures(reading: Reading): void {
  for (const section of allSections(reading.root))
    for (const table of tablesOf(section)) {
      readBestAndWorst(reading, table);
      readEstimates(reading, table, section);
    }
}

function readBestAndWorst(reading: Reading, table: TableBlock): void {
  const [target, best, worst] = [/target|objective/i, /best/i, /worst|max/i].map((words) => columnOf(table, words));
  if (target === undefined || (best === undefined && worst === undefined)) return;
  for (const row of table.rows) {
    const axis = /^(rto|recovery time)/i.test(cellOf(row, 0) ?? '')
      ? 'rto'
      : /^(rpo|recovery point)/i.test(cellOf(row, 0) ?? '')
        ? 'rpo'
        : undefined;
    const [main, low, high] = [target, best, worst].map((column) => objectiveIn(cellOf(row, column) ?? ''));
    if (axis === undefined || main === undefined || main.includes('..')) continue;
    const path = ['objectives', axis];
    const there = reading.draft.read(path);
    if (there && (there.kind !== 'value' || there.value !== main)) continue;
    reading.draft.remove(path);
    for (const [name, value] of [
      ['best', low],
      ['target', main],
      ['worst', high],
    ] as const)
      if (value !== undefined && !value.includes('..'))
        reading.draft.put([...path, name], value, (name === 'target' && there?.from) || row.lines);
    useRow(reading, row, [0, target, best, worst]);
  }
}

/** `Database from a dump | 15-30 minutes`: what the document claims of a scenario beside its steps. */
function readEstimates(reading: Reading, table: TableBlock, section: Section): void {
  const time = columnOf(
    table,
    /(estimated|expected|recovery|restore|typical).{0,12}(time|duration)|time to (restore|recover)/i,
  );
  const what = columnOf(table, /scenario|operation|procedure|component|what|task/i);
  if (time === undefined || what === undefined || time === what || /severity|escalation/i.test(section.title)) return;
  for (const row of table.rows) {
    const [title, takes] = [cellOf(row, what), spanIn(cellOf(row, time) ?? '')];
    const scenario = title === undefined ? undefined : scenarioLike(reading, title);
    if (scenario === undefined || takes === undefined) continue;
    if (reading.draft.put(['scenarios', scenario, 'states', 'takes'], takes, row.lines))
      useRow(reading, row, [what, time]);
    else
      reading.ask(
        `How long does "${title}" take? The document says ${takes} here, and something else elsewhere.`,
        row.lines,
      );
  }
}
