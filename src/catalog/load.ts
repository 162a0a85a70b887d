import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupRepository } from '../model/repository.ts';
import { recoveryPoints } from './recovery-points.ts';

/** The recovery points of one component, read from the repository anew. Needs no key. */
export async function loadRecoveryPoints(
  repository: BackupRepository,
  component: string,
): Promise<readonly RecoveryPoint[]> {
  const [manifests, logs, verifications] = await Promise.all([
    repository.backups(component),
    repository.logs(component),
    repository.verifications(component),
  ]);
  const histories = [];
  for (const system of new Set(logs.map((log) => log.system))) {
    for (const [timeline, text] of await repository.timelineHistories(component, system)) {
      histories.push({ component, system, timeline, text });
    }
  }
  return recoveryPoints({ manifests, logs, histories, verifications });
}
