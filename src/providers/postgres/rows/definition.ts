import { join } from 'node:path';
import { Client } from 'pg';
import { KnownError } from '../../../model/errors.ts';
import type { Session } from '../connect.ts';
import { runProgram, serverUser } from '../instance/as-user.ts';
import { findBinaries } from '../instance/binaries.ts';
import { type SidePlace, sideAddress } from '../instance/side.ts';
import { database, type World } from '../world.ts';
import { quotedTable } from './names.ts';
import type { Table } from './tables.ts';

export interface Defining {
  readonly component: string;
  readonly place: SidePlace;
  readonly tables: readonly Table[];
  readonly signal: AbortSignal;
}

/** The SQL that makes tables again as they are in the side instance; undefined when pg_dump of its version is not here. */
export async function definitionOf(world: World, defining: Defining): Promise<string | undefined> {
  const { component, place, tables, signal } = defining;
  const user = await serverUser(database(world, component).server?.user);
  const env = (name: string) => world.env(name);
  const binaries = await findBinaries({ major: place.marker.major, need: ['pg_dump'], env, user }).catch((error) => {
    if (error instanceof KnownError && error.code === 'BINARY_MISSING') return undefined;
    throw error;
  });
  if (binaries === undefined) return undefined;
  const address = sideAddress(world, component, place);
  const named = new Client({ connectionString: address.uri });
  const made = await runProgram(
    join(binaries.folder, 'pg_dump'),
    [
      '--schema-only',
      '--no-password',
      `--host=${place.folders.socketFolder}`,
      '--port=5432',
      ...(named.user === undefined ? [] : [`--username=${named.user}`]),
      ...(named.database === undefined ? [] : [`--dbname=${named.database}`]),
      ...tables.map((table) => `--table=${quotedTable(table)}`),
    ],
    { user, signal },
  );
  if (made.code === 0) return withoutSettings(made.stdout);
  throw new KnownError(
    'TARGET_FAILED',
    `pg_dump could not write down how the tables were made: ${made.stderr.trim()}`,
    'Nothing was stored. Read what pg_dump says, then try again.',
  );
}

/**
 * What pg_dump sets for its own session would go on in ours: that it waits for locks forever, and finds no name without a schema.
 * Lines with a backslash are for psql. All of this stands before the first object, but for a last line for psql.
 */
export function withoutSettings(sql: string): string {
  const lines = sql.split('\n');
  const first = lines.findIndex((line) => line.startsWith('CREATE '));
  const begins = (line: string) => /^(SET |SELECT pg_catalog\.set_config)/.test(line);
  return lines.filter((line, index) => !(index < first && begins(line)) && !/^\\(un)?restrict /.test(line)).join('\n');
}

/** Foreign keys and views of others that went with the tables, as the SQL that makes them again. */
export async function lostWith(session: Session, tables: readonly Table[]): Promise<readonly string[]> {
  const oids = tables.map(({ oid }) => oid);
  const rows = await session.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', f.conrelid::regclass, f.conname, pg_catalog.pg_get_constraintdef(f.oid)) AS sql
     FROM pg_catalog.pg_constraint f
     WHERE f.contype = 'f' AND f.conparentid = 0 AND f.confrelid = ANY ($1::oid[]) AND f.conrelid <> ALL ($1::oid[])
     UNION
     SELECT format('CREATE %sVIEW %s AS %s', CASE v.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, v.oid::regclass,
       pg_catalog.pg_get_viewdef(v.oid))
     FROM pg_catalog.pg_depend d
     JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
     JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
     WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
       AND d.refobjid = ANY ($1::oid[]) AND v.relkind IN ('v', 'm')
     ORDER BY 1`,
    [oids],
  );
  return rows.map(({ sql }) => sql);
}
