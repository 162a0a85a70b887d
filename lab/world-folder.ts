import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closedFolder, serverUser } from '../src/providers/postgres/instance/as-user.ts';
import { register } from './teardown.ts';

/** A private folder in which everything of one world lives, with a keeper that removes it even when we are killed. */
export interface WorldFolder {
  readonly path: string;
  /** Starts a program of this world. It ends with the world. */
  spawn(program: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess>;
  /** Notes a process that somebody else started for this world. */
  adopt(pid: number): Promise<void>;
  /** Ends everything and removes the folder, unless it is to be kept. */
  close(options?: { keep?: boolean }): Promise<void>;
}

const open = new Set<WorldFolder>();

/** Ends every world of this process, for when it is told to stop in the middle of anything. */
export async function closeAllWorlds(): Promise<void> {
  await Promise.all([...open].map((folder) => folder.close()));
}

export async function makeWorldFolder(): Promise<WorldFolder> {
  const path = await mkdtemp(join(await openTemporaryFolder(), 'lifeboat-lab-'));
  // Others must pass through to the folders that are theirs (the server's user), but may not look around.
  await chmod(path, 0o711);
  await mkdir(join(path, 'pids'), { mode: 0o700 });
  const keeper = startKeeper(path);
  let closed: Promise<void> | undefined;
  const folder: WorldFolder = {
    path,
    async spawn(program, args, options) {
      const child = spawn(program, args, options);
      if (child.pid !== undefined) await register(path, child.pid);
      return child;
    },
    adopt: (pid) => register(path, pid),
    close(options) {
      closed ??= endKeeper(keeper, options?.keep === true);
      open.delete(folder);
      return closed;
    },
  };
  open.add(folder);
  return folder;
}

/** The temporary folder; when it is root's alone, so that the server's user cannot get in, the one of the system. */
async function openTemporaryFolder(): Promise<string> {
  return (await closedFolder(await serverUser(), tmpdir())) === undefined ? tmpdir() : '/tmp';
}

function startKeeper(path: string): ChildProcess {
  const program = fileURLToPath(new URL('keeper.ts', import.meta.url));
  const keeper = spawn(process.execPath, [program, path], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  keeper.unref();
  return keeper;
}

async function endKeeper(keeper: ChildProcess, keep: boolean): Promise<void> {
  keeper.ref();
  const ended = new Promise<number | null>((resolve) => {
    if (keeper.exitCode !== null) resolve(keeper.exitCode);
    else keeper.on('exit', resolve);
  });
  keeper.stdin?.end(keep ? 'keep' : '');
  const code = await ended;
  if (code !== 0) throw new Error('the world could not be cleaned up completely');
}

/** A port of this machine that nobody listens on, below the range from which the system gives out its own. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = 10_240 + Math.floor(Math.random() * (32_000 - 10_240));
    if (await isFree(port)) return port;
  }
  throw new Error('no free port below 32768 found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
