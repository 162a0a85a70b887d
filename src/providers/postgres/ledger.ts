import { open } from 'node:fs/promises';
import { z } from 'zod';
import { KnownError } from '../../model/errors.ts';
import type { LedgerComparison, ServerClient } from './client-api.ts';
import { type Session, withSession } from './connect.ts';
import { currentAddress } from './instance/restored-server.ts';
import { quoted, quotedTable } from './rows/names.ts';
import { describeTable } from './rows/tables.ts';
import { database, service, type World } from './world.ts';

type Request = Parameters<ServerClient['compareLedger']>[0];

/** One commit that the application was told is safe. */
export interface Acknowledged {
  readonly table: string;
  readonly id: string;
  readonly at: number;
}

const Line = z.object({
  table: z.string().optional(),
  id: z.union([z.string(), z.number()]),
  at: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
});

/** Counts acknowledged commits that the database does not hold. */
export async function compareLedger(world: World, request: Request): Promise<LedgerComparison> {
  const entries = await readLedger(world, request);
  const address = await currentAddress(world, request.component);
  const what = `${request.component}: compare with the ledger of ${request.service}`;
  const present = await withSession({ address, what, signal: request.signal, readOnly: true }, async (session) => {
    const found = new Map<string, ReadonlySet<string>>();
    for (const [table, ids] of byTable(entries)) found.set(table, await idsIn(session, table, ids));
    return found;
  });
  return judgeLedger(entries, (entry) => present.get(entry.table)?.has(entry.id) ?? false);
}

async function readLedger(world: World, { component, service: name }: Request): Promise<readonly Acknowledged[]> {
  const { ledger } = service(world, name);
  if (ledger === undefined)
    throw new KnownError(
      'PLAN_INVALID',
      `the plan names no ledger for ${name}, so its losses cannot be counted`,
      `Add components.${name}.ledger.`,
    );
  const file = await open(ledger).catch((cause: NodeJS.ErrnoException) => {
    throw new KnownError(
      'TARGET_FAILED',
      `the ledger of ${name} cannot be read: ${ledger} (${cause.code})`,
      'Without it nobody knows what was acknowledged. Bring it here, or skip this step knowing that.',
      cause,
    );
  });
  try {
    return parseLedger(await file.readFile('utf8'), ledger, database(world, component).tables);
  } finally {
    await file.close();
  }
}

/** The entries of a ledger. Its last line may be cut, as the application writes on; anything else that is wrong is an error. */
export function parseLedger(text: string, file: string, tables: readonly string[]): readonly Acknowledged[] {
  const lines = text.split('\n');
  const last = lines.pop(); // what follows the last line end: nothing, or a line that is being written
  const entries = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [parseLine(line, file, index + 1, tables)],
  );
  const cut = last === undefined || last.trim() === '' ? undefined : tryLine(last, tables);
  const all = cut === undefined ? entries : [...entries, cut];
  if (all.length > 0) return all;
  throw new KnownError(
    'TARGET_FAILED',
    `the ledger ${file} is empty, so it proves nothing`,
    'Is it the right file? An application that has committed something has a line there for it.',
  );
}

function parseLine(line: string, file: string, number: number, tables: readonly string[]): Acknowledged {
  const entry = tryLine(line, tables);
  if (entry !== undefined) return entry;
  throw new KnownError(
    'TARGET_FAILED',
    `line ${number} of the ledger ${file} is not {"table", "id", "at"}`,
    'What it counts cannot be trusted while a line of it is wrong.',
  );
}

function tryLine(line: string, tables: readonly string[]): Acknowledged | undefined {
  try {
    const { table, id, at } = Line.parse(JSON.parse(line));
    const named = table ?? (tables.length === 1 ? tables[0] : undefined);
    return named === undefined ? undefined : { table: named, id: String(id), at: Date.parse(at) };
  } catch {
    return undefined;
  }
}

function byTable(entries: readonly Acknowledged[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { table, id } of entries) {
    const ids = groups.get(table) ?? [];
    if (ids.length === 0) groups.set(table, ids);
    ids.push(id);
  }
  return groups;
}

/** Ids looked up in one query. */
const BATCH = 20_000;

async function idsIn(session: Session, named: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const dot = named.indexOf('.');
  const name =
    dot < 0 ? { schema: 'public', name: named } : { schema: named.slice(0, dot), name: named.slice(dot + 1) };
  const table = await describeTable(session, name);
  const key = table?.key.length === 1 ? (table.key[0] as string) : undefined;
  if (table === undefined || key === undefined)
    throw new KnownError(
      'TARGET_FAILED',
      table === undefined
        ? `the ledger names the table ${named}, and there is none`
        : `the ledger names rows of ${named} by one id, and its key is ${table.key.join(', ') || 'missing'}`,
      'Acknowledged rows can be counted only in tables that exist and have a key of one column.',
    );
  const found = new Set<string>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const rows = await session.query<{ id: string }>(
      `SELECT asked.id FROM unnest($1::text[]) AS asked(id)
       WHERE EXISTS (SELECT FROM ${quotedTable(table)} t WHERE t.${quoted(key)} = asked.id::${await typeOf(session, table.oid, key)})`,
      [ids.slice(from, from + BATCH)],
    );
    for (const { id } of rows) found.add(id);
  }
  return found;
}

async function typeOf(session: Session, oid: number, column: string): Promise<string> {
  const [row] = await session.query<{ type: string }>(
    `SELECT pg_catalog.format_type(atttypid, NULL) AS type FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND attname = $2`,
    [oid, column],
  );
  return (row as { type: string }).type;
}

/** How many lost ids are named; all are counted. */
const NAMED = 20;

/** What was acknowledged and is gone, and over which span of time. */
export function judgeLedger(
  entries: readonly Acknowledged[],
  isThere: (entry: Acknowledged) => boolean,
): LedgerComparison {
  const byTime = entries.toSorted((a, b) => a.at - b.at);
  const lost = byTime.filter((entry) => !isThere(entry));
  const found = byTime.filter(isThere);
  const [firstLost, lastLost] = [lost[0], lost.at(-1)];
  const lossSeconds =
    firstLost === undefined || lastLost === undefined
      ? 0
      : (lastLost.at - (found.findLast(({ at }) => at <= firstLost.at)?.at ?? firstLost.at)) / 1000;
  return {
    acknowledged: entries.length,
    found: found.length,
    lost: lost.length,
    lostIds: lost.slice(0, NAMED).map(({ table, id }) => `${table}/${id}`),
    lastFoundAt: found.length === 0 ? null : new Date((found.at(-1) as Acknowledged).at).toISOString(),
    lossSeconds,
  };
}
