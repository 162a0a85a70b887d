import { allSections, plain, type TableBlock, titleText } from './blocks.ts';
import type { Lines } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { dayIn, scheduleIn } from './read-values.ts';
import { isOpenPlace, nameFor, type Reading, slug } from './reading.ts';
import { cellOf, columnOf, useRow } from './tables.ts';

/** What the document says of itself: title, version, owner, dates, who may read it, what changed. */
export function findMetadata(reading: Reading): void {
  const { root, draft } = reading;
  const [first] = root.sections;
  const [opening] = root.blocks;
  const [, bold] = opening?.kind === 'text' ? (/^\*\*([^*\n]+)\*\*$/.exec(opening.text) ?? []) : [];
  if (opening && bold !== undefined && (first?.number !== undefined || !first)) {
    draft.put(['plan', 'title'], titleText(bold), opening.lines);
    reading.use(opening.lines);
  } else if (first) {
    draft.put(['plan', 'title'], first.title, first.lines);
    reading.use(first.lines);
  }
  for (const { blocks, title } of allSections(root)) {
    if (/\b(scenario|template|example|post-?mortem|incident report)\b/i.test(title)) continue;
    for (const block of blocks) for (const pair of pairsIn(block)) readPair(reading, pair);
    for (const table of blocks.filter((block): block is TableBlock => block.kind === 'table'))
      readChanges(reading, table);
  }
}

type Read = (reading: Reading, pair: Pair) => boolean;

const day =
  (path: readonly string[]): Read =>
  (reading, { key, value, lines }) => {
    const found = dayIn(value);
    if (found !== undefined) return reading.draft.put(path, found, lines);
    reading.ask(`"${key}" is not a day: ${plain(value)}`, lines);
    return false;
  };

const FIELDS: readonly (readonly [RegExp, Read])[] = [
  [
    /^(document |plan )?version( number)?$/i,
    (r, { value, lines }) => r.draft.put(['plan', 'version'], plain(value), lines),
  ],
  [/^(last[- ](updated?|modified|revised)|updated|date|effective date)( on| date)?$/i, day(['plan', 'updated'])],
  [/^(next[- ](scheduled )?review|review due)( date)?$/i, day(['plan', 'review', 'next'])],
  [/^last[- ]reviewed?( date)?$/i, day(['plan', 'review', 'last'])],
  [/^(review (schedule|cycle|frequency|cadence)|reviewed)$/i, readCadence],
  [
    /^(document |security )?classification|confidentiality$/i,
    (r, { value, lines }) => r.draft.put(['plan', 'classification'], plain(value), lines),
  ],
  [/^(document |plan )?(owner|owned by|maintained by|maintainer|author|prepared by)$/i, readOwner],
];

function readPair(reading: Reading, pair: Pair): void {
  const words = pair.key.replaceAll('_', ' ');
  const field = FIELDS.find(([key]) => key.test(words));
  if (!field || pair.value === '') return;
  if (isOpenPlace(plain(pair.value)))
    return void reading.ask(`"${pair.key}" was never filled in: ${plain(pair.value)}`, pair.lines);
  if (field[1](reading, pair) && pair.whole) reading.use(pair.lines);
}

function readCadence({ draft }: Reading, { value, lines }: Pair): boolean {
  const every = scheduleIn(value);
  return every !== undefined && draft.put(['plan', 'review', 'every'], every, lines);
}

/** The owner is a role; a person is one whose role is to own it. */
function readOwner({ draft }: Reading, { value, lines }: Pair): boolean {
  const title = plain(value);
  const [, name, email] =
    /^(\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,2})\s*[(<,]\s*([\w.+-]+@[\w.-]+)[)>]?$/u.exec(title) ?? [];
  const role = name === undefined ? nameFor(title) : 'owner';
  if (!draft.put(['plan', 'owner'], role, lines)) return false;
  if (name === undefined || email === undefined) return draft.put(['roles', role, 'title'], title, lines);
  draft.put(['roles', role, 'title'], 'Keeper of this plan');
  draft.put(['people', slug(name), 'name'], name, lines);
  draft.put(['people', slug(name), 'email'], email, lines);
  draft.add(['roles', role, 'people'], slug(name), lines);
  return true;
}

/** A table of versions with their dates. */
function readChanges(reading: Reading, table: TableBlock): void {
  const columns = [/^version|^rev/i, /date/i, /change|description|summary|what/i, /author|by\b|owner/i].map((heading) =>
    columnOf(table, heading),
  );
  const [version, date, what, by] = columns;
  if (version === undefined || date === undefined || what === undefined) return;
  for (const row of table.rows) {
    const on = dayIn(cellOf(row, date) ?? '');
    const number = cellOf(row, version);
    const text = cellOf(row, what);
    if (on === undefined || number === undefined || text === undefined) continue;
    const at = ['plan', 'changes', reading.draft.count(['plan', 'changes'])];
    reading.draft.put([...at, 'version'], number, row.lines);
    reading.draft.put([...at, 'on'], on, row.lines);
    reading.draft.put([...at, 'what'], text, row.lines);
    const author = cellOf(row, by);
    if (author !== undefined) reading.draft.put([...at, 'by'], author, row.lines);
    useRow(reading, row, columns);
  }
}

/** What every plan must say of itself, assumed where the document does not say it. */
export function completeMetadata(reading: Reading): void {
  const { draft, file } = reading;
  const title = draft.read(['plan', 'title']);
  const words =
    title?.kind === 'value' ? String(title.value) : file.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '') || 'plan';
  draft.put(['plan', 'title'], words);
  draft.put(['plan', 'name'], slug(words));
  if (!draft.read(['plan', 'owner'])) {
    draft.put(['plan', 'owner'], 'owner');
    draft.put(['roles', 'owner', 'title'], 'Keeper of this plan');
    reading.ask('Who keeps this plan? The document names no owner.');
  }
  if (!draft.read(['plan', 'version'])) {
    const newest = newestChange(reading);
    draft.put(['plan', 'version'], newest?.version ?? '0', newest?.from);
    if (!newest) reading.ask('Which version is this? The document names none.');
  }
  if (draft.read(['plan', 'review']) && !draft.read(['plan', 'review', 'every'])) {
    draft.put(['plan', 'review', 'every'], 'quarterly');
    reading.ask('How often is this plan reviewed? The document names only a day; quarterly was assumed.');
  }
  if (!draft.read(['plan', 'review'])) reading.ask('When is this plan reviewed next? The document does not say.');
}

/** The version of the newest change, when changes are all that is said of versions. */
function newestChange({ draft }: Reading): { readonly version: string; readonly from?: Lines } | undefined {
  const changes = Array.from({ length: draft.count(['plan', 'changes']) }, (_, index) => {
    const [version, on] = ['version', 'on'].map((field) => draft.read(['plan', 'changes', index, field]));
    return { version, on: on?.kind === 'value' ? String(on.value) : '' };
  });
  const newest = changes.toSorted((a, b) => b.on.localeCompare(a.on))[0]?.version;
  return newest?.kind === 'value'
    ? { version: String(newest.value), ...(newest.from ? { from: newest.from } : {}) }
    : undefined;
}
