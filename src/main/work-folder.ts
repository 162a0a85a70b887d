import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where root keeps working files when the state folder cannot be entered by the user that servers run as. */
const FOR_ROOT = '/var/lib/lifeboat';

/**
 * The private folder for side instances. As root, servers run as another user, who must be able to pass through every
 * folder above: /root, for one, lets nobody in.
 */
export function makeWorkFolder(stateFolder: string, isRoot: boolean, forRoot = FOR_ROOT): string {
  const folder = isRoot && !everyoneMayPass(stateFolder) ? elsewhere(stateFolder, forRoot) : join(stateFolder, 'work');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  for (const own of isRoot ? [dirname(folder), folder] : [folder]) chmodSync(own, isRoot ? 0o711 : 0o700);
  return folder;
}

/** One folder for each state folder, and the same one every time, so that a resumed run finds what it left. */
const elsewhere = (stateFolder: string, forRoot: string): string =>
  join(forRoot, createHash('sha256').update(stateFolder).digest('hex').slice(0, 12));

function everyoneMayPass(folder: string): boolean {
  for (let above = folder; ; above = dirname(above)) {
    if ((statSync(above, { throwIfNoEntry: false })?.mode ?? 0o001) % 2 === 0) return false;
    if (dirname(above) === above) return true;
  }
}
