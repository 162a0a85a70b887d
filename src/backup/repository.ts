import type { Clock } from '../lib/clock.ts';
import { KnownError } from '../model/errors.ts';
import type {
  BackupCheck,
  BackupManifest,
  BackupRepository,
  ObjectRef,
  ReadOptions,
  Store,
  VerificationRecord,
} from '../model/repository.ts';
import { beginBackup } from './backup-writer.ts';
import { writeChecked } from './checked-json.ts';
import { assertRecipients, parseIdentities } from './crypt.ts';
import { objectExists, repositoryMissing } from './errors.ts';
import { inOrder } from './in-order.ts';
import { backupsPrefix, manifestKey, README_FILE, REPOSITORY_FILE, verificationKey, verifiedPrefix } from './keys.ts';
import { logStore } from './log-store.ts';
import { presentBackup, removeBackup } from './present.ts';
import { readmeText } from './readme.ts';
import { readManifest, readRepositoryRecord, readVerification } from './records.ts';
import { faultOf, openObject, openOneOfMany, type Vault } from './sealed-objects.ts';
import { listUnfinished, removeUnfinished } from './unfinished.ts';
import { openUnsealPool } from './unseal-pool.ts';

/** Objects of this size keep memory small and lose little compression. */
const OBJECT_BYTES = 8 * 1024 * 1024;
const AT_ONCE = 3;
/** A thread opens one while the next is fetched: more would only lie in memory. */
const AT_ONCE_BY_THREADS = 2;

/** Makes an empty repository. Throws TARGET_NOT_EMPTY where there is one. */
export async function createRepository(
  store: Store,
  settings: { readonly recipients: readonly string[]; readonly id: string; readonly now: Date },
): Promise<void> {
  const recipients = requireRecipients(settings.recipients);
  if (await store.get(REPOSITORY_FILE)) throw objectExists(REPOSITORY_FILE, store.place);
  await store.put(README_FILE, Buffer.from(readmeText(recipients)), { replace: true });
  const record = { format: 1, id: settings.id, createdAt: settings.now.toISOString(), recipients };
  await store.put(REPOSITORY_FILE, writeChecked(record));
}

export interface RepositorySettings {
  /** Who can open what is written from now on. None given: those the repository was made with. */
  readonly recipients: readonly string[];
  /** The private keys, as texts. Called once, at the first read; without them only writing and checking is possible. */
  readonly identities?: () => readonly string[];
  readonly clock: Clock;
  /** Plain bytes of one object of a backup; 8 MiB unless told. */
  readonly objectBytes?: number;
  /** Plain bytes from which on objects are opened by threads; 32 MiB unless told. */
  readonly threadsFrom?: number;
}

/** Opens a repository. Throws REPOSITORY_MISSING where there is none. */
export async function openRepository(store: Store, settings: RepositorySettings): Promise<BackupRepository> {
  const stored = await store.get(REPOSITORY_FILE);
  if (!stored) throw repositoryMissing(store.place);
  const record = readRepositoryRecord(stored, REPOSITORY_FILE);
  const vault: Vault = {
    store,
    recipients: requireRecipients(settings.recipients.length > 0 ? settings.recipients : record.recipients),
    identities: once(() => requireIdentities(settings.identities?.() ?? [])),
    pool: openUnsealPool(settings.threadsFrom),
  };
  const packing = { objectBytes: settings.objectBytes ?? OBJECT_BYTES, atOnce: AT_ONCE };
  return {
    place: store.place,
    id: record.id,
    begin: (backup) => beginBackup(vault, backup, packing),
    backups: (component) => listBackups(store, component),
    read: (manifest, part, options = {}) => readPart(vault, { manifest, part, options }),
    check: (manifest) => checkBackup(store, manifest),
    present: (manifest) => presentBackup(store, manifest),
    remove: (manifest) => removeBackup(store, manifest),
    unfinished: (component) => listUnfinished(store, component),
    removeUnfinished: (component, id) => removeUnfinished(store, component, id),
    ...logStore(vault, () => settings.clock.now()),
    putVerification: (verification) => putVerification(store, verification),
    verifications: (component) => listVerifications(store, component),
  };
}

