import { z } from 'zod';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest } from '../../../model/repository.ts';
import type { Salvage } from '../client-api.ts';
import type { World } from '../world.ts';

/** deleted, and whole for those that went with all of their table: they were lost. The others are there, and different. */
const KINDS = ['deleted', 'whole', 'updated', 'moved'] as const;

const Named = z.object({ oid: z.number(), schema: z.string(), name: z.string() });

const SalvagedTable = z.object({
  schema: z.string(),
  name: z.string(),
  part: z.string(),
  columns: z.array(z.string()),
  key: z.array(z.string()),
  rows: z.number(),
  sha256: z.string(),
  // What follows is not in salvages of older builds.
  kind: z.enum(KINDS).default('deleted'),
  oid: z.number().optional(),
  /** Of the columns, in the same order. */
  numbers: z.array(z.number()).optional(),
  /** What it was a partition of. */
  root: Named.optional(),
});
export type SalvagedTable = z.infer<typeof SalvagedTable>;

/** What the manifest of a salvage says: rows as COPY text, one part a table. */
export const SalvageFacts = z.object({
  system: z.string(),
  /** Absent where whole tables were taken. */
  xid: z.number().optional(),
  commitLsn: z.string().optional(),
  backup: z.string(),
  encoding: z.string(),
  tables: z.array(SalvagedTable),
  /** The transaction and its subtransactions: the `xmin` of what it left. */
  xids: z.array(z.number()).default([]),
  /** The tables that were gone from production when this was taken, and the part with the SQL that makes them again. */
  definition: z.object({ part: z.string(), makes: z.array(Named) }).optional(),
  /** Tables that were gone, of which nothing on this machine could write the definition. */
  notDefined: z.array(z.string()).default([]),
  /** What went with the tables and does not come back with them, as SQL. */
  alsoLost: z.array(z.string()).default([]),
});
export type SalvageFacts = z.infer<typeof SalvageFacts>;

export interface StoredSalvage {
  readonly manifest: BackupManifest;
  readonly facts: SalvageFacts;
}

export async function findSalvage(
  world: World,
  component: string,
  by: { key: string } | { id: string },
): Promise<StoredSalvage | undefined> {
  const stored = await world.repository.backups(component);
  const manifest = stored.find(
    (candidate) =>
      candidate.method === 'postgres.salvage' && ('key' in by ? candidate.key === by.key : candidate.id === by.id),
  );
  return manifest === undefined ? undefined : { manifest, facts: SalvageFacts.parse(manifest.facts) };
}

/** The salvage of that id. Throws POINT_NOT_FOUND. */
export async function requireSalvage(world: World, component: string, id: string): Promise<StoredSalvage> {
  const found = await findSalvage(world, component, { id });
  if (found !== undefined) return found;
  throw new KnownError(
    'POINT_NOT_FOUND',
    `there is no salvage ${id} of ${component} in ${world.repository.place}`,
    'Take the id from the output of postgres.extract_rows.',
  );
}

export function describeSalvage({ manifest, facts }: StoredSalvage): Salvage {
  const rowsOf = (...kinds: readonly SalvagedTable['kind'][]): number =>
    facts.tables.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { rows }) => sum + rows, 0);
  return {
    id: manifest.id,
    ...(facts.xid === undefined ? {} : { xid: facts.xid }),
    rows: rowsOf('deleted', 'whole'),
    updatedRows: rowsOf('updated'),
    movedRows: rowsOf('moved'),
    tables: facts.tables
      .filter(({ kind }) => kind === 'deleted' || kind === 'whole')
      .map(({ schema, name, rows, key }) => ({ table: `${schema}.${name}`, rows, key })),
  };
}
