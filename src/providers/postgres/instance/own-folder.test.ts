import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupManifest, ReadOptions } from '../../../model/repository.ts';
import type { ListedFile } from './backup-manifest.ts';
import { type Marker, writeMarker } from './marker.ts';
import { removeForeign, requireSameSystem } from './own-folder.ts';
import { STAMP } from './stamp.ts';
import { unpackBackup } from './unpack.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lbown-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const folder = () => ({
  dataFolder: join(root, 'data'),
  tablespaceFolder: join(root, 'tablespaces'),
  markerFile: join(root, 'lifeboat.json'),
});

async function put(path: string, bytes: string | Buffer): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), bytes);
}

function controlFile(system: bigint): Buffer {
  const bytes = Buffer.alloc(8192);
  bytes.writeBigUInt64LE(system);
  bytes.writeUInt32LE(1300, 8);
  return bytes;
}

const NEWCOMER = { system: '77', major: 15 };
const refused = expect.objectContaining({
  code: 'TARGET_NOT_EMPTY',
  message: expect.stringContaining('nothing was written'),
});

describe('a folder may be restored over', () => {
  async function cluster(system: bigint, version = '15\n'): Promise<void> {
    await put('data/global/pg_control', controlFile(system));
    await put('data/PG_VERSION', version);
  }

  test('when it holds the same system in the same version', async () => {
    await cluster(77n);
    await requireSameSystem(folder(), NEWCOMER);
  });

  test.each<[string, () => Promise<void>]>([
    ['another system', () => cluster(78n)],
    ['another version', () => cluster(77n, '14\n')],
    ['no version', () => cluster(77n, '')],
    ['anything else', () => put('data/letters/to-grandma.txt', 'dear')],
  ])('and not when it holds %s', async (_, make) => {
    await make();
    await expect(requireSameSystem(folder(), NEWCOMER)).rejects.toEqual(refused);
  });

  test('when a restore of the same system left it half done, by the word of both marker and stamp', async () => {
    const marker: Marker = {
      format: 1,
      key: 'run-1/restore',
      state: 'restoring',
      component: 'database',
      backup: 'base-1',
      major: 15,
      system: '77',
      timeline: 1,
      startLsn: '0/2000028',
    };
    await put('data/half', 'x');
    await writeMarker(folder().markerFile, marker);
    await expect(requireSameSystem(folder(), NEWCOMER)).rejects.toEqual(refused);
    await put(`data/${STAMP}`, 'run-1/restore');
    await requireSameSystem(folder(), NEWCOMER);
    for (const other of [{ system: '78' }, { major: 16 }, { state: 'ready' as const }]) {
      await writeMarker(folder().markerFile, { ...marker, ...other });
      await expect(requireSameSystem(folder(), NEWCOMER)).rejects.toEqual(refused);
    }
  });
});

const namesBelow = (path: string): string[] =>
  (readdirSync(path, { recursive: true }) as string[]).filter((name) => !lstatSync(join(path, name)).isDirectory());

test('what the backup does not hold is removed, links are not followed, and the control file goes too', async () => {
  const listed = new Map(
    ['PG_VERSION', 'global/pg_control', 'base/1/1259', 'pg_tblspc/16384/PG_15/5/6'].map((path) => [path, {}]),
  );
  const kept = [
    'data/PG_VERSION',
    'data/base/1/1259',
    'tablespaces/16384/PG_15/5/6',
    `data/${STAMP}`,
    'elsewhere/precious',
  ];
  const gone = [
    'data/global/pg_control',
    'data/postmaster.pid',
    'data/recovery.signal',
    'data/base/1/9999',
    'data/base/2/1259',
    'data/pg_wal/000000010000000000000009',
    'tablespaces/16384/PG_15/5/7',
    'tablespaces/16999/PG_15/5/6',
  ];
  for (const path of [...kept, ...gone]) await put(path, path);
  await mkdir(join(root, 'data/pg_tblspc'));
  await symlink(join(root, 'elsewhere'), join(root, 'data/pg_tblspc/16384'));
  await symlink(join(root, 'elsewhere'), join(root, 'data/base/1/2600'));
  await removeForeign(folder(), listed);
  expect(namesBelow(root).sort()).toEqual(kept.toSorted());
  expect(lstatSync(join(root, 'data/pg_wal')).isDirectory()).toBe(true);
});

