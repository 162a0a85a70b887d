import { createHash } from 'node:crypto';

/** Id of a backup: what it is, when, and a trace of the step that took it, so that two steps of one second differ. */
export function backupId(kind: 'base' | 'dump' | 'salvage', at: Date, key: string): string {
  const time = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-').toLowerCase();
  return `${kind}-${time}-${digest(key)}`;
}

/** Name of the side instance a step makes: the same for every try of that step, and fit for a folder. */
export function instanceName(key: string): string {
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return readable === '' ? digest(key) : `${readable}-${digest(key)}`;
}

const digest = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 6);
