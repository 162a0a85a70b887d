import { loadRecoveryPoints } from '../catalog/load.ts';
import type { SafetyPoints } from '../engine/ports.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupManifest, BackupRepository } from '../model/repository.ts';

/** Finds what a run may rest on in the repository, read anew each time: a point that was taken late enough, and whose every object is there. */
export const safetyPointsIn = (repository: BackupRepository): SafetyPoints => ({
  async since(component, moment) {
    const manifests = new Map((await repository.backups(component)).map((one) => [one.id, one]));
    const points = await loadRecoveryPoints(repository, component);
    const [newest] = points;
    if (!newest) return { missing: 'there is none at all' };
    const wrong: string[] = [];
    for (const point of points) {
      const manifest = manifests.get(point.backup);
      if (!manifest || !isLateEnough(point, manifest, moment)) continue;
      const fault = await faultOf(point, manifest, repository);
      if (fault === undefined) return { point: point.id, at: point.to };
      wrong.push(`${point.id} ${fault}`);
    }
    return { missing: wrong.length > 0 ? wrong.join('; ') : `the newest, ${newest.id}, is of ${newest.to}` };
  },
});

/** A single backup shows the moment at which it was begun; log goes on to the end of the span. */
const isLateEnough = (point: RecoveryPoint, manifest: BackupManifest, moment: Date): boolean =>
  Date.parse(point.to === point.from ? manifest.startedAt : point.to) >= moment.getTime();

async function faultOf(
  { verified }: RecoveryPoint,
  manifest: BackupManifest,
  repository: BackupRepository,
): Promise<string | undefined> {
  if (verified.state === 'failed') return `was restored at ${verified.at}, and what came back was not right`;
  const looked = await repository.check(manifest);
  return looked.whole ? undefined : `is not whole: ${looked.why}`;
}
