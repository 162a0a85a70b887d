import { parseDuration } from '../../../lib/duration.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { count } from '../actions/define.ts';
import type { Check } from '../client-api.ts';
import type { Address } from '../connect.ts';
import { askAll, readAll } from '../inspect.ts';
import { restoreSide, sidePlace } from '../instance/side.ts';
import { tableName } from '../rows/names.ts';
import { consistentFrom, lineOf, readLine } from '../rows/read-log.ts';
import { tablesOfFiles } from '../rows/tables.ts';
import { readRecords } from '../wal/records.ts';
import { scanTransactions } from '../wal/transactions.ts';
import { compareInventories } from './compare-inventories.ts';
import type { Inventory } from './inventory.ts';
import { inventoryPolicy } from './keep-inventory.ts';
import { judgeLabel, readLabel } from './label.ts';
import { noneOf } from './proofs.ts';
import { type Proving, RESTORES, reachesAsFar } from './proving.ts';
import { readInventory } from './read-inventory.ts';
import { scanPages } from './scan-pages.ts';
import { positionOfSnapshot, type SnapshotPosition } from './snapshot-position.ts';
import { checkForeignKeys, checkStructure } from './structure.ts';
import { takeInventory } from './take-inventory.ts';
import { asSuperuser, inside, promote, replayToEnd, stopThrowaway, type Throwaway } from './throwaway.ts';

/** Everything that can be said against a base backup and its log, in the order in which a restore would meet it. */
export async function provePhysical(proving: Proving): Promise<void> {
  const { world, request, instance, point, manifest, found } = proving;
  const { component, signal, log } = request;
  const throwaway: Throwaway = { world, component, instance, signal, log };
  const counted = await countedOf(proving);
  const stopBefore = counted?.at?.stopBefore;
  const target = { kind: 'point' as const, point, ...(stopBefore === undefined ? {} : { stopBefore }) };
  const side = await restoreSide(world, { component, instance, key: request.key, target, signal, log });
  const place = await sidePlace(world, instance);
  found.proofs.push({ claim: RESTORES, held: true, observed: `it stands at ${side.reachedLsn}` });
  found.proofs.push(judgeLabel(await readLabel(place.folders.dataFolder), manifest));
  const address = await asSuperuser(throwaway);
  if (counted !== undefined) await compare(proving, { throwaway, address, counted });
  await proveEndOfLog(proving, throwaway, { stopped: place.marker.stopBefore !== undefined, reached: side.reachedLsn });
  await promote(address, throwaway);
  await proveContent(proving, throwaway, address);
  await stopThrowaway(place, throwaway);
  await provePages(proving, place.folders.dataFolder);
}

interface Counted {
  readonly inventory: Inventory;
  /** Absent when the log does not reach it. */
  readonly at?: SnapshotPosition;
}

/** The inventory of the backup and where in the log its moment is; undefined, and said, when a restore cannot be compared with one. */
async function countedOf({ world, point, manifest, found }: Proving): Promise<Counted | undefined> {
  const claim = "every table has the rows that it had in the backup's snapshot";
  const cannot = (why: string): undefined => void found.notLookedAt.push({ claim, why });
  const inventory = await readInventory({ world, manifest });
  if (inventory === undefined) return cannot('nothing was counted when this backup was taken (inventory)');
  const { position, snapshot } = inventory;
  if (snapshot === '') return cannot('it was counted on a standby, whose snapshots have no place in the log');
  const end = point.log?.to;
  if (end === undefined || parseLsn(end) < parseLsn(position)) return { inventory };
  const line = await lineOf(world, point);
  const log = readLine(world, line, parseLsn(position));
  const commits = await scanTransactions(log, { segmentBytes: line.segmentBytes });
  return { inventory, at: positionOfSnapshot(inventory, commits, consistentFrom(line)) };
}

type Comparing = { readonly throwaway: Throwaway; readonly address: Address; readonly counted: Counted };

