import { parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { BackupManifest } from '../../../model/repository.ts';
import type { World } from '../world.ts';
import type { Findings } from './proofs.ts';

export interface VerifyRequest {
  readonly component: string;
  /** Id of a recovery point or of a backup; default: the point one would restore the newest moment from. */
  readonly point?: string | undefined;
  readonly key: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** One verification under way. */
export interface Proving {
  readonly world: World;
  readonly request: VerifyRequest;
  readonly instance: string;
  readonly point: RecoveryPoint;
  readonly manifest: BackupManifest;
  readonly found: Findings;
}

/** The claim that fails when a point cannot even be restored. */
export const RESTORES = 'it can be restored: its server starts and reaches the moment';

/** A page header may stand between the last record of the log and its end; nothing else may. */
const SLACK = 64n;

export const reachesAsFar = (reached: string, to: string): boolean => parseLsn(reached) + SLACK >= parseLsn(to);
