import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../lib/clock.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest, BackupRepository, BackupWriter } from '../../../model/repository.ts';
import { INVENTORY_PART } from '../verify/inventory.ts';
import { type DumpTarget, dumpTarget, privatePassword } from './dump-target.ts';

export interface DumpRequest {
  readonly connection: string;
  readonly repository: BackupRepository;
  readonly component: string;
  readonly id: string;
  readonly key?: string;
  /** Folder with pg_dump of the server's major version or newer. */
  readonly binaries: string;
  /** Run pg_dump as this operating-system user; for servers that trust a user of the same name. */
  readonly asUser?: { readonly uid: number; readonly gid: number };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The snapshot to dump, exported by a transaction that stays open; and what is counted in it, kept with the dump. */
  readonly inventory?: { readonly snapshot: string; take(): Promise<Uint8Array | undefined> } | undefined;
  /** Plain bytes received so far. */
  readonly onProgress?: (received: number) => void;
}

/**
 * Dumps one database into the repository, in pg_dump's custom format. Nothing is committed unless pg_dump said that it succeeded
 * and what it wrote begins like a dump. Its warnings are kept among the facts.
 */
export async function takeDump(request: DumpRequest): Promise<BackupManifest> {
  const target = await dumpTarget(request);
  const password = await privatePassword(target.password, request.asUser);
  try {
    return await intoRepository(request, target, password.file);
  } finally {
    await password.remove();
  }
}

async function intoRepository(request: DumpRequest, target: DumpTarget, passwordFile: string): Promise<BackupManifest> {
  const { repository, component, id, key, clock, signal } = request;
  const startedAt = clock.now();
  const writer = await repository.begin({
    id,
    component,
    method: 'postgres.dump',
    startedAt,
    ...(key === undefined ? {} : { key }),
  });
  try {
    signal.throwIfAborted();
    const warnings = await run(request, target, passwordFile, writer);
    const counted = await request.inventory?.take();
    signal.throwIfAborted();
    if (counted) {
      const part = await writer.part(INVENTORY_PART);
      await part.write(counted);
      await part.end();
    }
    return await writer.commit({ ...target.facts, format: 'custom', warnings }, clock.now());
  } catch (error) {
    await writer.abort();
    signal.throwIfAborted();
    throw error;
  }
}

/** Custom format, not compressed: the repository compresses what it stores. */
const ARGUMENTS = ['--format=custom', '--compress=0', '--no-password'];
const MAGIC = 'PGDMP';

function argumentsOf({ inventory }: DumpRequest, { conninfo }: DumpTarget): readonly string[] {
  const snapshot = inventory === undefined ? [] : [`--snapshot=${inventory.snapshot}`];
  return [...ARGUMENTS, ...snapshot, `--dbname=${conninfo}`];
}

/** Returns what pg_dump warned of. */
async function run(
  request: DumpRequest,
  target: DumpTarget,
  passwordFile: string,
  writer: BackupWriter,
): Promise<JsonObject[string]> {
  const child = spawn(join(request.binaries, 'pg_dump'), argumentsOf(request, target), {
    ...(request.asUser ? { uid: request.asUser.uid, gid: request.asUser.gid } : {}),
    env: { PGPASSFILE: passwordFile, LC_ALL: 'C', PGCONNECT_TIMEOUT: '10' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  request.signal.addEventListener('abort', kill, { once: true });
  const ended = ending(child, request.binaries);
  const said = lastWords(child.stderr as Readable);
  for (const later of [ended, said]) later.catch(() => undefined); // awaited only when all that it wrote is stored
  try {
    const begins = await store(child.stdout as Readable, writer, request.onProgress);
    const code = await ended;
    if (code !== 0 || begins !== MAGIC) throw failed(target, code, await said);
    return await said;
  } catch (error) {
    kill();
    await ended.catch(() => undefined);
    throw error;
  } finally {
    request.signal.removeEventListener('abort', kill);
  }
}

/** Rejects when the program could not be started at all. */
async function ending(child: ChildProcess, binaries: string): Promise<number | string> {
  const over = once(child, 'close');
  const started = once(child, 'spawn').catch((cause: unknown) => {
    throw new KnownError(
      'BINARY_MISSING',
      `pg_dump cannot be started in ${binaries}`,
      'Install the PostgreSQL client programs of the version of the server, or newer.',
      cause,
    );
  });
  over.catch(() => undefined);
  await started;
  const [code, signal] = (await over) as [number | null, string | null];
  return code ?? signal ?? 'no exit code';
}

/** Stores all that comes, at the pace of the repository. Returns the first bytes. */
async function store(stdout: Readable, writer: BackupWriter, onProgress?: (received: number) => void): Promise<string> {
  const part = await writer.part('database.dump');
  let first = Buffer.alloc(0);
  let received = 0;
  for await (const bytes of stdout as AsyncIterable<Buffer>) {
    if (first.length < MAGIC.length) first = Buffer.concat([first, bytes.subarray(0, MAGIC.length)]);
    await part.write(bytes);
    received += bytes.length;
    onProgress?.(received);
  }
  await part.end();
  return first.toString('latin1', 0, MAGIC.length);
}

const KEPT_LINES = 20;

async function lastWords(stderr: Readable): Promise<readonly string[]> {
  let text = '';
  for await (const bytes of stderr as AsyncIterable<Buffer>) text = (text + bytes.toString('utf8')).slice(-8192);
  return text.split('\n').filter(Boolean).slice(-KEPT_LINES);
}

function failed({ what }: DumpTarget, code: number | string, lines: readonly string[]): KnownError {
  const why = lines.at(-1) ?? 'it said nothing';
  return new KnownError(
    'TARGET_FAILED',
    code === 0 ? `${what}: pg_dump wrote nothing that is a dump` : `${what}: pg_dump ended with ${code}: ${why}`,
    'Nothing was kept. pg_dump must be of the major version of the server or newer, and may read every table.',
    new Error(lines.join('\n')),
  );
}
