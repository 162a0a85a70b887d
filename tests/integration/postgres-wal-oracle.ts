import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseLsn } from '../../src/model/lsn.ts';
import type { LogStretch } from '../../src/providers/postgres/wal/transactions.ts';
import { BINARIES, type TestServer } from './postgres-stream-server.ts';

const run = promisify(execFile);
const SEGMENT = 16 << 20;

/** What PostgreSQL's own reader says of one committed transaction. */
export interface Told {
  xid: number;
  lsn: bigint;
  deleted: number;
  updated: number;
  inserted: number;
}

interface Line {
  rmgr: string;
  tx: number;
  lsn: string;
  desc: string;
}

/** Reads the log with pg_waldump, or with the extension pg_walinspect where that program is not. */
export async function told(server: TestServer, from: string, to: string): Promise<Told[]> {
  const lines = existsSync(join(BINARIES, 'pg_waldump'))
    ? await dump(server, from, to)
    : await inspect(server, from, to);
  const open = new Map<number, Told>();
  const none = (xid: number): Told => ({ xid, lsn: 0n, deleted: 0, updated: 0, inserted: 0 });
  const done: Told[] = [];
  for (const { rmgr, tx, lsn, desc } of lines) {
    if (rmgr === 'Heap' || rmgr === 'Heap2') {
      const counts = open.get(tx) ?? none(tx);
      open.set(tx, counts);
      if (desc.startsWith('DELETE')) counts.deleted += 1;
      else if (/^(HOT_)?UPDATE/.test(desc)) counts.updated += 1;
      else if (desc.startsWith('INSERT')) counts.inserted += 1;
      else if (desc.startsWith('MULTI_INSERT'))
        counts.inserted += Number(/(\d+) tuples|ntuples: (\d+)/.exec(desc)?.slice(1).find(Boolean));
    }
    if (rmgr !== 'Transaction' || !desc.startsWith('COMMIT')) continue;
    const prepared = /^COMMIT_PREPARED (\d+):/.exec(desc);
    const xid = prepared ? Number(prepared[1]) : tx;
    const counts = open.get(xid) ?? none(xid);
    for (const sub of /subxacts: ([\d ]+)/.exec(desc)?.[1]?.trim().split(' ') ?? []) {
      const { deleted, updated, inserted } = open.get(Number(sub)) ?? none(0);
      counts.deleted += deleted;
      counts.updated += updated;
      counts.inserted += inserted;
    }
    done.push({ ...counts, xid, lsn: parseLsn(lsn) });
  }
  return done;
}

async function dump(server: TestServer, from: string, to: string): Promise<Line[]> {
  const argv = ['-p', join(server.data, 'pg_wal'), '-s', from, '-e', to];
  const { stdout } = await run(join(BINARIES, 'pg_waldump'), argv, { maxBuffer: 1 << 30 });
  return stdout
    .split('\n')
    .map((line) => /^rmgr: (\w+) .* tx: +(\d+), lsn: (\S+), prev \S+, desc: (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, rmgr = '', tx, lsn = '', desc = '']) => ({ rmgr, tx: Number(tx), lsn, desc }));
}

async function inspect(server: TestServer, from: string, to: string): Promise<Line[]> {
  await server.sql('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
  const rows = await server.sql(
    `SELECT resource_manager AS rmgr, xid::text AS tx, start_lsn::text AS lsn,
            record_type || ' ' || coalesce(description, '') AS desc FROM pg_get_wal_records_info($1, $2)`,
    [from, to],
  );
  return rows.map((row) => ({
    rmgr: row.rmgr,
    tx: Number(row.tx),
    lsn: row.lsn,
    desc: row.desc.replace(/^COMMIT_PREPARED \s*/, 'COMMIT_PREPARED '),
  }));
}

/** The server's own segment files from the one that holds `from` on, recycled ones and all. */
export async function segments(server: TestServer, from: string, timeline = 1): Promise<LogStretch[]> {
  const folder = join(server.data, 'pg_wal');
  const first = parseLsn(from) - (parseLsn(from) % BigInt(SEGMENT));
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name)).sort();
  const stretches: LogStretch[] = [];
  for (const name of names) {
    if (Number.parseInt(name.slice(0, 8), 16) !== timeline) continue;
    const start = (BigInt(`0x${name.slice(8, 16)}`) << 32n) + BigInt(`0x${name.slice(16)}`) * BigInt(SEGMENT);
    if (start >= first) stretches.push({ start, bytes: await readFile(join(folder, name)) });
  }
  return stretches;
}

export async function* asSource(stretches: readonly LogStretch[]): AsyncGenerator<LogStretch> {
  yield* stretches;
}

/** The same bytes in pieces that are cut anywhere, and overlap now and then. */
export function cutUp(stretches: readonly LogStretch[], seed: number): LogStretch[] {
  const all = Buffer.concat(stretches.map((stretch) => stretch.bytes));
  const start = stretches[0]?.start ?? 0n;
  const pieces: LogStretch[] = [];
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (let at = 0; at < all.length; ) {
    const back = Math.min(at, next(3) === 0 ? next(50_000) : 0);
    const length = next(2) === 0 ? next(9000) + 1 : next(3_000_000) + 1;
    pieces.push({ start: start + BigInt(at - back), bytes: all.subarray(at - back, at + length) });
    at += length;
  }
  return pieces;
}
