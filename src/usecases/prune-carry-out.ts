import { KnownError } from '../model/errors.ts';
import type { BackupRepository } from '../model/repository.ts';
import type { Judgement } from './prune-judge.ts';

interface Carrying {
  readonly signal: AbortSignal;
  log(line: string): void;
}

/**
 * Removes what was judged to go: backups from the oldest on, then the log that only they needed, then what was broken off.
 * Cut short anywhere, what is left is whole: of a backup the manifest goes first, and log goes after all who needed it.
 */
export async function carryOut(
  { component, retention, unfinished }: Judgement,
  repository: BackupRepository,
  carrying: Carrying,
): Promise<void> {
  for (const guard of retention.guards) await requirePresent(repository, guard);
  for (const { backup } of retention.remove) {
    requireWanted(carrying);
    carrying.log(`${component}: removing ${backup.id} of ${backup.finishedAt}`);
    await repository.remove(backup);
  }
  for (const log of retention.log) {
    requireWanted(carrying);
    await repository.removeLog(log);
  }
  for (const { backup } of unfinished.filter(({ goes }) => goes)) {
    requireWanted(carrying);
    carrying.log(`${component}: removing what was left of ${backup.id}`);
    await repository.removeUnfinished(component, backup.id);
  }
}

/** The proof that lets older ones go was of objects that somebody may have removed since. */
async function requirePresent(
  repository: BackupRepository,
  guard: Parameters<BackupRepository['present']>[0],
): Promise<void> {
  const looked = await repository.present(guard);
  if (looked.whole) return;
  throw new KnownError(
    'OBJECT_DAMAGED',
    `${guard.id} was proven by a restore and is no longer whole: ${looked.why}`,
    'Nothing was removed. Take a new backup and have it proven by a restore first.',
  );
}

function requireWanted({ signal }: Carrying): void {
  if (!signal.aborted) return;
  throw new KnownError(
    'INTERRUPTED',
    'stopped before all was removed',
    'What is left is whole. To go on: lifeboat prune --remove',
    signal.reason,
  );
}
