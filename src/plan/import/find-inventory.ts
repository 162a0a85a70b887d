import { allSections, plain, type Section, type TableBlock } from './blocks.ts';
import { componentFor, kindIn, newComponent } from './find-components.ts';
import type { Lines } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { nameFor, type Reading, slug } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { isAction, topicOf } from './topics.ts';

/** What there is: tables and lists of components with what they are made of and how systems name them. */
export function findInventory(reading: Reading, isProcedure: (section: Section) => boolean): void {
  for (const section of allSections(reading.root)) {
    if (isProcedure(section)) continue;
    for (const table of tablesOf(section)) readTable(reading, table);
    if (topicOf(section) !== 'inventory' || isAction(section)) continue;
    for (const block of section.blocks) {
      if (block.kind === 'list')
        for (const item of block.items)
          readItem(reading, item.blocks[0], item.lines, section, item.blocks.length === 1);
      if (block.kind === 'text') for (const pair of pairsIn(block)) readPair(reading, pair);
    }
  }
}

function readTable(reading: Reading, table: TableBlock): void {
  const subject = columnOf(table, /^(component|system|service|asset|resource|application|server|name)s?( name)?$/i);
  const made = columnOf(
    table,
    /technolog|platform|implementation|stack|hosted|type|provider|vendor|description|details/i,
  );
  const where = columnOf(table, /location|region|zone|where|environment|site|host/i);
  const id = columnOf(table, /identifier|\bids?\b|hostname|endpoint|instance|arn|resource name/i);
  const other = columnOf(
    table,
    /rto|rpo|frequency|retention|phone|e-?mail|contact|response|severity|action|step|likelihood/i,
  );
  if (subject === undefined || other !== undefined || (made === undefined && where === undefined && id === undefined))
    return;
  for (const row of table.rows) {
    const title = cellOf(row, subject);
    const name =
      title === undefined ? undefined : componentFor(reading, title, row.lines, table.lines, cellOf(row, made));
    if (name === undefined) continue;
    describe(reading, name, [cellOf(row, made), cellOf(row, where)].filter(Boolean).join('; '), row.lines);
    const named = made === undefined || id !== undefined ? [] : (row.cells[made] ?? '').matchAll(/`([^`]+)`/g);
    const ids = [...(cellOf(row, id)?.split(/\s*[,;]\s*/) ?? []), ...[...named].map(([, one]) => one as string)];
    addIds(reading, name, ids, row.lines);
    useRow(reading, row, [subject, made, where, id]);
  }
}

function describe({ draft }: Reading, name: string, technology: string, lines: Lines): void {
  if (technology !== '') draft.put(['components', name, 'technology'], technology, lines);
}

function addIds({ draft }: Reading, name: string, ids: readonly string[], lines: Lines): void {
  for (const id of ids.filter((text) => text !== '')) {
    const taken = draft.keys(['components', name, 'ids']);
    draft.put(['components', name, 'ids', nameFor(idName(id), taken)], id, lines);
  }
}

const idName = (id: string): string => (/^https?:|\.[a-z]{2,}(:\d+)?(\/|$)/i.test(id) ? 'address' : 'name');

const PLACE =
  /^((aws |cloud )?(region|account( id)?|availability zones?|provider|environment|cloud|repositor\w*|url|website|architecture|status|version|owner)s?)$/i;

/** `Database: AWS RDS PostgreSQL (\`orders-prod\`)`. */
function readPair(reading: Reading, { key, value, lines, whole }: Pair): void {
  if (PLACE.test(key) || value === '' || key.length > 40 || kindIn(key) === 'other') return;
  const name = componentFor(reading, key, lines);
  if (name === undefined) return;
  describe(reading, name, plain(value), lines);
  addIds(
    reading,
    name,
    [...value.matchAll(/`([^`]+)`/g)].map(([, id]) => id as string),
    lines,
  );
  if (whole) reading.use(lines);
}

function readItem(
  reading: Reading,
  first: Section['blocks'][number] | undefined,
  lines: Lines,
  section: Section,
  alone: boolean,
): void {
  if (first?.kind !== 'text') return;
  const [pair] = pairsIn({ ...first, text: first.text.split('\n').join(' ') });
  if (pair) return void readPair(reading, { ...pair, lines, whole: alone });
  const title = plain(first.text);
  const isTitle = title.length <= 60 && !/[.!?]$/.test(title) && title.split(' ').length <= 7;
  if (!isTitle || (kindIn(title) === 'other' && !/`/.test(first.text))) return;
  const name = /^`[^`]+`$/.test(first.text.trim())
    ? named(reading, title, section, lines)
    : componentFor(reading, title, lines);
  if (name !== undefined && alone) reading.use(lines);
}

/** A bare name below `Tenant databases` is one of them. */
function named(reading: Reading, title: string, section: Section, lines: Lines): string | undefined {
  const kind = kindIn(section.title);
  if (kind === 'other') return undefined;
  const known = reading.draft.keys(['components']).find((name) => name === slug(title));
  const name = known ?? newComponent(reading, title, kind, lines);
  addIds(reading, name, [title], lines);
  return name;
}
