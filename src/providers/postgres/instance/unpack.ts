import { createHash } from 'node:crypto';
import { chown, mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract as extractTar, type Header } from 'tar-stream';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest, BackupRepository } from '../../../model/repository.ts';
import type { ServerUser } from './as-user.ts';
import { type ListedFile, parseBackupManifest } from './backup-manifest.ts';

export interface UnpackRequest {
  readonly repository: Pick<BackupRepository, 'read'>;
  readonly manifest: BackupManifest;
  /** Exists; what the backup holds is written into it. */
  readonly dataFolder: string;
  /** Where tablespaces go, each in a folder named by its number. */
  readonly tablespaceFolder: string;
  readonly user?: ServerUser | undefined;
  readonly signal: AbortSignal;
  /** Bytes of files written so far. */
  readonly onProgress?: (written: number) => void;
}

interface Unpacking extends UnpackRequest {
  readonly listed: ReadonlyMap<string, ListedFile>;
  readonly seen: Set<string>;
  written: number;
}

/** Writes the files of a base backup, each checked against PostgreSQL's own list. Not yet durable when it returns. */
export async function unpackBackup(request: UnpackRequest): Promise<void> {
  const list = await wholePart(request, 'backup_manifest');
  const listed = parseBackupManifest(list, request.manifest.id);
  const unpacking: Unpacking = { ...request, listed, seen: new Set(), written: 0 };
  for (const { name } of request.manifest.parts) {
    if (!name.endsWith('.tar')) continue;
    const tablespace = /^(\d+)\.tar$/.exec(name)?.[1];
    await unpackPart(unpacking, name, tablespace);
  }
  const lost = [...listed.keys()].filter((path) => !unpacking.seen.has(path));
  if (lost.length > 0) throw damaged(unpacking, lost[0] as string, `is missing, with ${lost.length - 1} others`);
  await mapTablespaces(request);
}

async function wholePart({ repository, manifest }: UnpackRequest, part: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(manifest, part)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function unpackPart(unpacking: Unpacking, part: string, tablespace: string | undefined): Promise<void> {
  const extract = extractTar();
  const bytes = Readable.from(unpacking.repository.read(unpacking.manifest, part), { objectMode: false });
  const feeding = pipeline(bytes, extract, { signal: unpacking.signal });
  feeding.catch(() => undefined); // awaited below; an error in between must not count as unhandled
  try {
    for await (const entry of extract) {
      await writeEntry(unpacking, entry, tablespace);
      entry.resume();
    }
  } catch (error) {
    bytes.destroy();
    extract.destroy();
    const first = await feeding.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    throw first instanceof KnownError ? first : error;
  }
  await feeding;
}

type Entry = AsyncIterable<unknown> & { readonly header: Header };

async function writeEntry(unpacking: Unpacking, entry: Entry, tablespace: string | undefined): Promise<void> {
  const inside = safeName(unpacking, entry.header.name);
  const root = tablespace === undefined ? unpacking.dataFolder : join(unpacking.tablespaceFolder, tablespace);
  const path = join(root, inside);
  const logical = tablespace === undefined ? inside : join('pg_tblspc', tablespace, inside);
  switch (entry.header.type) {
    case 'directory':
      return makeFolder(unpacking, path);
    case 'symlink': {
      const target = join(unpacking.tablespaceFolder, inside.slice('pg_tblspc/'.length));
      await makeFolder(unpacking, target);
      await makeFolder(unpacking, dirname(path));
      return symlink(target, path);
    }
    case 'file':
    case 'contiguous-file':
      await makeFolder(unpacking, dirname(path));
      return writeFileOf(unpacking, entry, path, logical);
    default:
      throw damaged(unpacking, logical, `is a ${entry.header.type}, which no base backup has`);
  }
}

function safeName(unpacking: Unpacking, name: string): string {
  const inside = normalize(name).replace(/\/+$/, '');
  if (inside.startsWith('/') || inside.split('/').includes('..'))
    throw damaged(unpacking, name, 'points outside the data folder');
  return inside;
}

async function makeFolder({ user }: Unpacking, path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined || user === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder))
    await chown(folder, user.uid, user.gid);
}

async function writeFileOf(unpacking: Unpacking, entry: Entry, path: string, logical: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    if (unpacking.user) await file.chown(unpacking.user.uid, unpacking.user.gid);
    for await (const bytes of entry as AsyncIterable<Buffer>) {
      hash.update(bytes);
      size += bytes.length;
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  unpacking.written += size;
  unpacking.onProgress?.(unpacking.written);
  judge(unpacking, logical, { size, sha256: hash.digest('hex') });
}

/** Log segments that came along are not in the list: each of their records carries its own checksum. */
function judge(unpacking: Unpacking, path: string, found: ListedFile): void {
  const listed = unpacking.listed.get(path);
  if (listed === undefined) {
    if (path.startsWith('pg_wal/')) return;
    throw damaged(unpacking, path, 'is not in the list of files');
  }
  if (listed.size !== found.size) throw damaged(unpacking, path, `has ${found.size} bytes instead of ${listed.size}`);
  if (listed.sha256 !== found.sha256) throw damaged(unpacking, path, 'has the wrong checksum');
  unpacking.seen.add(path);
}

const damaged = ({ manifest }: Unpacking, path: string, why: string): KnownError =>
  new KnownError(
    'OBJECT_DAMAGED',
    `the backup ${manifest.id} is damaged: ${path} ${why}`,
    'Restore from another backup: lifeboat points',
  );

/** The server makes its links anew from this file at the first start; the folders named in it are those of the lost server. */
async function mapTablespaces({ dataFolder, tablespaceFolder }: UnpackRequest): Promise<void> {
  const path = join(dataFolder, 'tablespace_map');
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return;
  const numbers = text.split('\n').flatMap((line) => /^(\d+) /.exec(line)?.[1] ?? []);
  await writeFile(path, numbers.map((number) => `${number} ${join(tablespaceFolder, number)}\n`).join(''));
}
