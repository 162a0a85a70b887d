import type { Clock } from '../lib/clock.ts';
import type { BackupManifest, BackupRepository, Store } from '../model/repository.ts';
import { generateIdentity } from './crypt.ts';
import { type MemoryStore, memoryStore } from './memory-store.fake.ts';
import { createRepository, openRepository } from './repository.ts';

export interface MemoryRepository {
  readonly store: MemoryStore;
  readonly repository: BackupRepository;
  readonly identity: string;
  readonly recipient: string;
}

/** A real, encrypted repository over a store in memory. */
export async function memoryRepository(options: { clock: Clock; objectBytes?: number }): Promise<MemoryRepository> {
  const store = memoryStore();
  const { identity, recipient } = await generateIdentity();
  await createRepository(store, { recipients: [recipient], id: 'repository-1', now: options.clock.now() });
  const repository = await openRepository(store, { recipients: [], identities: () => [identity], ...options });
  return { store, repository, identity, recipient };
}

/** Opens what is in a store as another process would. */
export const reopened = (store: Store, identity: string, clock: Clock): Promise<BackupRepository> =>
  openRepository(store, { recipients: [], identities: () => [identity], clock });

/** Takes a whole backup of texts. */
export async function takeBackup(
  repository: BackupRepository,
  parts: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<Pick<BackupManifest, 'id' | 'component' | 'method' | 'key' | 'facts'>> & { at?: Date } = {},
): Promise<BackupManifest> {
  const at = more.at ?? new Date('2026-01-14T03:00:00.000Z');
  const writer = await repository.begin({
    id: more.id ?? 'backup-1',
    component: more.component ?? 'database',
    method: more.method ?? 'postgres.dump',
    startedAt: at,
    ...(more.key === undefined ? {} : { key: more.key }),
  });
  for (const [name, content] of Object.entries(parts)) {
    const part = await writer.part(name);
    await part.write(Buffer.from(content));
    await part.end();
  }
  return writer.commit(more.facts ?? {}, at);
}

/** All plain bytes of a part. */
export async function readAll(repository: BackupRepository, manifest: BackupManifest, part: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(manifest, part)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A clock that a test sets by hand; sleeping moves it. */
export function testClock(start = '2026-01-14T03:05:00.000Z'): Clock & { set(iso: string): void } {
  let now = new Date(start);
  return {
    now: () => now,
    sleep: async (ms) => {
      now = new Date(now.getTime() + ms);
    },
    set: (iso) => {
      now = new Date(iso);
    },
  };
}
