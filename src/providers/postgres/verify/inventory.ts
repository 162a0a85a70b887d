import { z } from 'zod';
import { KnownError } from '../../../model/errors.ts';

/** The name of the part of a backup that keeps its inventory. */
export const INVENTORY_PART = 'inventory.json';

const CountedTable = z.object({
  schema: z.string(),
  name: z.string(),
  /** As in pg_class: p permanent, u unlogged. */
  persistence: z.string(),
  /** Absent, with `not`, when it was not counted. */
  rows: z.number().optional(),
  /** Sum of one number for each row's content: equal rows give equal sums, in whatever order. */
  sum: z.string().optional(),
  /** Percentage of its blocks that were looked at; absent: all. */
  percent: z.number().optional(),
  /** Why it was not counted. */
  not: z.string().optional(),
});
export type CountedTable = z.infer<typeof CountedTable>;

const Inventory = z.object({
  format: z.literal(1),
  /** By the clock of the server. */
  at: z.string(),
  /** Everything that committed before this position and is in the snapshot is in what was counted. */
  position: z.string(),
  /** As `pg_current_snapshot()` gives it: xmin:xmax:running. */
  snapshot: z.string(),
  system: z.string(),
  database: z.string(),
  databases: z.array(z.string()).readonly(),
  roles: z.array(z.object({ name: z.string(), superuser: z.boolean(), login: z.boolean() })).readonly(),
  extensions: z.array(z.object({ name: z.string(), version: z.string() })).readonly(),
  /** Of databases and roles (ALTER DATABASE … SET, ALTER ROLE … SET). */
  settings: z.array(z.object({ of: z.string(), setting: z.string() })).readonly(),
  /** Versions of the collations that indexes are sorted by. */
  collations: z.array(z.object({ name: z.string(), version: z.string() })).readonly(),
  tables: z.array(CountedTable).readonly(),
  newest: z.array(z.object({ table: z.string(), column: z.string(), value: z.string().nullable() })).readonly(),
});

/** What was in a database, counted in one snapshot. Kept with a backup, and compared with what a restore brings back. */
export type Inventory = z.infer<typeof Inventory>;

/** Throws OBJECT_DAMAGED for what is no inventory. */
export function parseInventory(text: string, backup: string): Inventory {
  try {
    return Inventory.parse(JSON.parse(text));
  } catch (cause) {
    throw new KnownError(
      'OBJECT_DAMAGED',
      `the inventory of the backup ${backup} (${INVENTORY_PART}) cannot be read`,
      'Take a new backup.',
      cause,
    );
  }
}
