import { randomBytes } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Store } from '../model/repository.ts';
import { objectExists } from './errors.ts';
import { errorCode, folderError } from './folder-errors.ts';
import { assertKey, isKey } from './keys.ts';

/** The file operations a folder store uses; an argument so that tests can let the disk be full. */
export type Files = Pick<
  typeof nodeFiles,
  'link' | 'lstat' | 'mkdir' | 'open' | 'readFile' | 'readdir' | 'rename' | 'unlink'
>;

/** Half-written objects lie here, on the same file system as the whole ones, until they are renamed. */
const UNFINISHED = '.tmp';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

type Folder = {
  readonly root: string;
  readonly files: Files;
  /** Paths that are being published without the help of a link. */
  readonly claimed: Set<string>;
  tidied: boolean;
};

/** A folder as a store: whatever instant the process or the machine stops at, an object is there whole or not at all. */
export function openFolderStore(path: string, files: Files = nodeFiles): Store {
  const folder: Folder = { root: resolve(path), files, claimed: new Set(), tidied: false };
  const place = folder.root;
  const explain =
    (what: string) =>
    (cause: unknown): never => {
      throw folderError(cause, what, place);
    };
  return {
    place,
    put: (key, bytes, options = {}) =>
      put(folder, key, { bytes, replace: options.replace === true }).catch(explain(`write ${key}`)),
    get: (key) => get(folder, key).catch(explain(`read ${key}`)),
    list: (prefix) => list(folder, prefix).catch(explain(`list ${prefix || 'objects'}`)),
    remove: (key) => remove(folder, key).catch(explain(`remove ${key}`)),
    storedAt: (key) => storedAt(folder, key).catch(explain(`look at ${key}`)),
  };
}

async function put(folder: Folder, key: string, object: { bytes: Uint8Array; replace: boolean }): Promise<void> {
  assertKey(key);
  const { root, files } = folder;
  const path = join(root, key);
  if (!object.replace && (await exists(files, path))) throw objectExists(key, root);
  await makeFolder(files, dirname(path));
  const unfinished = await writeUnfinished(folder, object.bytes);
  try {
    if (object.replace) await files.rename(unfinished, path);
    else await publish(folder, unfinished, path);
  } catch (error) {
    await files.unlink(unfinished).catch(() => undefined);
    throw errorCode(error) === 'EEXIST' ? objectExists(key, root) : error;
  }
  await syncFolder(files, dirname(path));
}

/** The bytes in a file of their own, on the disk itself when this returns. */
async function writeUnfinished(folder: Folder, bytes: Uint8Array): Promise<string> {
  const { root, files } = folder;
  const shelf = join(root, UNFINISHED);
  await makeFolder(files, shelf);
  const path = join(shelf, randomBytes(12).toString('hex'));
  const file = await files.open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await files.unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  await tidy(folder, path);
  return path;
}

/** A link fails where a name is taken, so of two writers one loses; a rename would silently replace. */
async function publish(folder: Folder, unfinished: string, path: string): Promise<void> {
  try {
    await folder.files.link(unfinished, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) throw error;
    return publishWithoutLink(folder, unfinished, path);
  }
  await folder.files.unlink(unfinished);
}

/**
 * For disks without hard links, such as exFAT. Of several writers in this process one wins;
 * two processes that write the same key at the same instant are not told apart there.
 */
async function publishWithoutLink(folder: Folder, unfinished: string, path: string): Promise<void> {
  const { root, files, claimed } = folder;
  const key = path.slice(root.length + 1);
  if (claimed.has(path)) throw objectExists(key, root);
  claimed.add(path);
  try {
    if (await exists(files, path)) throw objectExists(key, root);
    await files.rename(unfinished, path);
  } finally {
    claimed.delete(path);
  }
}

/** Leftovers of processes that were killed a day ago or earlier go, once in the life of this store. */
async function tidy(folder: Folder, fresh: string): Promise<void> {
  if (folder.tidied) return;
  folder.tidied = true;
  const { files } = folder;
  const now = (await files.lstat(fresh)).mtimeMs;
  for (const name of await files.readdir(dirname(fresh))) {
    const path = join(dirname(fresh), name);
    const found = await files.lstat(path).catch(() => undefined);
    if (found && now - found.mtimeMs > ABANDONED_AFTER_MS) await files.unlink(path).catch(() => undefined);
  }
}

async function get(folder: Folder, key: string): Promise<Buffer | undefined> {
  assertKey(key);
  return unlessMissing(folder.files.readFile(join(folder.root, key)));
}

/** A prefix need not end at a folder: the last name in it may be the beginning of one. */
async function list(folder: Folder, prefix: string): Promise<readonly { key: string; bytes: number }[]> {
  const above = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (above !== '') assertKey(above.slice(0, -1));
  const found: { key: string; bytes: number }[] = [];
  await walk(folder, above, { prefix, found });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

type Walk = { readonly prefix: string; readonly found: { key: string; bytes: number }[] };

async function walk(folder: Folder, above: string, walked: Walk): Promise<void> {
  const { root, files } = folder;
  const { prefix, found } = walked;
  const entries = await unlessMissing(files.readdir(join(root, above), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    const key = `${above}${entry.name}`;
    if (!isKey(key)) continue;
    if (entry.isDirectory()) {
      const leadsThere = key.startsWith(prefix) || `${key}/`.startsWith(prefix);
      if (leadsThere) await walk(folder, `${key}/`, walked);
    } else if (entry.isFile() && key.startsWith(prefix)) {
      const stat = await unlessMissing(files.lstat(join(root, key)));
      if (stat) found.push({ key, bytes: stat.size });
    }
  }
}

async function remove(folder: Folder, key: string): Promise<void> {
  assertKey(key);
  const path = join(folder.root, key);
  const gone = await unlessMissing(folder.files.unlink(path).then(() => true));
  if (gone) await syncFolder(folder.files, dirname(path));
}

async function storedAt(folder: Folder, key: string): Promise<Date | undefined> {
  assertKey(key);
  return (await unlessMissing(folder.files.lstat(join(folder.root, key))))?.mtime;
}

/** A new folder is only there after a power cut if the folder above it was written too. */
async function makeFolder(files: Files, path: string): Promise<void> {
  const first = await files.mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(files, dirname(made));
}

async function syncFolder(files: Files, path: string): Promise<void> {
  const folder = await files.open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems, such as those of networks and of FUSE, have no such order for folders.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

const exists = async (files: Files, path: string): Promise<boolean> =>
  (await unlessMissing(files.lstat(path))) !== undefined;

async function unlessMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
