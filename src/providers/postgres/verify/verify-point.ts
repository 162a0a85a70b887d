import { errorRecord, KnownError } from '../../../model/errors.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { BackupManifest, VerificationRecord } from '../../../model/repository.ts';
import { pgErrorCode } from '../errors.ts';
import { discardSide } from '../instance/side.ts';
import type { World } from '../world.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { noFindings } from './proofs.ts';
import { proveDump } from './prove-dump.ts';
import { provePhysical } from './prove-physical.ts';
import { type Proving, RESTORES, type VerifyRequest } from './proving.ts';

/**
 * Restores a recovery point into an instance that is thrown away, and proves that it is of use. What it found is kept in the repository, good
 * or bad. Throws only what says nothing about the point: a missing program, a wrong key, a full disk, Ctrl-C.
 */
export async function verifyPoint(world: World, request: VerifyRequest): Promise<VerificationRecord> {
  const { component } = request;
  const known = (await world.repository.verifications(component)).find(({ key }) => key === request.key);
  if (known !== undefined) return known;
  const point = await pointFor(world, request);
  const manifest = await manifestOf(world, point);
  const instance = `verify-${component.replaceAll('_', '-').toLowerCase()}`;
  const found = noFindings();
  const proving = { world, request, instance, point, manifest, found };
  await oneAtATime(world.workFolder, instance, () => prove(proving));
  const record: VerificationRecord = {
    backup: manifest.id,
    component,
    at: world.clock.now().toISOString(),
    held: found.proofs.length > 0 && found.proofs.every(({ held }) => held),
    proofs: found.proofs,
    key: request.key,
    point: point.id,
    not_looked_at: found.notLookedAt,
  };
  await world.repository.putVerification(record);
  return record;
}

async function prove(proving: Proving): Promise<void> {
  const { world, instance, found } = proving;
  await discardSide(world, instance);
  try {
    if (proving.manifest.method === 'postgres.dump') await proveDump(proving);
    else await provePhysical(proving);
  } catch (error) {
    proving.request.signal.throwIfAborted();
    if (!speaksOfThePoint(error)) throw error;
    const claim = found.proofs.some((proof) => proof.claim === RESTORES)
      ? 'it can be looked through to the end'
      : RESTORES;
    found.proofs.push({ claim, held: false, observed: errorRecord(error).message });
  } finally {
    await discardSide(world, instance);
  }
}

/** A machine without the program, the key or the room says nothing about a backup. */
const OF_THE_POINT = ['OBJECT_DAMAGED', 'LOG_GAP', 'TARGET_FAILED', 'POINT_NOT_FOUND'];
/** The role of the connection, or its database, is not in what was restored. */
const NOT_THERE = ['28000', '28P01', '3D000'];

function speaksOfThePoint(error: unknown): boolean {
  if (!(error instanceof KnownError)) return false;
  return OF_THE_POINT.includes(error.code) || NOT_THERE.includes(pgErrorCode(error) ?? '');
}

async function pointFor(world: World, { component, point: wanted }: VerifyRequest): Promise<RecoveryPoint> {
  const points = await world.catalog.points(component);
  // As a restore chooses: a dump only where there is nothing that log can be replayed from.
  const physical = points.filter(({ method }) => method !== 'postgres.dump');
  const choice = physical.length > 0 ? physical : points;
  if (wanted === undefined) return world.catalog.choosePoint(choice, { kind: 'latest' });
  // Of a backup whose log went over to another timeline, the newest one.
  const found = points.find(({ id }) => id === wanted) ?? newest(points.filter(({ backup }) => backup === wanted));
  if (found !== undefined) return found;
  throw new KnownError('POINT_NOT_FOUND', `${component} has no recovery point "${wanted}"`, 'See: lifeboat points');
}

const newest = (points: readonly RecoveryPoint[]): RecoveryPoint | undefined =>
  points.toSorted((a, b) => (b.log?.timeline ?? 0) - (a.log?.timeline ?? 0))[0];

async function manifestOf(world: World, { component, backup }: RecoveryPoint): Promise<BackupManifest> {
  const found = (await world.repository.backups(component)).find(({ id }) => id === backup);
  if (found !== undefined) return found;
  throw new KnownError('POINT_NOT_FOUND', `the backup ${backup} is gone`, 'See what there is: lifeboat points');
}
