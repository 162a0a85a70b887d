import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { type MemoryStore, memoryStore } from '../../src/backup/memory-store.fake.ts';
import { memoryRepository, reopened, takeBackup, testClock } from '../../src/backup/repository.fake.ts';
import { choosePoint } from '../../src/catalog/choose-point.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { formatLsn } from '../../src/model/lsn.ts';
import type { BackupRepository } from '../../src/model/repository.ts';
import { layLog } from '../../src/providers/postgres/instance/lay-log.ts';
import { unpackBackup } from '../../src/providers/postgres/instance/unpack.ts';

const clock = testClock('2026-01-14T03:00:00.000Z');
const SEGMENT = 1 << 20;
const line = { component: 'database', system: '73', timeline: 1 };

/** A repeatable run of numbers in [0, 1). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

const roll = dice(7);
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(roll() * 256)));

export interface Whole {
  readonly store: MemoryStore;
  readonly identity: string;
  /** sha256 of every file of every backup, as `base-1 /PG_VERSION`. */
  readonly files: ReadonlyMap<string, string>;
  /** The log, from the position SEGMENT on. */
  readonly log: Buffer;
}

/** Two base backups with one log over both, a dump, the history of a timeline and a verification: one of everything that is kept. */
export async function wholeRepository(): Promise<Whole> {
  const { store, repository, identity } = await memoryRepository({ clock, objectBytes: 16 << 10 });
  const bytes = noise(300_000);
  const log = (from: number, to: number, at: string) => {
    clock.set(at);
    return repository.putLog({ ...line, from: BigInt(SEGMENT + from), bytes: bytes.subarray(from, to) });
  };
  const files = new Map<string, string>();
  await base(repository, files, { id: 'base-1', from: 0, at: '2026-01-14T03:00:00.000Z' });
  await log(0, 60_000, '2026-01-14T03:01:00.000Z');
  await log(60_000, 130_000, '2026-01-14T03:02:00.000Z');
  await log(120_000, 200_000, '2026-01-14T03:03:00.000Z');
  await base(repository, files, { id: 'base-2', from: 140_000, at: '2026-01-14T03:03:30.000Z' });
  await log(200_000, 300_000, '2026-01-14T03:04:00.000Z');
  await takeBackup(
    repository,
    { 'database.dump': noise(40_000) },
    { id: 'dump-1', at: new Date('2026-01-14T03:02:30.000Z') },
  );
  await repository.putTimelineHistory('database', '73', 2, '1\t0/1F0000\tno recovery target specified\n');
  const proofs = [{ claim: 'it can be read', held: true, observed: '3 tables' }];
  const at = '2026-01-14T03:05:00.000Z';
  await repository.putVerification({ backup: 'base-1', component: 'database', at, held: true, proofs });
  return { store, identity, files, log: bytes };
}

type Base = { readonly id: string; readonly from: number; readonly at: string };

async function base(repository: BackupRepository, known: Map<string, string>, { id, from, at }: Base): Promise<void> {
  const files: Record<string, Buffer> = {
    PG_VERSION: Buffer.from('15\n'),
    'pg_wal/archive_status': Buffer.alloc(0),
    'base/5/1259': noise(24_576),
    'base/5/16384': noise(65_536),
    'global/pg_control': noise(8192),
  };
  for (const [name, bytes] of Object.entries(files)) if (bytes.length > 0) known.set(`${id} /${name}`, sha256(bytes));
  const parts = { 'base.tar': await tarOf(files), backup_manifest: listOf(files), 'inventory.json': '{}' };
  const [startLsn, endLsn] = [from, from + 10].map((position) => formatLsn(BigInt(SEGMENT + position)));
  const facts = {
    system: '73',
    timeline: 1,
    startLsn: startLsn as string,
    endLsn: endLsn as string,
    segmentBytes: SEGMENT,
  };
  await takeBackup(repository, parts, { id, method: 'postgres.base_backup', facts, at: new Date(at) });
}

async function tarOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const packed = pack();
  for (const [name, bytes] of Object.entries(files)) {
    if (bytes.length === 0) packed.entry({ name, type: 'directory' });
    else packed.entry({ name }, bytes);
  }
  packed.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of packed) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function listOf(files: Readonly<Record<string, Buffer>>): string {
  const list = Object.entries(files)
    .filter(([, bytes]) => bytes.length > 0)
    .map(([Path, bytes]) => ({ Path, Size: bytes.length, 'Checksum-Algorithm': 'SHA256', Checksum: sha256(bytes) }));
  const before = `{"Files": ${JSON.stringify(list)},\n`;
  return `${before}"Manifest-Checksum": "${sha256(before)}"}\n`;
}

