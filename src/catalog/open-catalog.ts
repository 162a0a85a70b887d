import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupRepository, LogRef } from '../model/repository.ts';
import { choosePoint } from './choose-point.ts';
import { loadRecoveryPoints } from './load.ts';
import { logPaths } from './log-path.ts';
import { baseFacts } from './recovery-points.ts';
import { branchesOf } from './timelines.ts';

/** The catalogue of one repository, as providers use it: their port `Catalog`. */
export function openCatalog(repository: BackupRepository) {
  return {
    points: (component: string) => loadRecoveryPoints(repository, component),
    choosePoint,
    logOf: (point: RecoveryPoint) => logOf(repository, point),
  };
}

/** Of all the ways the log goes on from the point's backup, the one that ends on the point's timeline. */
async function logOf(repository: BackupRepository, point: RecoveryPoint): Promise<readonly LogRef[]> {
  const { component } = point;
  const manifest = (await repository.backups(component)).find(({ id }) => id === point.backup);
  if (manifest === undefined || point.log === undefined) return [];
  const { system, timeline, startLsn } = baseFacts(manifest);
  const texts = await repository.timelineHistories(component, system);
  const histories = [...texts].map(([number, text]) => ({ component, system, timeline: number, text }));
  const branches = branchesOf(histories, { component, system });
  const logs = (await repository.logs(component)).filter((log) => log.system === system);
  const paths = logPaths({ logs, system, branches }, { timeline, from: startLsn });
  return paths.find((path) => path.timeline === point.log?.timeline)?.pieces ?? [];
}
