import { z } from 'zod';
import { DomainName, DurationText, ScheduleText, SizeText, Span } from './values.ts';

/** What `lifeboat backup` takes itself: one copy, and then it ends. */
export const TAKEN_METHODS = ['postgres.base_backup', 'postgres.dump'] as const;

/**
 * How copies come to be. `loses` says what choosing the newest one loses at worst: the interval between two, or only how far a
 * continuous copy is behind; `nothing-kept`: it is no copy of data at all, whatever plans call it.
 */
export const BACKUP_METHODS = {
  'postgres.base_backup': { loses: 'interval', title: 'Base backup of a PostgreSQL server' },
  'postgres.wal_stream': { loses: 'lag', title: 'Write-ahead log, received all the time' },
  'postgres.wal_archive': { loses: 'segment', title: 'Write-ahead log, segment by segment (archive_command)' },
  'postgres.dump': { loses: 'interval', title: 'Logical dump' },
  'postgres.replica': { loses: 'lag', title: 'Replica of a PostgreSQL server' },
  'rds.automated': { loses: 'interval', title: 'Automated RDS snapshot' },
  'rds.snapshot': { loses: 'interval', title: 'Manual RDS snapshot' },
  'rds.point_in_time': { loses: 'lag', title: 'RDS point-in-time recovery' },
  'rds.replica': { loses: 'lag', title: 'RDS read replica' },
  'rds.multi_az': { loses: 'lag', title: 'Synchronous standby in another zone' },
  's3.versioning': { loses: 'lag', title: 'Object versions' },
  's3.replication': { loses: 'lag', title: 'Replicated bucket' },
  's3.copy': { loses: 'interval', title: 'Copy of a bucket' },
  'redis.snapshot': { loses: 'interval', title: 'Redis snapshot' },
  'elasticsearch.snapshot': { loses: 'interval', title: 'Search index snapshot' },
  'velero.backup': { loses: 'interval', title: 'Velero backup' },
  'etcd.snapshot': { loses: 'interval', title: 'etcd snapshot' },
  'kubernetes.export': { loses: 'interval', title: 'Exported cluster objects' },
  'terraform.state': { loses: 'lag', title: 'Versioned infrastructure state' },
  'git.repository': { loses: 'lag', title: 'Source repository' },
  'registry.images': { loses: 'lag', title: 'Container images' },
  'secrets.replica': { loses: 'lag', title: 'Replicated secrets' },
  'secrets.rotation': { loses: 'nothing-kept', title: 'Rotation of secrets, which is no copy' },
  'package.cache': { loses: 'interval', title: 'Cache of dependencies' },
  'manual.copy': { loses: 'interval', title: 'Copied by hand' },
} as const satisfies Record<string, { loses: 'interval' | 'lag' | 'segment' | 'nothing-kept'; title: string }>;
export type BackupMethodName = keyof typeof BACKUP_METHODS;

const Copy = z.strictObject({
  domain: DomainName.describe('Failure domain the copy lives in.'),
  lag: Span.optional().describe('How far this copy is behind.'),
  storage: z
    .enum(['standard', 'infrequent', 'archive-instant', 'archive', 'deep-archive'])
    .default('standard')
    .describe('Storage class: an archive takes hours to give data back.'),
  immutable: DurationText.optional().describe('How long nobody can change or delete it.'),
  encrypted: z.enum(['no', 'provider', 'own-key', 'recipients']).optional().describe('With whose key it is encrypted.'),
  key_in: DomainName.optional().describe('Failure domain the key lives in.'),
});

const BackupVerification = z.strictObject({
  how: z
    .enum(['restore', 'queries', 'checksum', 'listing', 'age'])
    .describe('restore: restored and looked at. The others prove less.'),
  every: ScheduleText.optional().describe('How often.'),
  into: z.string().optional().describe('Environment it is restored into.'),
});

const Spool = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('On the machine of the stream, never on that of the server. In clear, readable by its owner alone.'),
  limit: SizeText.default('10GB').describe('From so much on nothing more is taken in.'),
  when_full: z
    .enum(['hold', 'let_go'])
    .default('hold')
    .describe(
      'hold: the server keeps its log, and commits wait that wait for the stream. let_go: the slot is dropped, so that the disk of the server never fills; then a new base backup is needed.',
    ),
});

export const BackupPolicy = z.strictObject({
  method: z
    .enum(Object.keys(BACKUP_METHODS) as [BackupMethodName, ...BackupMethodName[]])
    .describe('How the copy is taken.'),
  every: ScheduleText.optional().describe('How often it is taken. What is continuous has none.'),
  takes: Span.optional().describe('How long it is expected to take. Counts towards the worst-case loss.'),
  keep: z
    .union([DurationText, z.literal('forever')])
    .optional()
    .describe('How long copies are kept.'),
  copies: z.array(Copy).default([]).describe('Where copies live. Empty: beside the component itself.'),
  verify: z.array(BackupVerification).default([]).describe('How it is proven to be of use.'),
  synchronous: z
    .boolean()
    .optional()
    .describe(
      'postgres.wal_stream only: what arrives is durable at once, so that the server may wait for it with every commit (synchronous_standby_names): then no acknowledged commit is lost.',
    ),
  spool: Spool.optional().describe(
    'postgres.wal_stream only: a folder in which log is durable before it is in the repository. For commits that wait, and for hours in which the repository cannot be reached.',
  ),
  note: z.string().optional().describe('What else is said of it.'),
});
export type BackupPolicy = z.infer<typeof BackupPolicy>;