/** What a repository lets one see and gives out, when everything in it is asked for and its newest moment is restored. */
export interface Answer {
  /** What `points` shows. */
  readonly points: string;
  /** Everything that came out as bytes, by what it is. Of a log, each page. */
  readonly given: ReadonlyMap<string, string>;
  /** Whether the newest moment was restored, and which position it is. */
  readonly restored?: string;
  /** Errors, as a person reads them. */
  readonly refused: readonly string[];
}

/** Asks for all there is, going on after each refusal. */
export async function askFor(objects: ReadonlyMap<string, Buffer>, { identity, log: truth }: Whole): Promise<Answer> {
  const given = new Map<string, string>();
  const refused: string[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      refused.push(`${(error as { code?: string }).code}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const repository = await attempt(() => reopened(memoryStore(new Map(objects)), identity, clock));
  if (repository === undefined) return { points: '', given, refused };
  const catalog = openCatalog(repository);
  const points = (await attempt(() => catalog.points('database'))) ?? [];
  await attempt(() => everyBackup(repository, given, attempt));
  for (const log of await repository.logs('database'))
    await attempt(async () => pagesOf(given, log.from, await repository.readLog(log)));
  const restored = await attempt(async () => {
    const point = choosePoint(points, { kind: 'latest' });
    await restore(repository, { point, pieces: await catalog.logOf(point), given, truth });
    return `${point.backup} ${point.log?.to}`;
  });
  return { points: JSON.stringify(points), given, refused, ...(restored === undefined ? {} : { restored }) };
}

type Attempt = <T>(work: () => Promise<T>) => Promise<T | undefined>;

async function everyBackup(repository: BackupRepository, given: Map<string, string>, attempt: Attempt): Promise<void> {
  for (const manifest of await repository.backups('database')) {
    const check = await repository.check(manifest);
    if (!check.whole) await attempt(() => Promise.reject(new Error(`check: ${check.why}`)));
    for (const { name } of manifest.parts)
      await attempt(async () => {
        const pieces: Buffer[] = [];
        for await (const piece of repository.read(manifest, name)) pieces.push(piece);
        given.set(`${manifest.id}/${name}`, sha256(Buffer.concat(pieces)));
      });
  }
}

/** Stretches may be cut differently, so bytes are compared by where they belong. */
const LOG_PAGE = 10_000;
function pagesOf(given: Map<string, string>, from: bigint, bytes: Buffer): void {
  for (let at = 0; at + LOG_PAGE <= bytes.length; at += LOG_PAGE)
    given.set(`log ${from + BigInt(at)}`, sha256(bytes.subarray(at, at + LOG_PAGE)));
}

type Restoring = {
  readonly point: ReturnType<typeof choosePoint>;
  readonly pieces: Awaited<ReturnType<BackupRepository['logs']>>;
  readonly given: Map<string, string>;
  readonly truth: Buffer;
};

async function restore(repository: BackupRepository, { point, pieces, given, truth }: Restoring): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lbfuzz-'));
  const { signal } = new AbortController();
  try {
    const manifest = (await repository.backups('database')).find(({ id }) => id === point.backup);
    if (manifest === undefined) throw new Error('the chosen backup is gone');
    const place = { dataFolder: join(folder, 'data'), tablespaceFolder: join(folder, 'spaces') };
    await unpackBackup({ repository, manifest, ...place, signal });
    const histories = await repository.timelineHistories('database', '73');
    await layLog({ repository, pieces, histories, dataFolder: place.dataFolder, segmentBytes: SEGMENT, signal });
    const names = await readdir(place.dataFolder, { recursive: true, withFileTypes: true });
    for (const entry of names.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const name = path.slice(place.dataFolder.length);
      if (!name.startsWith('/pg_wal/')) given.set(`${manifest.id} ${name}`, sha256(bytes));
      else if (!name.endsWith('.history'))
        given.set('the log laid down', isLaid(bytes, pieces, truth) ? 'as it was' : 'wrong');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the first stretch on every byte is that of the log, up to where the point says that it reaches; behind it nothing is. */
function isLaid(segment: Buffer, pieces: Restoring['pieces'], truth: Buffer): boolean {
  const from = Number(pieces[0]?.from ?? 0n) - SEGMENT;
  const to = Number(pieces.at(-1)?.to ?? 0n) - SEGMENT;
  return (
    segment.subarray(from, to).equals(truth.subarray(from, to)) && segment.subarray(to).every((byte) => byte === 0)
  );
}
