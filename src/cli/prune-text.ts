import type { PrunedBackup, PrunedComponent, PruneResult } from '../usecases/prune.ts';
import { sizeText } from './points-text.ts';
import type { Paint } from './screen.ts';
import { table } from './table.ts';

/** What stays and why, what goes and why, and what to type to let it go. */
export function pruneText(result: PruneResult, paint: Paint): string {
  const { components, removed } = result;
  const nothing = components.every(
    ({ remove, log, unfinished }) => remove.length + log.stretches === 0 && !unfinished.some(({ goes }) => goes),
  );
  const end = nothing
    ? 'Nothing to remove.'
    : removed
      ? `Removed from ${result.repository}.`
      : 'Nothing was removed. To remove it: lifeboat prune --remove';
  return [...components.flatMap((one) => componentText(one, removed, paint)), end].join('\n');
}

function componentText({ component, keep, remove, log, unfinished }: PrunedComponent, removed: boolean, paint: Paint) {
  const goes = removed ? 'gone' : 'goes';
  const rows = [
    ...remove.map((backup) => row(goes, backup)),
    ...keep.toReversed().map((backup) => row('stays', backup)),
  ];
  const leftovers = unfinished.map(
    ({ backup, bytes, goes: going, why }) =>
      `${going ? goes : 'stays'}: what was left of ${backup} (${sizeText(bytes)}): ${why}`,
  );
  return [
    paint.bold(component),
    rows.length === 0 ? 'No backup.' : table(['', 'BACKUP', 'OF', 'SIZE', 'PROVEN', 'WHY'], rows),
    ...(log.stretches === 0
      ? []
      : [`${goes}: log from ${log.from} to ${log.to} (${sizeText(log.bytes)}), which no backup needs that stays`]),
    ...leftovers,
    '',
  ];
}

const row = (verdict: string, { backup, finished_at, bytes, verified, why }: PrunedBackup): readonly string[] => [
  verdict,
  backup,
  finished_at,
  sizeText(bytes),
  PROVEN[verified],
  why.join('; '),
];

const PROVEN: Readonly<Record<PrunedBackup['verified'], string>> = {
  never: 'no',
  restored: 'yes',
  failed: 'failed',
};