async function listBackups(store: Store, component: string): Promise<readonly BackupManifest[]> {
  const keys = (await store.list(backupsPrefix(component))).map((object) => object.key);
  const manifests: BackupManifest[] = [];
  for (const key of keys.filter((name) => name.endsWith('/manifest.json'))) {
    const bytes = await store.get(key);
    // Removed by somebody since it was listed: then it is no backup any more.
    if (bytes) manifests.push(readManifest(bytes, key));
  }
  return manifests.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt) || (a.id < b.id ? -1 : 1));
}

interface PartReading {
  readonly manifest: BackupManifest;
  readonly part: string;
  readonly options: ReadOptions;
}

async function* readPart(vault: Vault, { manifest, part: name, options }: PartReading): AsyncIterable<Buffer> {
  const part = manifest.parts.find((candidate) => candidate.name === name);
  if (!part) {
    const key = manifestKey(manifest.component, manifest.id);
    const names = manifest.parts.map((candidate) => candidate.name).join(', ');
    throw new KnownError('OBJECT_DAMAGED', `${key} has no part ${name}`, `It has: ${names || 'nothing'}.`);
  }
  const { provenByReader = false, skip = () => false } = options;
  const many = vault.pool.takes(part.plainBytes);
  const open = (object: ObjectRef) => (many ? openOneOfMany(vault, object, provenByReader) : openObject(vault, object));
  const placed = withPlaces(part.objects);
  const wanted = async ({ object, from, to }: Placed) => (skip(from, to) ? undefined : open(object));
  const atOnce = many ? Math.max(AT_ONCE_BY_THREADS, vault.pool.size) : AT_ONCE;
  for await (const plain of inOrder(placed, atOnce, wanted)) if (plain !== undefined) yield plain;
}

type Placed = { readonly object: ObjectRef; readonly from: number; readonly to: number };

/** Each object with its place in the part. */
function withPlaces(objects: readonly ObjectRef[]): readonly Placed[] {
  let at = 0;
  return objects.map((object) => {
    const from = at;
    at += object.plainBytes;
    return { object, from, to: at };
  });
}

async function checkBackup(store: Store, manifest: BackupManifest): Promise<BackupCheck> {
  const { id } = manifest;
  for (const object of manifest.parts.flatMap((part) => part.objects)) {
    const fault = faultOf(await store.get(object.key), object);
    if (fault !== undefined) return { id, whole: false, why: `${object.key} ${fault}` };
  }
  return { id, whole: true };
}

async function putVerification(store: Store, record: VerificationRecord): Promise<void> {
  await store.put(verificationKey(record.component, record.backup, record.at), writeChecked(record));
}

async function listVerifications(store: Store, component: string): Promise<readonly VerificationRecord[]> {
  const records: VerificationRecord[] = [];
  for (const { key } of await store.list(verifiedPrefix(component))) {
    const bytes = await store.get(key);
    if (bytes) records.push(readVerification(bytes, key));
  }
  return records.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function requireRecipients(recipients: readonly string[]): readonly string[] {
  if (recipients.length === 0) {
    throw new KnownError(
      'USAGE',
      'no recipient is given for the repository',
      'Name at least one public key that begins with age1. lifeboat init makes a pair.',
    );
  }
  assertRecipients(recipients);
  return recipients;
}

function requireIdentities(texts: readonly string[]): readonly string[] {
  const identities = texts.flatMap((text) => parseIdentities(text));
  if (identities.length > 0) return identities;
  throw new KnownError(
    'KEY_MISSING',
    'the backups are encrypted and no private key was given',
    'Give the private key that begins with AGE-SECRET-KEY-; it was shown when the repository was made.',
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
