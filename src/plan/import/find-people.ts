import { allSections, type Block, plain, type Section, type TableBlock, type TableRow } from './blocks.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { durationIn } from './read-values.ts';
import { isOpenPlace, nameFor, type Reading, slug } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** Who can be asked, and who is called when nothing gets better. */
export function findPeople(reading: Reading): void {
  for (const section of allSections(reading.root)) {
    const topic = topicOf(section);
    if (topic === 'escalation') readLadder(reading, section);
    if (topic === 'contacts' || topic === 'escalation') readContacts(reading, section);
    if (topic === 'contacts' || topic === 'communication') for (const block of section.blocks) readTree(reading, block);
    for (const table of tablesOf(section))
      if (topic !== 'escalation') readContactTable(reading, table, topic === 'contacts');
  }
}

/** The role of that title, made when it is new. */
export function roleOf({ draft }: Reading, written: string, from: Lines): string {
  const title = plain(written);
  const same = draft.keys(['roles']).find((name) => name === slug(title));
  if (same !== undefined) return same;
  const name = nameFor(title, draft.keys(['roles']));
  draft.put(['roles', name, 'title'], title, from);
  return name;
}

const ROLE = /role|position|title|team|responsib|function|contact$|^who|^name$|service|vendor/i;

function readContactTable(reading: Reading, table: TableBlock, expected: boolean): void {
  const email = columnOf(table, /e-?mail/i);
  const phone = columnOf(table, /phone|mobile|number|tel\b/i);
  const primary = columnOf(table, /^primary/i);
  const secondary = columnOf(table, /secondary|backup|deputy/i);
  const contact = columnOf(table, /contact|reach|slack|details/i);
  if (email === undefined && phone === undefined && primary === undefined && !(expected && contact !== undefined))
    return;
  const role = columnOf(table, ROLE);
  const name = columnOf(table, /^(full )?name|person|^contact name/i);
  if (role === undefined) return;
  for (const row of table.rows) {
    const title = cellOf(row, role);
    if (title === undefined) continue;
    const at = roleOf(reading, title, row.lines);
    const named = name ?? (contact !== role && PERSON.test(cellOf(row, contact) ?? '') ? contact : undefined);
    const people = role === name ? [] : [named, primary, secondary];
    const reach = {
      email: cellOf(row, email),
      phone: cellOf(row, phone),
      contact: contact === role || contact === named ? undefined : cellOf(row, contact),
    };
    const kept = [...new Set(people)].map((column) => readPerson(reading, at, row, cellOf(row, column), reach));
    const wholly = role === name ? readPerson(reading, at, row, title, reach) : kept.every(Boolean);
    if (wholly) useRow(reading, row, [role, name, primary, secondary, email, phone, contact]);
  }
}

interface Reach {
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly contact: string | undefined;
}

/** True when all that the row says of this person is in the draft. */
function readPerson(
  { draft, ask }: Reading,
  role: string,
  { lines }: TableRow,
  name: string | undefined,
  reach: Reach,
): boolean {
  if (name === undefined) return Object.values(reach).every((value) => value === undefined);
  const open = [name, ...Object.values(reach)].filter((value) => value !== undefined && isOpenPlace(value));
  if (open.length > 0)
    ask(`Who is "${role}", and how is he or she reached? The document has only: ${open.join(', ')}`, lines);
  if (isOpenPlace(name)) return false;
  const person = slug(name);
  draft.put(['people', person, 'name'], name, lines);
  draft.add(['roles', role, 'people'], person, lines);
  return readReach(draft, person, reach, lines);
}

function readReach(draft: Reading['draft'], person: string, { email, phone, contact }: Reach, lines: Lines): boolean {
  const [mail, call] = [email ?? EMAIL.exec(contact ?? '')?.[0], phone ?? PHONE.exec(contact ?? '')?.[0]];
  if (mail !== undefined && !isOpenPlace(mail)) draft.put(['people', person, 'email'], mail, lines);
  if (call !== undefined && !isOpenPlace(call)) draft.put(['people', person, 'phone'], call, lines);
  const open = [mail, call].some((value) => value !== undefined && isOpenPlace(value));
  return !open && (contact === undefined || contact === mail || contact === call);
}

const PERSON = /^\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,3}$/u;
const EMAIL = /[\w.+-]+@[\w-]+(\.[\w-]+)+/;
const PHONE = /\+?\d[\d\s().-]{6,}\d/;

/** `Role: name (how to reach)` in lists and lines of a section about contacts. */
function readContacts(reading: Reading, { blocks }: Section): void {
  for (const block of blocks) {
    if (block.kind === 'table' || (block.kind === 'list' && block.ordered)) continue;
    for (const { key, value, lines, whole } of pairsIn(block)) {
      if (value === '' || key.length > 40 || /^(level|tier|note|url|console|hours?|e-?mail|phone)\b/i.test(key))
        continue;
      const role = roleOf(reading, key, lines);
      if (isOpenPlace(plain(value))) {
        reading.ask(`Who is "${key}"? The document has only: ${plain(value)}`, lines);
        continue;
      }
      const [name = ''] = /^[\p{Lu}][\p{L}.'-]+(?: [\p{Lu}][\p{L}.'-]+){1,3}(?=$|\s*[(,–-])/u.exec(plain(value)) ?? [];
      if (name === '') continue;
      const person = slug(name);
      reading.draft.put(['people', person, 'name'], name, lines);
      reading.draft.add(['roles', role, 'people'], person, lines);
      readReach(reading.draft, person, { email: undefined, phone: undefined, contact: value }, lines);
      if (whole && plain(value) === name) reading.use(lines);
    }
  }
}

/** A contact tree drawn with lines: each role reports to the nearest one above that stands further left. */
function readTree(reading: Reading, block: Block): void {
  if ((block.kind !== 'code' && block.kind !== 'text') || !/[├└]/.test(block.text)) return;
  const above: { depth: number; role: string }[] = [];
  for (const [index, line] of block.text.split('\n').entries()) {
    const [, drawn = '', title = ''] = /^([\s│├└─|+`-]*)(.*?)\s*$/.exec(line) ?? [];
    if (title === '' || title.length > 60) continue;
    const at = block.lines.first + index + (block.kind === 'code' ? 1 : 0);
    const lines = { first: at, last: at };
    while ((above.at(-1)?.depth ?? -1) >= drawn.length) above.pop();
    const role = roleOf(reading, title, lines);
    const boss = above.at(-1)?.role;
    if (boss !== undefined && boss !== role) reading.draft.put(['roles', role, 'reports_to'], boss, lines);
    above.push({ depth: drawn.length, role });
  }
}

interface Level {
  readonly after: string;
  readonly to: string;
  readonly lines: Lines;
}

/** Levels with the time they are called after: a table, or a list of `Level 1 (0-15 minutes): on-call engineer`. */
function readLadder(reading: Reading, section: Section): void {
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
  return pairsIn(asText(block)).flatMap(({ key, value, lines, whole }) =>
    levelOf(reading, key, plain(value), lines, whole),
  );
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
