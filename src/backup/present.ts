import type { BackupCheck, BackupManifest, Store } from '../model/repository.ts';
import { backupPrefix, manifestKey } from './keys.ts';

type Parts = Pick<BackupManifest, 'component' | 'id' | 'parts'>;

/** The first object that is not there, or not of its size; undefined when all are. Reads nothing but names and sizes. */
export async function absence(
  store: Store,
  { component, id, parts }: Parts,
): Promise<{ readonly key: string; readonly why: string } | undefined> {
  const stored = await store.list(backupPrefix(component, id));
  const sizes = new Map(stored.map((object) => [object.key, object.bytes]));
  for (const { key, bytes } of parts.flatMap((part) => part.objects)) {
    const found = sizes.get(key);
    if (found === undefined) return { key, why: 'was written and is no longer there' };
    if (found !== bytes) return { key, why: `was written with ${bytes} bytes and has ${found}` };
  }
  return undefined;
}

export async function presentBackup(store: Store, manifest: BackupManifest): Promise<BackupCheck> {
  const fault = await absence(store, manifest);
  const { id } = manifest;
  return fault === undefined ? { id, whole: true } : { id, whole: false, why: `${fault.key} ${fault.why}` };
}

/** The manifest goes first: a removal that is cut short leaves objects that belong to nothing, never half a backup. */
export async function removeBackup(store: Store, manifest: BackupManifest): Promise<void> {
  await store.remove(manifestKey(manifest.component, manifest.id));
  for (const { key } of await store.list(backupPrefix(manifest.component, manifest.id))) await store.remove(key);
}
