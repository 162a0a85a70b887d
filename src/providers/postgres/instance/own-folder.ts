import type { Dirent } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import { readControlFile } from './control-file.ts';
import { syncFolder } from './durable.ts';
import { readMarker } from './marker.ts';
import { STAMP } from './stamp.ts';

/** A data folder with something in it, and where its tablespaces were restored to. */
export interface OwnFolder {
  readonly dataFolder: string;
  readonly tablespaceFolder: string;
  readonly markerFile: string;
}

/** What is to be restored over it. */
export interface Newcomer {
  /** Identity of the database system, as its backup says. */
  readonly system: string;
  readonly major: number;
}

const CONTROL_FILE = 'global/pg_control';

/**
 * Throws TARGET_NOT_EMPTY unless the folder holds the data of the very system that is to be restored, or what a restore of it left
 * half done. Writes nothing. That no server runs on it is for the caller to see.
 */
export async function requireSameSystem(folder: OwnFolder, newcomer: Newcomer): Promise<void> {
  if (await isHalfRestored(folder, newcomer)) return;
  const { dataFolder } = folder;
  const found = await readControlFile(dataFolder).catch((cause) => {
    throw notOurs(dataFolder, 'is no data folder of PostgreSQL', cause);
  });
  if (found.system !== newcomer.system)
    throw notOurs(dataFolder, `holds the database system ${found.system}, and the backup is one of ${newcomer.system}`);
  const major = Number.parseInt(await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => ''), 10);
  if (major !== newcomer.major)
    throw notOurs(dataFolder, `is one of PostgreSQL ${major || 'unknown'}, and the backup is one of ${newcomer.major}`);
}

/** Its control file is the first that goes and the last that comes, so our own word has to do. */
async function isHalfRestored({ dataFolder, markerFile }: OwnFolder, { system, major }: Newcomer): Promise<boolean> {
  const marker = await readMarker(markerFile);
  if (marker?.state !== 'restoring' || marker.system !== system || marker.major !== major) return false;
  return (await readdir(dataFolder)).includes(STAMP);
}

const notOurs = (dataFolder: string, why: string, cause?: unknown): KnownError =>
  new KnownError(
    'TARGET_NOT_EMPTY',
    `${dataFolder} ${why}; nothing was written`,
    'Only a data folder of the same database system can be restored over. Move this one away, then try again.',
    cause,
  );

/**
 * Removes from the folder what the backup does not hold, and the control file before all else: without it no server starts on what
 * is half one state and half another. Links are removed, never followed.
 */
export async function removeForeign(
  { dataFolder, tablespaceFolder }: OwnFolder,
  listed: ReadonlyMap<string, unknown>,
): Promise<void> {
  await removeControlFile(join(dataFolder, CONTROL_FILE));
  const folders = foldersOf(listed);
  const sweep: Sweep = {
    isFile: (path) => listed.has(path),
    isFolder: (path) => folders.has(path) || path === 'pg_wal',
  };
  await sweepFolder(dataFolder, '', { ...sweep, isFolder: (path) => sweep.isFolder(path) && !isTablespace(path) });
  await sweepFolder(tablespaceFolder, 'pg_tblspc/', sweep);
}

/** Durably, before anything else is touched: after a power cut the machine may start its servers by itself. */
async function removeControlFile(path: string): Promise<void> {
  const removed = await rm(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return false;
      throw cause;
    },
  );
  if (removed) await syncFolder(dirname(path));
}

type Sweep = { isFile(path: string): boolean; isFolder(path: string): boolean };

/** In the data folder there are but links to them. */
const isTablespace = (path: string): boolean => path.startsWith('pg_tblspc/');

function foldersOf(listed: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of listed.keys())
    for (let folder = dirname(path); folder !== '.' && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  return folders;
}

async function sweepFolder(folder: string, logical: string, sweep: Sweep): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  for (const entry of entries) await sweepEntry(folder, entry, { logical: `${logical}${entry.name}`, sweep });
}

async function sweepEntry(folder: string, entry: Dirent, { logical, sweep }: { logical: string; sweep: Sweep }) {
  const path = join(folder, entry.name);
  if (logical === STAMP || logical === 'lost+found') return;
  if (entry.isDirectory() && sweep.isFolder(logical)) return sweepFolder(path, `${logical}/`, sweep);
  if (entry.isFile() && sweep.isFile(logical)) return;
  await rm(path, { recursive: true, force: true });
}
