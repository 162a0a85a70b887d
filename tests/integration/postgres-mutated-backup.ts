import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, pack } from 'tar-stream';
import type { JsonObject } from '../../src/lib/json.ts';
import type { BackupManifest, BackupRepository } from '../../src/model/repository.ts';
import type { Inventory } from '../../src/providers/postgres/verify/inventory.ts';
import { open, type TestRepository } from './postgres-stream-world.ts';

/** How a backup is spoiled. Every checksum of the repository and of PostgreSQL's list is made right again, so that only the content can tell. */
export interface Mutation {
  /** New content of a file of the data folder; undefined leaves it as it is. */
  file?(path: string, bytes: Buffer): Buffer | undefined;
  /** New content of a dump: then the dump is the one that is spoiled, and the base backup is gone. */
  dump?(bytes: Buffer): Buffer;
  inventory?(inventory: Inventory): Inventory;
  manifest?(manifest: BackupManifest): Partial<Pick<BackupManifest, 'startedAt' | 'facts'>>;
  /** Whatever else, with the repository itself. */
  repository?(copy: BackupRepository, folder: string): Promise<void>;
}

export interface MutatedRepository {
  readonly repository: BackupRepository;
  remove(): Promise<void>;
}

/** A copy of a repository in which the one backup is another. */
export async function mutated(
  store: TestRepository,
  component: string,
  mutation: Mutation,
): Promise<MutatedRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'lbmut-'));
  await cp(store.folder, folder, { recursive: true });
  const repository = await open(folder, store.recipient, store.identity);
  if (mutation.file || mutation.dump || mutation.inventory || mutation.manifest)
    await rewrite(repository, component, mutation);
  await mutation.repository?.(repository, folder);
  return { repository, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function rewrite(repository: BackupRepository, component: string, mutation: Mutation): Promise<void> {
  const wanted = mutation.dump ? 'postgres.dump' : 'postgres.base_backup';
  const backups = await repository.backups(component);
  const manifest = backups.find(({ method }) => method === wanted);
  if (manifest === undefined) throw new Error('no backup to spoil');
  const parts = new Map<string, Buffer>();
  for (const { name } of manifest.parts) parts.set(name, await whole(repository, manifest, name));
  if (mutation.file) await rewriteFiles(parts, mutation.file);
  if (mutation.dump) parts.set('database.dump', mutation.dump(parts.get('database.dump') as Buffer));
  if (mutation.inventory) {
    const inventory = JSON.parse(`${parts.get('inventory.json')}`) as Inventory;
    parts.set('inventory.json', Buffer.from(JSON.stringify(mutation.inventory(inventory))));
  }
  const { startedAt = manifest.startedAt, facts = manifest.facts } = mutation.manifest?.(manifest) ?? {};
  await repository.remove(manifest);
  const { id, method } = manifest;
  const writer = await repository.begin({ id, component, method, startedAt: new Date(startedAt) });
  for (const [name, bytes] of parts) {
    const part = await writer.part(name);
    await part.write(bytes);
    await part.end();
  }
  await writer.commit(facts as JsonObject, new Date(manifest.finishedAt));
}

async function whole(repository: BackupRepository, manifest: BackupManifest, part: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(manifest, part)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function rewriteFiles(parts: Map<string, Buffer>, change: NonNullable<Mutation['file']>): Promise<void> {
  const packed = pack();
  const changed = new Map<string, Buffer>();
  const made = collect(packed);
  const entries = extract();
  entries.end(parts.get('base.tar'));
  for await (const entry of entries) {
    const bytes = await collect(entry);
    const name = entry.header.name.replace(/^\.\//, '');
    const now = entry.header.type === 'file' ? change(name, bytes) : undefined;
    if (now !== undefined) changed.set(name, now);
    packed.entry({ ...entry.header, size: (now ?? bytes).length }, now ?? bytes);
  }
  packed.finalize();
  parts.set('base.tar', await made);
  parts.set('backup_manifest', listAgain(`${parts.get('backup_manifest')}`, changed));
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** PostgreSQL's own list of files, for the changed ones: with the checksum of itself in the last line. */
function listAgain(text: string, changed: ReadonlyMap<string, Buffer>): Buffer {
  const { 'Manifest-Checksum': _, ...list } = JSON.parse(text);
  for (const file of list.Files) {
    const bytes = changed.get(file.Path);
    if (bytes !== undefined) Object.assign(file, { Size: bytes.length, Checksum: sha256(bytes) });
  }
  const before = `${JSON.stringify(list).slice(0, -1)},\n`;
  return Buffer.from(`${before}"Manifest-Checksum": "${sha256(before)}"}\n`);
}
