import { z } from 'zod';
import { BackupPolicy } from './backups.ts';
import { DomainName, DurationText, Name, Objectives, SecretRef } from './values.ts';

const Verification = z.strictObject({
  name: z.string().describe('What is proven, as a sentence a person reads in the report.'),
  sql: z.string().describe('A query that returns one row.'),
  expect: z.string().describe('A CEL expression over the columns of that row that must be true, e.g. `companies > 0`.'),
});

const TableText = z.string().regex(/^[^.\s][^.]*(\.[^.]+)?$/, 'a table is written `table` or `schema.table`');

export const InventoryPolicy = z.strictObject({
  within: DurationText.default('1m').describe(
    'How long counting may take after each backup. What is not counted by then is said. 0: nothing is counted.',
  ),
  sample_above: z
    .number()
    .positive()
    .default(256)
    .describe('Of a table larger than this many megabytes only so much is read, chosen by the number of the block.'),
  leave_out: z
    .array(TableText)
    .default([])
    .describe('Tables whose content is not compared, as `table` or `schema.table`: caches, unlogged tables.'),
  newest: z
    .array(
      z.strictObject({
        table: TableText.describe('The table.'),
        column: z.string().min(1).describe('Its column that grows with time, e.g. `created_at`.'),
      }),
    )
    .default([])
    .describe('Where the newest row is looked for.'),
});
export type InventoryPolicy = z.infer<typeof InventoryPolicy>;

const ComponentBase = {
  title: z.string().optional().describe('The name people use.'),
  technology: z.string().optional().describe('What it is made of, e.g. RDS PostgreSQL 15, db.t3.micro.'),
  ids: z
    .record(z.string(), z.string())
    .default({})
    .describe('How systems name it: instance id, bucket, namespace, host.'),
  domain: DomainName.optional().describe('The failure domain it lives in: an entry of `domains`.'),
  also_in: z.array(DomainName).default([]).describe('Further domains it cannot live without, e.g. where its key is.'),
  needs: z.array(Name).default([]).describe('Components it cannot serve without.'),
  class: Name.optional().describe(
    'Priority class: an entry of `classes`, whose objectives it has unless it has its own.',
  ),
  stateless: z.boolean().optional().describe('True when it keeps nothing: then it needs no backup.'),
  objectives: Objectives.optional().describe('What is promised for this component.'),
  backups: z.array(BackupPolicy).default([]).describe('How recovery points of this component come to be.'),
  note: z.string().optional().describe('What else a person should know.'),
};

export const PostgresComponent = z.strictObject({
  kind: z.literal('postgres').describe('A PostgreSQL server, version 15 or newer, that Lifeboat reaches itself.'),
  ...ComponentBase,
  connection: z
    .union([SecretRef, z.string()])
    .describe('Connection URI of the database. With a password it must be a secret reference.'),
  application_connection: z
    .union([SecretRef, z.string()])
    .optional()
    .describe(
      'Connection URI that the application uses, a secret reference. With it postgres.fence proves that the application is kept out.',
    ),
  application_roles: z
    .array(z.string())
    .default([])
    .describe('Database roles the application itself uses. They are never blocked: that would stop the product.'),
  tables: z
    .array(z.string())
    .default([])
    .describe('The tables that matter, as `table` or `schema.table`. Loss is looked for in these; empty means all.'),
  server: z
    .strictObject({
      data_folder: z
        .string()
        .min(1, 'must not be empty')
        .describe('Data folder of the server, and where a destroyed one is restored to.'),
      listen: z.string().default('127.0.0.1').describe('Addresses a restored server listens on.'),
      port: z.number().int().min(1).max(65535).default(5432).describe('Port a restored server listens on.'),
      user: z
        .string()
        .optional()
        .describe('Operating-system user that owns a restored server when Lifeboat runs as root.'),
    })
    .optional()
    .describe('Where a restored server runs. Without it Lifeboat restores into side instances only.'),
  verification: z
    .array(Verification)
    .default([])
    .describe('What must be true of restored data, beyond being readable.'),
  inventory: InventoryPolicy.optional().describe(
    'What is counted in the snapshot of each backup, to be compared with what a restore of it brings back.',
  ),
});
export type PostgresComponent = z.infer<typeof PostgresComponent>;

export const ServiceComponent = z.strictObject({
  kind: z.literal('service').describe('Something that answers over HTTP.'),
  ...ComponentBase,
  health: z
    .strictObject({
      url: z.string().describe('Address that is asked.'),
      expect: z
        .string()
        .default('status == 200')
        .describe('CEL over `status` (number), `body` (text) and `json` (parsed body) that is true when healthy.'),
    })
    .describe('How to tell that it is healthy.'),
  ledger: z
    .string()
    .optional()
    .describe(
      'File in which the application itself notes every acknowledged commit, one JSON object a line: {"id", "at", …}.',
    ),
});
export type ServiceComponent = z.infer<typeof ServiceComponent>;

/** Kinds a plan can name although this build has no actions of its own for them. */
// biome-ignore format: one list, read as one
export const DECLARED_KINDS = [
  'database', 'replica', 'bucket', 'cache', 'search', 'queue', 'container-service', 'worker', 'cluster', 'workload', 'static-site',
  'frontend', 'load-balancer', 'certificate', 'secrets', 'parameters', 'registry', 'infrastructure-state', 'source', 'package-cache', 'dns',
  'network', 'identity', 'bastion', 'monitoring', 'pager', 'chat', 'status-page', 'pipeline', 'vendor', 'other',
] as const;

export const DeclaredComponent = z.strictObject({
  kind: z
    .enum(DECLARED_KINDS)
    .describe('What it is. Lifeboat checks what is said of it; actions for it may come from a later build.'),
  ...ComponentBase,
});
export type DeclaredComponent = z.infer<typeof DeclaredComponent>;

export const Component = z.discriminatedUnion('kind', [PostgresComponent, ServiceComponent, DeclaredComponent]);
export type Component = z.infer<typeof Component>;