describe('unpacking over files that are there', () => {
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const big = Buffer.alloc(5000, 'big');
  const files: Readonly<Record<string, Buffer>> = {
    'base/1/1': Buffer.from('one'),
    'base/1/2': big,
    'base/1/3': Buffer.from('three'),
    'base/1/4': Buffer.alloc(3072, 'ends where the archive ends'),
    'global/pg_control': controlFile(77n),
  };

  async function unpack(plainBytes: number): Promise<readonly string[]> {
    const tar = pack();
    for (const [name, bytes] of Object.entries(files)) tar.entry({ name }, bytes);
    tar.finalize();
    const bytes = await buffer(tar as unknown as AsyncIterable<Buffer>);
    const skipped: string[] = [];
    const read = async function* (_: BackupManifest, __: string, { skip }: ReadOptions = {}) {
      for (let at = 0; at < bytes.length; at += 512) {
        const part = Buffer.from(bytes.subarray(at, at + 512));
        if (skip?.(at, at + part.length)) skipped.push(`${at}`);
        else yield part;
      }
    };
    const listed = new Map<string, ListedFile>(
      Object.entries(files).map(([path, content]) => [path, { size: content.length, sha256: sha256(content) }]),
    );
    await unpackBackup({
      repository: { read },
      manifest: { id: 'base-1', parts: [{ name: 'base.tar', plainBytes }] } as unknown as BackupManifest,
      ...folder(),
      listed,
      keepRight: true,
      signal: new AbortController().signal,
    });
    return skipped;
  }

  const here = 1000;
  const beside = 1e9;
  test.each([here, beside])(
    'writes only what differs, and need not be given what is kept (%d bytes)',
    async (bytes) => {
      await put('data/base/1/1', 'uno');
      await put('data/base/1/2', big);
      await put('data/base/1/3', 'longer than it was');
      await mkdir(join(root, 'data/base/1/4'));
      const { ino } = lstatSync(join(root, 'data/base/1/2'));
      const skipped = await unpack(bytes);
      for (const [path, content] of Object.entries(files))
        expect(readFileSync(join(root, 'data', path)).equals(content), path).toBe(true);
      expect(lstatSync(join(root, 'data/base/1/2')).ino).toBe(ino);
      expect(lstatSync(join(root, 'data/base/1/1')).mode & 0o777).toBe(0o600);
      expect(skipped.length).toBeGreaterThan(5);
    },
  );

  test('a file of the right size whose bytes are others is written anew', async () => {
    const spoiled = Buffer.from(big);
    spoiled[4999] = 0;
    await put('data/base/1/2', spoiled);
    await unpack(here);
    expect((await readFile(join(root, 'data/base/1/2'))).equals(big)).toBe(true);
  });

  test('everything is kept when nothing differs', async () => {
    for (const [path, content] of Object.entries(files)) await put(`data/${path}`, content);
    expect((await unpack(here)).length).toBeGreaterThan(20);
  });
});

test('damage found by the thread that writes, and a file in the way, come out as they are', async () => {
  const tar = pack();
  tar.entry({ name: 'PG_VERSION' }, '15\n');
  tar.finalize();
  const bytes = await buffer(tar as unknown as AsyncIterable<Buffer>);
  const request = {
    repository: {
      read: async function* () {
        yield bytes;
      },
    },
    manifest: { id: 'base-1', parts: [{ name: 'base.tar', plainBytes: 1e9 }] } as unknown as BackupManifest,
    ...folder(),
    signal: new AbortController().signal,
  };
  const sum = (content: string) => createHash('sha256').update(content).digest('hex');
  const listed = (content: string) => new Map([['PG_VERSION', { size: content.length, sha256: sum(content) }]]);
  await expect(unpackBackup({ ...request, listed: listed('16\n') })).rejects.toMatchObject({
    code: 'OBJECT_DAMAGED',
    message: 'the backup base-1 is damaged: PG_VERSION has the wrong checksum',
  });
  await expect(unpackBackup({ ...request, listed: listed('15\n') })).rejects.toMatchObject({
    code: 'EEXIST',
    path: join(root, 'data/PG_VERSION'),
  });
});
