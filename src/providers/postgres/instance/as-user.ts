import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { lchown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { KnownError } from '../../../model/errors.ts';

const execute = promisify(execFile);

/** An operating-system user that server programs run as, because PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user for server programs: undefined when we are not root and simply run them as ourselves. */
export async function serverUser(wanted?: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const names = wanted === undefined ? ['postgres', 'nobody'] : [wanted];
  for (const name of names) {
    const user = await lookUp(name);
    if (user !== undefined && user.uid !== 0) return user;
  }
  throw new KnownError(
    'USAGE',
    `there is no unprivileged user ${names.join(' or ')} to run PostgreSQL as`,
    'PostgreSQL does not run as root. Name an existing user in the component: server.user.',
  );
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([execute('id', ['-u', '--', name]), execute('id', ['-g', '--', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** What every server program is started with: the user, and an environment in which none of our secrets stand. */
export function spawnOptions(user: ServerUser | undefined): Pick<SpawnOptions, 'uid' | 'gid' | 'env'> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return user === undefined ? { env } : { env, uid: user.uid, gid: user.gid };
}

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, never through a shell. A non-zero exit code is a result, not an error. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { user?: ServerUser | undefined; signal?: AbortSignal; env?: Readonly<Record<string, string>> } = {},
): Promise<ProgramResult> {
  return new Promise((done, fail) => {
    const base = spawnOptions(options.user);
    const child = spawn(program, args, {
      ...base,
      env: { ...base.env, ...options.env },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.on('error', (cause) => fail(startError(program, cause)));
    child.on('close', (code) =>
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

function startError(program: string, cause: NodeJS.ErrnoException): unknown {
  if (cause.name === 'AbortError') return cause;
  return new KnownError(
    cause.code === 'ENOENT' ? 'BINARY_MISSING' : 'TARGET_DENIED',
    `${program} cannot be started (${cause.code ?? cause.name})`,
    'Check that the program is installed and that the user may run it.',
    cause,
  );
}

/** Gives a folder and all in it to the user. Links are not followed. */
export async function giveTo(user: ServerUser | undefined, path: string): Promise<void> {
  if (user === undefined) return;
  await lchown(path, user.uid, user.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(user, join(path, name));
}

/** The first folder on the way to `path` that the user cannot enter, or undefined when the user gets there. */
export async function closedFolder(user: ServerUser | undefined, path: string): Promise<string | undefined> {
  if (user === undefined) return undefined;
  const folders: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of folders) {
    const seen = await stat(folder).catch(() => undefined);
    if (seen?.isDirectory() && !mayEnter(user, seen)) return folder;
  }
  return undefined;
}

function mayEnter(user: ServerUser, seen: { mode: number; uid: number; gid: number }): boolean {
  if (seen.uid === user.uid) return (seen.mode & 0o100) !== 0;
  return (seen.mode & (seen.gid === user.gid ? 0o010 : 0o001)) !== 0;
}
