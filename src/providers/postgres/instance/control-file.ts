import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';

/** What `global/pg_control` says of the server that wrote it. Recovery refuses to run with smaller limits than these. */
export interface ControlFile {
  readonly system: string;
  readonly limits: Readonly<Record<LimitName, number>>;
}

type LimitName =
  | 'max_connections'
  | 'max_worker_processes'
  | 'max_wal_senders'
  | 'max_prepared_transactions'
  | 'max_locks_per_transaction';

/** Where the limits stand in struct ControlFileData, the same in versions 13 to 17 (format 1300) and 18 (format 1800). */
const OFFSETS: Readonly<Record<LimitName, number>> = {
  max_connections: 180,
  max_worker_processes: 184,
  max_wal_senders: 188,
  max_prepared_transactions: 192,
  max_locks_per_transaction: 196,
};
const FORMATS = [1300, 1800];

export async function readControlFile(dataFolder: string): Promise<ControlFile> {
  const path = join(dataFolder, 'global', 'pg_control');
  const bytes = await readFile(path).catch((cause) => {
    throw new KnownError('OBJECT_DAMAGED', `${path} is missing`, 'Restore from another backup.', cause);
  });
  return parseControlFile(bytes, path);
}

export function parseControlFile(bytes: Buffer, path: string): ControlFile {
  const format = bytes.length >= 200 ? bytes.readUInt32LE(8) : 0;
  if (!FORMATS.includes(format))
    throw new KnownError(
      'TARGET_FAILED',
      `${path} has a format (${format}) that is not known here`,
      'Supported are PostgreSQL 15 to 18 on little-endian machines.',
    );
  const limits = Object.fromEntries(
    Object.entries(OFFSETS).map(([name, offset]) => [name, bytes.readInt32LE(offset)]),
  ) as Record<LimitName, number>;
  return { system: bytes.readBigUInt64LE(0).toString(), limits };
}
