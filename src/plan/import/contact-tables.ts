import { plain, type TableBlock, type TableRow } from './blocks.ts';
import { isOpenPlace, type Reading } from './reading.ts';
import { isOnCall, isVendor, keepPerson, keepVendor, PERSON, type Reach, roleOf } from './roles.ts';
import { cellOf, columnOf, useRow } from './tables.ts';

const ROLE = /role|position|title|function|responsib|\bteam$/i;
const TITLE = /^(vendor|supplier|company|provider|organi[sz]ation|firm)|contact$|^who|^name$|service|team|area|system/i;
const FIRM = /^(vendor|supplier|company|provider|firm)/i;

/** Tables of roles with who has them, and how they are reached. */
export function readContactTable(reading: Reading, table: TableBlock, expected: boolean): void {
  const columns = columnsOf(table);
  const { email, phone, primary, contact, role } = columns;
  const isContacts =
    email !== undefined || phone !== undefined || primary !== undefined || (expected && contact !== undefined);
  if (!isContacts || role === undefined) return;
  let above: string | undefined;
  for (const row of table.rows) {
    const own = cellOf(row, role);
    const title = own ?? (namesPerson(row, columns) ? above : undefined);
    if (own === undefined && title !== undefined)
      reading.ask(
        `Is this row about "${title}", too? It names nobody's role, and was read as one with the row above.`,
        row.lines,
      );
    above = title;
    if (title !== undefined && !isChannel(title) && readRow(reading, row, title, columns))
      useRow(
        reading,
        row,
        Object.values(columns).filter((column) => typeof column === 'number'),
      );
  }
}

const namesPerson = (row: TableRow, { isFirms, role, name }: Columns): boolean =>
  !isFirms && name !== role && PERSON.test(cellOf(row, name) ?? '');

/** What is no person is found as a channel. */
const isChannel = (title: string): boolean =>
  /^(pager ?duty|opsgenie|slack|status ?page|teams|(emergency )?hotline|bridge)\b/i.test(title);

function columnsOf(table: TableBlock) {
  const person = /^(full )?name|person|^contact name|assigned|incumbent/i;
  const contact = columnOf(table, /contact|reach|slack|details/i);
  const firm = columnOf(table, FIRM);
  const role = firm ?? columnOf(table, ROLE) ?? columnOf(table, TITLE);
  const name = columnOf(table, person);
  return {
    role,
    isFirms: firm !== undefined,
    contract: columnOf(table, /contract|support (level|plan)|sla|agreement/i),
    name,
    email: columnOf(table, /e-?mail/i),
    phone: columnOf(table, /phone|mobile|cell|number|tel\b/i),
    primary: columnOf(table, /^primary/i),
    secondary: columnOf(table, /secondary|backup|deputy|alternate/i),
    contact: contact === role ? undefined : contact,
  };
}

type Columns = ReturnType<typeof columnsOf>;

/** True when all that the row says is in the draft. */
function readRow(reading: Reading, row: TableRow, title: string, columns: Columns): boolean {
  const { role, name, primary, secondary, email, phone, contact } = columns;
  const said = cellOf(row, contact);
  const reach: Reach = { email: cellOf(row, email), phone: cellOf(row, phone), contact: said };
  const { lines } = row;
  if (columns.isFirms || isVendor(title)) {
    const reached = Object.values(reach).filter(Boolean).join(', ');
    const firm = cellOf(row, columns.contract) ?? (name === role ? undefined : cellOf(row, name));
    return keepVendor(
      reading,
      title,
      lines,
      reached === '' ? undefined : { text: reached, lines },
      firm === undefined ? undefined : { text: firm, lines },
    );
  }
  const isPerson = role === name;
  const at =
    isPerson && PERSON.test(title) ? roleOf(reading, 'Contacts', row.lines) : roleOf(reading, title, row.lines);
  if (isPerson && PERSON.test(title)) return keepPerson(reading, at, title, reach, row.lines);
  const holder = name ?? (PERSON.test(said ?? '') ? contact : undefined);
  const cells = [...new Set([isPerson ? undefined : holder, primary, secondary])]
    .map((column) => cellOf(row, column))
    .filter((cell) => cell !== undefined);
  askAboutOpen(reading, title, [...cells, ...Object.values(reach)], row);
  const own = holder === contact ? { ...reach, contact: undefined } : reach;
  if (cells.length === 0) return keepMailbox(reading, at, title, own, row);
  return cells.map((cell) => readHolder(reading, at, title, cell, own, row)).every(Boolean);
}

function askAboutOpen(
  { ask }: Reading,
  title: string,
  cells: readonly (string | undefined)[],
  { lines }: TableRow,
): void {
  const open = [...new Set(cells.filter((cell) => cell !== undefined && isOpenPlace(cell)))];
  if (open.length > 0)
    ask(`Who is "${title}", and how is he or she reached? The document has only: ${open.join(', ')}`, lines);
}

function readHolder(reading: Reading, role: string, title: string, cell: string, reach: Reach, row: TableRow): boolean {
  if (isOpenPlace(cell)) return false;
  if (!isOnCall(cell)) return keepPerson(reading, role, cell, reach, row.lines);
  reading.draft.put(['roles', role, 'on_call'], true, row.lines);
  return keepMailbox(reading, role, title, reach, row);
}

/** A role with a mailbox or a number, and no name: whoever reads it there is meant. */
function keepMailbox(reading: Reading, role: string, title: string, reach: Reach, { lines }: TableRow): boolean {
  const known = Object.values(reach).filter((value) => value !== undefined);
  if (known.length === 0) return true;
  return known.some((value) => !isOpenPlace(value)) && keepPerson(reading, role, plain(title), reach, lines);
}
