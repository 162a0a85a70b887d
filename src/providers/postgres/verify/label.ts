import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration, hours } from '../../../lib/duration.ts';
import type { BackupManifest } from '../../../model/repository.ts';
import type { Proof } from '../../../model/run.ts';

/** Clocks of two machines differ, and a checkpoint takes its time before a copy begins. */
const SLACK = hours(1);

/**
 * Whether a copy is the one its manifest speaks of: the server itself noted in `backup_label` where and when it was begun. An old copy under a
 * new name differs.
 */
export function judgeLabel(label: string | undefined, { facts, startedAt }: BackupManifest): Proof {
  const claim = 'the copy is the one that was taken then, and no older one';
  if (label === undefined) return { claim, held: false, observed: 'it has no backup_label' };
  const position = /^START WAL LOCATION: ([0-9A-F]+\/[0-9A-F]+)/m.exec(label)?.[1];
  const timeText = /^START TIME: (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (\S+)/m.exec(label);
  const at =
    timeText?.[3] === 'UTC' || timeText?.[3] === 'GMT' ? Date.parse(`${timeText[1]}T${timeText[2]}Z`) : undefined;
  const off = at === undefined ? 0 : Math.abs(at - Date.parse(startedAt));
  const rightPlace = position === facts.startLsn;
  const observed = `begun at ${position ?? 'no position'}${at === undefined ? '' : `, ${new Date(at).toISOString()}`}`;
  if (!rightPlace) return { claim, held: false, observed: `${observed}; its manifest says ${facts.startLsn}` };
  return off <= SLACK
    ? { claim, held: true, observed }
    : { claim, held: false, observed: `${observed}, ${formatDuration(off)} away from what its manifest says` };
}

/** The server renames the file when it has begun to recover from it. */
export async function readLabel(dataFolder: string): Promise<string | undefined> {
  for (const name of ['backup_label.old', 'backup_label']) {
    const text = await readFile(join(dataFolder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
