import type { Store, UnfinishedBackup } from '../model/repository.ts';
import { backupPrefix, backupsPrefix, manifestKey } from './keys.ts';

/** Every folder of a backup that has no manifest. */
export async function listUnfinished(store: Store, component: string): Promise<readonly UnfinishedBackup[]> {
  const prefix = backupsPrefix(component);
  const objects = (await store.list(prefix)).map((object) => ({ ...object, id: idIn(object.key, prefix) }));
  const found: UnfinishedBackup[] = [];
  for (const [id, group] of Map.groupBy(objects, (object) => object.id)) {
    if (group.some(({ key }) => key === manifestKey(component, id))) continue;
    const bytes = group.reduce((sum, object) => sum + object.bytes, 0);
    const keys = group.map(({ key }) => key);
    found.push({ id, objects: group.length, bytes, ...(await timesOf(store, keys)) });
  }
  return found;
}

const idIn = (key: string, prefix: string): string => key.slice(prefix.length).split('/')[0] ?? '';

/** One object whose time nobody knows may be the newest: then nothing is said. */
async function timesOf(
  store: Store,
  keys: readonly string[],
): Promise<Pick<UnfinishedBackup, 'begunAt' | 'lastWrittenAt'>> {
  const times: number[] = [];
  for (const key of keys) {
    const at = await store.storedAt(key);
    if (at === undefined) return {};
    times.push(at.getTime());
  }
  return { begunAt: new Date(Math.min(...times)), lastWrittenAt: new Date(Math.max(...times)) };
}

export async function removeUnfinished(store: Store, component: string, id: string): Promise<void> {
  const objects = await store.list(backupPrefix(component, id));
  if (objects.some(({ key }) => key === manifestKey(component, id))) return;
  for (const { key } of objects) await store.remove(key);
}
