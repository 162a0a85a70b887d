import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupRepository } from '../model/repository.ts';
import { type Catalogued, recoveryPoints } from './recovery-points.ts';

/** The recovery points of one component, read from the repository anew. Needs no key. */
export async function loadRecoveryPoints(
  repository: BackupRepository,
  component: string,
): Promise<readonly RecoveryPoint[]> {
  return recoveryPoints(await loadCatalogued(repository, component));
}

/** All that the repository says about one component. */
export async function loadCatalogued(repository: BackupRepository, component: string): Promise<Catalogued> {
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
  return { manifests, logs, histories, verifications };
}