async function compare({ world, request, found }: Proving, { throwaway, address, counted }: Comparing): Promise<void> {
  const { inventory: then, at } = counted;
  const policy = inventoryPolicy(world, request.component);
  const now = () => world.clock.now().getTime();
  const withinMs = A_DAY;
  const newest = then.newest.map(({ table, column }) => ({ table, column }));
  const like = { policy: { ...policy, leave_out: [], newest }, withinMs, now, like: then };
  const { restored, blurred, snapshot } = await inside(address, throwaway, async (session) => ({
    restored: await takeInventory(session, like),
    blurred: await tablesOfFiles(session, at?.blurred ?? []),
    snapshot: await session.query<{ now: string }>('SELECT pg_catalog.pg_current_snapshot()::text AS now'),
  }));
  const same = at !== undefined || isQuiet(then.snapshot, snapshot[0]?.now);
  const compared = compareInventories({
    counted: then,
    restored,
    blurred: new Set([...blurred.values()].map(tableName)),
    ...(same ? {} : { whyLoose: CHANGED }),
    whyBlurred: `${count(at?.transactions ?? 0, 'transaction')} committed while the snapshot was taken, and changed it`,
  });
  found.proofs.push(...compared.proofs);
  found.notLookedAt.push(...compared.notLookedAt);
}

const CHANGED =
  'it may have changed after the copy and before the count, and the log in between is not kept (backups: postgres.wal_stream)';

/** Nothing ran when it was counted, and nothing has run up to then that was not copied: the same transactions have ended in both. */
const isQuiet = (then: string, restored: string | undefined): boolean => /^(\d+):\1:$/.test(then) && then === restored;

const A_DAY = parseDuration('1d') as number;

type Standing = { readonly stopped: boolean; readonly reached: string };

async function proveEndOfLog(proving: Proving, throwaway: Throwaway, { stopped, reached }: Standing): Promise<void> {
  const { point, found } = proving;
  if (point.log === undefined) return;
  const { gap } = point;
  found.proofs.push({ claim: 'its log has no hole', held: gap === undefined, observed: gap ?? 'none' });
  const stands = stopped ? await replayToEnd(throwaway) : reached;
  const held = reachesAsFar(stands, point.log.to) || reachesAsFar(stands, await endOfRecords(proving));
  found.proofs.push({
    claim: `its log can be replayed to the end (${point.log.to})`,
    held,
    observed: `it stands at ${stands}`,
  });
}

/** Where the last whole record ends: a stream is cut anywhere, and half a record cannot be replayed. */
async function endOfRecords({ world, point }: Proving): Promise<string> {
  const line = await lineOf(world, point);
  let end = 0;
  const remember = (record: { readonly end: number }): boolean => {
    end = record.end;
    return false;
  };
  await readRecords(readLine(world, line), remember, { segmentBytes: line.segmentBytes });
  return formatLsn(BigInt(end));
}

/** What can be looked at only, or best, when the server is its own master. */
async function proveContent({ world, request, found }: Proving, throwaway: Throwaway, address: Address): Promise<void> {
  const { signal, log } = request;
  await inside(address, throwaway, async (session) => {
    const { checks } = await readAll({ signal, log }, session);
    found.proofs.push(...checks.map(asProof));
    await checkForeignKeys(session, found);
    found.proofs.push(...(await askAll(world, request, session)).map(asProof));
  });
  const names = await inside(address, throwaway, (session) =>
    session.query<{ name: string }>(
      'SELECT datname::text AS name FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1',
    ),
  );
  for (const { name } of names)
    await inside({ ...address, database: name } as Address, throwaway, (session) => checkStructure(session, found));
}

const asProof = ({ name, held, observed }: Check) => ({ claim: name, held, observed });

async function provePages({ manifest, request, found }: Proving, dataFolder: string): Promise<void> {
  const claim = 'every page has the checksum of its content';
  if (manifest.facts.dataChecksums === false) {
    found.notLookedAt.push({ claim, why: 'this server keeps no checksums (initdb --data-checksums)' });
    return;
  }
  const { files, pages, damaged, damagedPages } = await scanPages(dataFolder, request.signal);
  const faults =
    damagedPages > damaged.length ? [...damaged, `${damagedPages - damaged.length} further pages`] : damaged;
  if (pages === 0) found.proofs.push({ claim, held: false, observed: 'there is no page at all' });
  else found.proofs.push(noneOf(claim, faults, `${pages} pages in ${files} files`));
}
