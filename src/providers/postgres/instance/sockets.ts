import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import type { ServerUser } from './as-user.ts';

/** A unix socket's path has at most 107 bytes, 103 on macOS; `/.s.PGSQL.65535.lock` takes 20 of them. */
const LONGEST_FOLDER = 103 - 20;

/** Where a server of ours listens: beside its data when the path is short enough, else in a private temporary folder. */
export function socketFolderOf(dataFolder: string): string {
  const beside = `${dataFolder.replace(/\/+$/, '')}.socket`;
  if (Buffer.byteLength(beside) <= LONGEST_FOLDER) return beside;
  return join(tmpdir(), `lifeboat-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`);
}

/** Makes the folder, empty and for its owner alone; call it only while no server uses it. Somebody else's folder at that place is refused: a server there could be an impostor. */
export async function makeSocketFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
  const seen = await lstat(folder);
  const ours = process.getuid?.();
  if (!seen.isDirectory() || (seen.mode & 0o022) !== 0 || (seen.uid !== ours && seen.uid !== user?.uid))
    throw new KnownError(
      'TARGET_DENIED',
      `${folder} is not a private folder of ours`,
      'It is needed for the socket of a PostgreSQL server. Find out who made it, and remove it.',
    );
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  // A server that was killed leaves its socket and lock, and the lock may name a process that is another one by now.
  for (const name of await readdir(folder)) if (name.startsWith('.s.PGSQL.')) await rm(join(folder, name));
}

/** Throws PORT_TAKEN when something listens already; found by trying, before a server is started. */
export async function requireFreePort(listen: string, port: number): Promise<void> {
  for (const host of listen.split(',').map((text) => text.trim())) if (host !== '') await tryPort(host, port);
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => fail(portError(host, port, cause)));
    server.listen({ port, exclusive: true, ...(host === '*' ? {} : { host }) }, () => server.close(() => done()));
  });
}

function portError(host: string, port: number, cause: NodeJS.ErrnoException): KnownError {
  if (cause.code === 'EADDRINUSE')
    return new KnownError(
      'PORT_TAKEN',
      `another process listens on ${host}:${port}`,
      `Stop it (see who it is with: ss -ltnp sport = :${port}), or give the component another server.port.`,
      cause,
    );
  return new KnownError(
    'TARGET_FAILED',
    `cannot listen on ${host}:${port} (${cause.code ?? cause.name})`,
    'Check server.listen and server.port of the component: the address must be one of this machine.',
    cause,
  );
}
