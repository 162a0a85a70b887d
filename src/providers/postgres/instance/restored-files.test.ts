import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupManifest, LogRef } from '../../../model/repository.ts';
import { parseBackupManifest } from './backup-manifest.ts';
import { parseControlFile } from './control-file.ts';
import { requireFree } from './fill.ts';
import { layLog, segmentName } from './lay-log.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { unpackBackup } from './unpack.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lbfiles-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const signal = new AbortController().signal;

type Entry = { name: string; bytes?: string; type?: Header['type']; linkname?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, bytes = '', type = 'file', linkname } of entries)
    tar.entry({ name, type, ...(linkname ? { linkname } : {}) }, bytes);
  tar.finalize();
  return buffer(tar as unknown as AsyncIterable<Buffer>);
}

function manifestOf(files: Readonly<Record<string, string>>): Buffer {
  const listed = Object.entries(files).map(([path, bytes]) => ({
    Path: path,
    Size: Buffer.byteLength(bytes),
    'Checksum-Algorithm': 'SHA256',
    Checksum: sha256(bytes),
  }));
  const head = `{ "PostgreSQL-Backup-Manifest-Version": 1,\n"Files": ${JSON.stringify(listed)},\n`;
  return Buffer.from(`${head}"Manifest-Checksum": "${sha256(head)}"}\n`);
}

