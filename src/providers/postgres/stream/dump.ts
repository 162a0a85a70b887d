import type { Clock } from '../../../lib/clock.ts';
import type { BackupManifest, BackupRepository } from '../../../model/repository.ts';

export interface DumpRequest {
  readonly connection: string;
  readonly repository: BackupRepository;
  readonly component: string;
  readonly id: string;
  readonly key?: string;
  /** Folder with pg_dump of the server's major version or newer. */
  readonly binaries: string;
  /** Run pg_dump as this operating-system user; for servers that trust a user of the same name. */
  readonly asUser?: { readonly uid: number; readonly gid: number };
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Dumps one database into the repository, in pg_dump's custom format. Nothing is committed unless pg_dump succeeded. */
export function takeDump(_request: DumpRequest): Promise<BackupManifest> {
  throw new Error('being written');
}
