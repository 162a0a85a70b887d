import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity } from '../../src/backup/crypt.ts';
import { openFolderStore } from '../../src/backup/folder-store.ts';
import { createRepository, openRepository } from '../../src/backup/repository.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { BackupRepository } from '../../src/model/repository.ts';

/** A real encrypted repository in a folder of its own. */
export interface TestRepository {
  readonly folder: string;
  readonly identity: string;
  readonly recipient: string;
  readonly repository: BackupRepository;
  remove(): Promise<void>;
}

export async function testRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'lbrepo-'));
  const { identity, recipient } = await generateIdentity();
  const store = openFolderStore(folder);
  await createRepository(store, { recipients: [recipient], id: 'test', now: new Date() });
  const repository = await open(folder, recipient, identity);
  return { folder, identity, recipient, repository, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const open = (folder: string, recipient: string, identity: string): Promise<BackupRepository> =>
  openRepository(openFolderStore(folder), {
    recipients: [recipient],
    identities: () => [identity],
    clock: systemClock,
  });

/** The stored log of one timeline as one run of bytes; throws when something is missing in between. */
export async function storedLog(
  repository: BackupRepository,
  component: string,
  timeline = 1,
): Promise<{ from: bigint; bytes: Buffer }> {
  const logs = (await repository.logs(component)).filter((log) => log.timeline === timeline);
  const first = logs[0];
  if (!first) throw new Error('no log');
  const parts: Buffer[] = [];
  let end = first.from;
  for (const log of logs) {
    if (log.from > end) throw new Error(`hole between ${end} and ${log.from}`);
    if (log.to <= end) continue;
    const bytes = await repository.readLog(log);
    parts.push(bytes.subarray(Number(end - log.from)));
    end = log.to;
  }
  return { from: first.from, bytes: Buffer.concat(parts) };
}

/** The same stretch as the server itself has it in pg_wal. */
export async function serverLog(data: string, from: bigint, length: number, timeline = 1): Promise<Buffer> {
  const size = 16 << 20;
  const parts: Buffer[] = [];
  for (let at = from; at < from + BigInt(length); at = (at / BigInt(size) + 1n) * BigInt(size)) {
    const number = at / BigInt(size);
    const hex = (n: bigint) => n.toString(16).toUpperCase().padStart(8, '0');
    const name = `${hex(BigInt(timeline))}${hex(number / 256n)}${hex(number % 256n)}`;
    const bytes = await readFile(join(data, 'pg_wal', name));
    parts.push(bytes.subarray(Number(at % BigInt(size))));
  }
  return Buffer.concat(parts).subarray(0, length);
}