describe('unpacking a base backup', () => {
  async function unpack(parts: Readonly<Record<string, Buffer>>): Promise<void> {
    const manifest = { id: 'base-1', parts: Object.keys(parts).map((name) => ({ name })) } as unknown as BackupManifest;
    const read = async function* (_: BackupManifest, part: string) {
      const bytes = parts[part] as Buffer;
      for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
    };
    await mkdir(join(root, 'data'), { recursive: true });
    await unpackBackup({
      repository: { read },
      manifest,
      dataFolder: join(root, 'data'),
      tablespaceFolder: join(root, 'tablespaces'),
      signal,
    });
  }

  const files = {
    PG_VERSION: '15\n',
    'base/1/1259': 'x'.repeat(20_000),
    'pg_tblspc/16384/PG_15/5/6': 'table',
    empty: '',
  };

  const parts = async (change: Partial<Record<string, Buffer>> = {}): Promise<Record<string, Buffer>> => ({
    '16384.tar': await tarOf([{ name: 'PG_15/5/6', bytes: files['pg_tblspc/16384/PG_15/5/6'] }]),
    'base.tar': await tarOf([
      { name: 'PG_VERSION', bytes: files.PG_VERSION },
      { name: 'pg_wal', type: 'directory' },
      { name: 'pg_wal/000000010000000000000002', bytes: 'log' },
      { name: 'base/1/1259', bytes: files['base/1/1259'] },
      { name: 'empty' },
      { name: 'pg_tblspc/16384', type: 'symlink', linkname: '/mnt/of-the-lost-server' },
    ]),
    backup_manifest: manifestOf(files),
    ...(change as Record<string, Buffer>),
  });

  test('writes every file, and tablespaces below the instance', async () => {
    await unpack(await parts());
    expect(await readFile(join(root, 'data/base/1/1259'), 'utf8')).toBe(files['base/1/1259']);
    expect(await readlink(join(root, 'data/pg_tblspc/16384'))).toBe(join(root, 'tablespaces/16384'));
    expect(await readFile(join(root, 'data/pg_tblspc/16384/PG_15/5/6'), 'utf8')).toBe('table');
    expect(lstatSync(join(root, 'data/PG_VERSION')).mode & 0o777).toBe(0o600);
  });

  test('maps the folders that tablespace_map names', async () => {
    const map = '16384 /mnt/of-the-lost-server\n';
    const base = await tarOf([{ name: 'tablespace_map', bytes: map }]);
    await unpack({ 'base.tar': base, backup_manifest: manifestOf({ tablespace_map: map }) });
    expect(await readFile(join(root, 'data/tablespace_map'), 'utf8')).toBe(
      `16384 ${join(root, 'tablespaces/16384')}\n`,
    );
  });

  test.each([
    ['a file altered', { PG_VERSION: '16\n' }, /PG_VERSION has the wrong checksum/],
    ['a file of another size', { PG_VERSION: '15' }, /PG_VERSION has 3 bytes instead of 2/],
    ['a file missing', { lost: 'gone' }, /lost is missing/],
  ])('refuses %s', async (_, change, message) => {
    const backup_manifest = manifestOf({ ...files, ...change });
    await expect(unpack(await parts({ backup_manifest }))).rejects.toThrow(
      expect.objectContaining({ code: 'OBJECT_DAMAGED', message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ['a file too many', { name: 'intruder', bytes: 'x' }, /not in the list/],
    ['a path that leads outside', { name: '../outside', bytes: 'x' }, /outside the data folder/],
    ['a device', { name: 'device', type: 'character-device' as const }, /which no base backup has/],
  ])('refuses %s', async (_, entry, message) => {
    const base = await tarOf([entry]);
    await expect(unpack({ 'base.tar': base, backup_manifest: manifestOf({}) })).rejects.toThrow(message);
    expect(await readdir(root)).not.toContain('outside');
  });

  test('hands on the error of a damaged object as it is', async () => {
    const read = async function* (): AsyncGenerator<Buffer> {
      yield manifestOf({});
      throw new RangeError('object 3 is damaged');
    };
    const manifest = { id: 'base-1', parts: [{ name: 'base.tar' }] } as unknown as BackupManifest;
    const request = { repository: { read }, manifest, dataFolder: root, tablespaceFolder: root, signal };
    await expect(unpackBackup(request)).rejects.toThrow('object 3 is damaged');
  });
});

describe('the list of files', () => {
  test('is refused when a byte of it is another one, or when it is cut', () => {
    const whole = manifestOf({ a: 'b' });
    expect(parseBackupManifest(whole, 'base-1').get('a')).toEqual({ size: 1, sha256: sha256('b') });
    const altered = Buffer.from(whole.toString().replace('"a"', '"c"'));
    for (const wrong of [altered, whole.subarray(0, -20), Buffer.alloc(0)])
      expect(() => parseBackupManifest(wrong, 'base-1')).toThrow(expect.objectContaining({ code: 'OBJECT_DAMAGED' }));
  });

  test('without SHA256 sums proves nothing', () => {
    const head = '{ "Files": [{"Path":"a","Size":1,"Checksum-Algorithm":"CRC32C","Checksum":"00"}],\n';
    const text = `${head}"Manifest-Checksum": "${sha256(head)}"}\n`;
    expect(() => parseBackupManifest(Buffer.from(text), 'base-1')).toThrow(/a has no SHA256/);
  });
});

describe('laying the log', () => {
  const SEGMENT = 1024 * 1024;
  const piece = (from: number, to: number, timeline = 1): LogRef => ({
    key: `${timeline}/${from}`,
    component: 'database',
    system: '1',
    timeline,
    from: BigInt(from),
    to: BigInt(to),
    storedBytes: 0,
  });
  const lay = (
    pieces: readonly LogRef[],
    bytesOf = (ref: LogRef) => Buffer.alloc(Number(ref.to - ref.from), Number(ref.from % 251n) + 1),
  ) =>
    layLog({
      repository: { readLog: async (ref) => bytesOf(ref) },
      pieces,
      histories: new Map([[2, '1\t0/300000\tno recovery target specified\n']]),
      dataFolder: root,
      segmentBytes: SEGMENT,
      signal,
    });
  beforeEach(() => mkdir(join(root, 'pg_wal')));

  test('puts every byte where it belongs and fills the rest with zeros', async () => {
    await lay([piece(SEGMENT + 100, SEGMENT + 200), piece(SEGMENT + 150, 2 * SEGMENT + 50)]);
    const names = await readdir(join(root, 'pg_wal'));
    expect(names.sort()).toEqual(['000000010000000000000001', '000000010000000000000002', '00000002.history']);
    const first = await readFile(join(root, 'pg_wal', '000000010000000000000001'));
    const second = await readFile(join(root, 'pg_wal', '000000010000000000000002'));
    expect([first.length, second.length]).toEqual([SEGMENT, SEGMENT]);
    expect([first[99], first[100], first[150], first[SEGMENT - 1]]).toEqual([
      0,
      ((SEGMENT + 100) % 251) + 1,
      ((SEGMENT + 150) % 251) + 1,
      ((SEGMENT + 150) % 251) + 1,
    ]);
    expect(second.subarray(50).every((byte) => byte === 0)).toBe(true);
  });

  test('refuses a piece that is not as long as its name says', async () => {
    await expect(lay([piece(0, 100)], () => Buffer.alloc(99))).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('names segments as PostgreSQL does', () => {
    expect(segmentName(1, 0x1_0000_0000n / (16n << 20n) + 3n, 16 << 20)).toBe('000000010000000100000003');
    expect(segmentName(10, 5n, 1 << 30)).toBe('0000000A0000000100000001');
  });
});

test('the control file of an unknown format is refused', () => {
  expect(() => parseControlFile(Buffer.alloc(300), 'pg_control')).toThrow(/format \(0\)/);
  expect(() => parseControlFile(Buffer.alloc(10), 'pg_control')).toThrow(
    expect.objectContaining({ code: 'TARGET_FAILED' }),
  );
});

describe('a folder to restore into', () => {
  const place = () => ({
    dataFolder: join(root, 'data'),
    tablespaceFolder: join(root, 'tablespaces'),
    markerFile: join(root, 'lifeboat.json'),
  });
  const marker: Marker = {
    format: 1,
    key: 'run-1/restore',
    state: 'restoring',
    component: 'database',
    backup: 'base-1',
    major: 15,
    system: '1',
    timeline: 1,
    startLsn: '0/2000028',
  };
  const refused = expect.objectContaining({ code: 'TARGET_NOT_EMPTY' });

  test('is free when it is missing or empty', async () => {
    await requireFree(place(), 'run-1/restore');
    await mkdir(join(root, 'data', 'lost+found'), { recursive: true });
    await requireFree(place(), 'run-1/restore');
  });

  test('is not when it holds anything, or is a file', async () => {
    await mkdir(join(root, 'data'));
    await writeFile(join(root, 'data', 'x'), '');
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
    await rm(join(root, 'data'), { recursive: true });
    await writeFile(join(root, 'data'), '');
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
  });

  test('is when a kill left the stamp short, as long as nothing stands beside it', async () => {
    const stamp = join(root, 'data', 'lifeboat-restore-under-way');
    await mkdir(join(root, 'data'));
    await writeMarker(place().markerFile, marker);
    for (const written of ['', 'run-1/re']) {
      await writeFile(stamp, written);
      await requireFree(place(), 'run-1/restore');
      await expect(requireFree(place(), 'run-2/restore')).rejects.toEqual(refused);
    }
    await writeFile(stamp, 'run-2/re');
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
    await writeFile(stamp, 'run-1/re');
    await writeFile(join(root, 'data', 'half'), '');
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
  });

  test('is when it holds the rest of a restore by the same key, by the word of both marker and stamp', async () => {
    await mkdir(join(root, 'data'));
    await writeFile(join(root, 'data', 'half'), '');
    await writeMarker(place().markerFile, marker);
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
    await writeFile(join(root, 'data', 'lifeboat-restore-under-way'), 'run-1/restore');
    await requireFree(place(), 'run-1/restore');
    await expect(requireFree(place(), 'run-2/restore')).rejects.toEqual(refused);
    await writeMarker(place().markerFile, { ...marker, state: 'ready' });
    await expect(requireFree(place(), 'run-1/restore')).rejects.toEqual(refused);
  });

  test('with a marker that cannot be read belongs to nobody', async () => {
    await writeFile(place().markerFile, '{"format":1');
    await expect(readMarker(place().markerFile)).rejects.toEqual(refused);
    await writeFile(place().markerFile, '{"format":2}');
    await expect(readMarker(place().markerFile)).rejects.toEqual(refused);
    await rm(place().markerFile);
    expect(await readMarker(place().markerFile)).toBeUndefined();
  });
});
