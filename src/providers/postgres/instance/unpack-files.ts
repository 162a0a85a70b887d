import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import type { ListedFile } from './backup-manifest.ts';
import { BadTar, type TarEntry, TarReader } from './tar-reader.ts';

const write = promisify(fs.write);

/** Where the files go, and what they must be. */
export interface UnpackPlace {
  readonly dataFolder: string;
  /** Where tablespaces go, each in a folder named by its number. */
  readonly tablespaceFolder: string;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** PostgreSQL's own list of the files of the backup. */
  readonly listed: ReadonlyMap<string, ListedFile>;
  /** Files that are there already and hold what the list says are left as they are. */
  readonly keepRight: boolean;
}

/** What came of some bytes. */
export interface Progress {
  /** Bytes of files that are in place, written or kept. */
  readonly inPlace: number;
  /** Bytes that follow and belong to a file that is kept: they need not come. */
  readonly notNeeded: number;
}

/** Something in the backup is not what PostgreSQL's list says. */
export class Damage extends Error {
  readonly path: string;
  readonly why: string;
  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.path = path;
    this.why = why;
  }
}

/** Pieces from this size on are written while they are summed; below it, handing them over costs more than it gains. */
const WRITE_BESIDE = 256 * 1024;

type Target = { readonly path: string; readonly logical: string; readonly size: number };
type Open = Target & { readonly fd: number | undefined; readonly hash: Hash; written: number };

/**
 * Writes the files of a base backup, each checked against the list. It waits for the disk: where there is much to write it
 * runs in a thread of its own. Not yet durable when it is through.
 */
export class Unpacking {
  readonly #place: UnpackPlace;
  readonly #made = new Set<string>();
  readonly #seen = new Set<string>();
  #tar = new TarReader();
  #tablespace: string | undefined;
  #open: Open | undefined;
  #inPlace = 0;

  constructor(place: UnpackPlace) {
    this.#place = place;
  }

  beginPart(tablespace: string | undefined): void {
    this.#tar = new TarReader();
    this.#tablespace = tablespace;
  }

  /** The next bytes of the part, after so many that were not needed. */
  async take(bytes: Uint8Array, passed: number): Promise<Progress> {
    try {
      if (passed > 0) this.#tar.pass(passed);
      for (const piece of this.#tar.read(bytes)) {
        if (piece.is === 'entry') this.#enter(piece.entry);
        else if (piece.is === 'data') await this.#write(piece.bytes);
        else this.#close();
      }
    } catch (error) {
      throw error instanceof BadTar ? new Damage(this.#partName, error.message) : error;
    }
    const kept = this.#open !== undefined && this.#open.fd === undefined;
    return { inPlace: this.#inPlace, notNeeded: kept ? this.#tar.left : 0 };
  }

  endPart(): void {
    try {
      this.#tar.finish();
    } catch (error) {
      throw error instanceof BadTar ? new Damage(this.#partName, error.message) : error;
    }
  }

  /** After the last part. */
  requireAll(): void {
    const lost = [...this.#place.listed.keys()].filter((path) => !this.#seen.has(path));
    if (lost.length > 0) throw new Damage(lost[0] as string, `is missing, with ${lost.length - 1} others`);
  }

  /** Lets go of a file that was not written to its end. */
  abandon(): void {
    if (this.#open?.fd !== undefined) fs.closeSync(this.#open.fd);
    this.#open = undefined;
  }

  get #partName(): string {
    return this.#tablespace === undefined ? 'base.tar' : `${this.#tablespace}.tar`;
  }

  #enter(entry: TarEntry): void {
    const { dataFolder, tablespaceFolder } = this.#place;
    const tablespace = this.#tablespace;
    const inside = safeName(entry.name);
    const root = tablespace === undefined ? dataFolder : join(tablespaceFolder, tablespace);
    const path = join(root, inside);
    const logical = tablespace === undefined ? inside : join('pg_tblspc', tablespace, inside);
    switch (entry.type) {
      case 'directory':
        this.#makeFolder(path);
        break;
      case 'symlink': {
        const target = join(tablespaceFolder, inside.slice('pg_tblspc/'.length));
        this.#makeFolder(target);
        this.#makeFolder(dirname(path));
        fs.symlinkSync(target, path);
        break;
      }
      case 'file':
        this.#makeFolder(dirname(path));
        this.#open = this.#begin({ path, logical, size: entry.size });
        break;
      case 'other':
        throw new Damage(logical, 'is of a kind which no base backup has');
    }
  }

  #makeFolder(path: string): void {
    if (this.#made.has(path)) return;
    const { owner } = this.#place;
    const first = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#made.add(path);
    if (first === undefined || owner === undefined) return;
    for (let folder = path; folder.length >= first.length; folder = dirname(folder))
      fs.chownSync(folder, owner.uid, owner.gid);
  }

  #begin(target: Target): Open {
    const hash = createHash('sha256');
    if (this.#place.keepRight && isRight(target, this.#place.listed.get(target.logical)))
      return { ...target, hash, written: 0, fd: undefined };
    if (this.#place.keepRight) fs.rmSync(target.path, { recursive: true, force: true });
    const fd = fs.openSync(target.path, 'wx', 0o600);
    this.#open = { ...target, hash, written: 0, fd };
    const { owner } = this.#place;
    if (owner) fs.fchownSync(fd, owner.uid, owner.gid);
    return this.#open;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const open = this.#open as Open;
    const { fd, hash, written } = open;
    if (fd === undefined) return;
    open.written += bytes.length;
    if (bytes.length < WRITE_BESIDE) {
      hash.update(bytes);
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at, bytes.length - at, written + at);
      return;
    }
    const writing = writeWhole(fd, bytes, written);
    hash.update(bytes);
    await writing;
  }

  #close(): void {
    const { fd, logical, size, hash } = this.#open as Open;
    this.#open = undefined;
    this.#inPlace += size;
    if (fd === undefined) {
      this.#seen.add(logical);
      return;
    }
    fs.closeSync(fd);
    this.#judge(logical, { size, sha256: hash.digest('hex') });
  }

  /** Log segments that came along are not in the list: each of their records carries its own checksum. */
  #judge(path: string, found: ListedFile): void {
    const listed = this.#place.listed.get(path);
    if (listed === undefined) {
      if (path.startsWith('pg_wal/')) return;
      throw new Damage(path, 'is not in the list of files');
    }
    if (listed.size !== found.size) throw new Damage(path, `has ${found.size} bytes instead of ${listed.size}`);
    if (listed.sha256 !== found.sha256) throw new Damage(path, 'has the wrong checksum');
    this.#seen.add(path);
  }
}

function safeName(name: string): string {
  const inside = normalize(name).replace(/\/+$/, '');
  if (inside.startsWith('/') || inside.split('/').includes('..'))
    throw new Damage(name, 'points outside the data folder');
  return inside;
}

/** A disk may take less than it was given. */
async function writeWhole(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

const READ_AT_ONCE = 1024 * 1024;

/** Whether a file is there, a plain one, and holds byte for byte what the list says. */
function isRight({ path, size }: Target, listed: ListedFile | undefined): boolean {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  if (listed === undefined || !there?.isFile() || there.size !== size || listed.size !== size) return false;
  const fd = fs.openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(READ_AT_ONCE, Math.max(1, size)));
    for (let read = fs.readSync(fd, buffer); read > 0; read = fs.readSync(fd, buffer))
      hash.update(buffer.subarray(0, read));
    return hash.digest('hex') === listed.sha256;
  } finally {
    fs.closeSync(fd);
  }
}
