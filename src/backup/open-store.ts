import type { Clock } from '../lib/clock.ts';
import type { Store } from '../model/repository.ts';
import { type BucketSite, type RepositorySite, siteText } from '../model/repository-site.ts';
import { openFolderStore } from './folder-store.ts';

/** The store of a repository, wherever it is. Nothing is touched before it is used. */
export const openStore = (site: RepositorySite, clock: Clock): Store =>
  site.kind === 'folder' ? openFolderStore(site.folder) : bucketStore(site, clock);

/** The library that speaks to a bucket takes longer to load than most commands take: only who needs it waits for it. */
function bucketStore(site: BucketSite, clock: Clock): Store {
  let opened: Promise<Store> | undefined;
  const open = (): Promise<Store> => {
    opened ??= import('./bucket/bucket-store.ts').then(({ openBucketStore }) => openBucketStore(site, { clock }));
    return opened;
  };
  return {
    place: siteText(site),
    put: async (key, bytes, options) => (await open()).put(key, bytes, options),
    get: async (key) => (await open()).get(key),
    list: async (prefix) => (await open()).list(prefix),
    remove: async (key) => (await open()).remove(key),
    storedAt: async (key) => (await open()).storedAt(key),
  };
}
