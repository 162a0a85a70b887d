import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orAborted } from '../../../lib/or-aborted.ts';
import { openThread } from '../../../lib/thread.ts';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest, BackupRepository } from '../../../model/repository.ts';
import type { ServerUser } from './as-user.ts';
import { type ListedFile, parseBackupManifest } from './backup-manifest.ts';
import { type UnpackAnswer, type UnpackCall, type Unpacker, unpacker } from './unpack-calls.ts';
import type { Progress, UnpackPlace } from './unpack-files.ts';

export interface UnpackRequest {
  readonly repository: Pick<BackupRepository, 'read'>;
  readonly manifest: BackupManifest;
  /** Exists; what the backup holds is written into it. */
  readonly dataFolder: string;
  /** Where tablespaces go, each in a folder named by its number. */
  readonly tablespaceFolder: string;
  readonly user?: ServerUser | undefined;
  readonly signal: AbortSignal;
  /** What PostgreSQL lists of the backup, where it was read before. */
  readonly listed?: ReadonlyMap<string, ListedFile>;
  /** Files that are there and right are kept. */
  readonly keepRight?: boolean;
  /** Bytes of files in place so far. */
  readonly onProgress?: (inPlace: number) => void;
}

/** Plain bytes from which on the files are written by a thread of their own. */
const THREAD_FROM = 32 * 1024 * 1024;

/** Writes the files of a base backup, each checked against PostgreSQL's own list. Not yet durable when it returns. */
export async function unpackBackup(request: UnpackRequest): Promise<void> {
  const listed = request.listed ?? (await listOfFiles(request.repository, request.manifest));
  const { unpack, close } = openUnpacker(request.manifest);
  const ask = async (call: UnpackCall) => undamaged(request, await unpack(call));
  try {
    await ask({ do: 'open', place: placeOf(request, listed) });
    for (const { name } of request.manifest.parts) {
      if (!name.endsWith('.tar')) continue;
      await ask({ do: 'begin', tablespace: /^(\d+)\.tar$/.exec(name)?.[1] });
      await unpackPart(request, name, ask);
      await ask({ do: 'end' });
    }
    await ask({ do: 'require all' });
  } finally {
    await unpack({ do: 'abandon' }).catch(() => undefined);
    await close();
  }
  await mapTablespaces(request);
}

/** PostgreSQL's own list of what is in the backup. */
export async function listOfFiles(
  repository: UnpackRequest['repository'],
  manifest: BackupManifest,
): Promise<ReadonlyMap<string, ListedFile>> {
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(manifest, 'backup_manifest')) pieces.push(piece);
  return parseBackupManifest(Buffer.concat(pieces), manifest.id);
}

function placeOf(
  { dataFolder, tablespaceFolder, user, keepRight }: UnpackRequest,
  listed: UnpackPlace['listed'],
): UnpackPlace {
  const owner = user === undefined ? {} : { owner: { uid: user.uid, gid: user.gid } };
  return { dataFolder, tablespaceFolder, listed, keepRight: keepRight ?? false, ...owner };
}

function openUnpacker({ parts }: BackupManifest): { unpack: Unpacker; close(): Promise<void> } {
  const bytes = parts.reduce((sum, part) => sum + part.plainBytes, 0);
  if (!(bytes >= THREAD_FROM)) return { unpack: unpacker(), close: async () => undefined };
  const thread = openThread('./unpack-thread', import.meta.url);
  const unpack = (call: UnpackCall) => thread.call<UnpackAnswer>(call, transferOf(call));
  return { unpack, close: () => thread.close() };
}

/** What a buffer may have beyond its bytes, and still be taken for one that has its memory to itself. */
const SPARE = 128 * 1024;

/** Such a buffer is given away instead of copied. */
function transferOf(call: UnpackCall): readonly ArrayBuffer[] {
  if (call.do !== 'take') return [];
  const { buffer, byteLength } = call.bytes;
  const alone = byteLength > SPARE && buffer.byteLength - byteLength <= SPARE;
  return alone && buffer instanceof ArrayBuffer ? [buffer] : [];
}

type Ask = (call: UnpackCall) => Promise<Progress>;

/** One object is written while the next ones are fetched and opened. */
async function unpackPart(request: UnpackRequest, part: string, ask: Ask): Promise<void> {
  const { repository, manifest, signal, onProgress } = request;
  const passing = new Passing();
  const take = async (bytes: Buffer) => {
    const { passed, end } = passing.hand(bytes.length);
    const { inPlace, notNeeded } = await ask({ do: 'take', bytes, passed });
    passing.notNeeded(end, notNeeded);
    onProgress?.(inPlace);
  };
  const options = { provenByReader: true, skip: (from: number, to: number) => passing.passes(from, to) };
  const objects = repository.read(manifest, part, options)[Symbol.asyncIterator]();
  let taking: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      const { done, value } = await orAborted(objects.next(), signal);
      await taking;
      if (done) break;
      taking = take(value);
      taking.catch(() => undefined); // awaited in the next turn
    }
  } finally {
    objects.return?.().catch(() => undefined); // not waited for: it may hang in what was given up
    await taking;
  }
  await take(Buffer.alloc(0));
  signal.throwIfAborted();
}

/** Which objects of a part lie wholly within a file that is kept. The repository asks ahead of what has been written. */
class Passing {
  readonly #passed = new Map<number, number>();
  #handed = 0;
  #notNeededTo = 0;

  passes(from: number, to: number): boolean {
    const passes = to <= this.#notNeededTo;
    if (passes) this.#passed.set(from, to);
    return passes;
  }

  /** Before bytes are handed to the writer: how many are passed over in front of them, and where they end. */
  hand(bytes: number): { passed: number; end: number } {
    const from = this.#handed;
    let at = from;
    for (let to = this.#passed.get(at); to !== undefined; to = this.#passed.get(at)) at = to;
    this.#handed = at + bytes;
    return { passed: at - from, end: this.#handed };
  }

  notNeeded(end: number, bytes: number): void {
    this.#notNeededTo = end + bytes;
  }
}

/** What the writer says against the backup becomes the error that a person reads. */
function undamaged({ manifest }: UnpackRequest, answer: UnpackAnswer): Progress {
  if (!('damage' in answer)) return answer;
  throw new KnownError(
    'OBJECT_DAMAGED',
    `the backup ${manifest.id} is damaged: ${answer.damage} ${answer.why}`,
    'Restore from another backup: lifeboat points',
  );
}

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
