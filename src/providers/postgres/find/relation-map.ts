import type { Session } from '../connect.ts';

/** What the catalogue of one database says about names, at one moment: so that a log can be read without the database. */
export interface RelationMap {
  readonly format: 1;
  /** Number and name of the database, and of all that the server had. */
  readonly database: number;
  readonly databases: readonly (readonly [number: number, name: string])[];
  readonly schemas: readonly (readonly [number: number, name: string])[];
  readonly relations: readonly MappedRelation[];
}

export interface MappedRelation {
  /** Its number, which stays when it gets another file. */
  readonly oid: number;
  /** 0: it has no file, e.g. a partitioned table. */
  readonly file: number;
  readonly schema: number;
  readonly name: string;
  /** As in pg_class: r table, m materialized view, p partitioned table, t TOAST, i and I indexes, S sequence. */
  readonly kind: string;
  /** About how many rows; absent when the server did not know. */
  readonly rows?: number;
  /** The table it is a partition of. */
  readonly parent?: number;
}

/** The name of the part of a base backup that keeps it. */
export const RELATION_MAP_PART = 'relations.json';

export async function readRelationMap(session: Session): Promise<RelationMap> {
  const databases = await session.query<{ oid: number; name: string; ours: boolean }>(
    `SELECT oid::int8 AS oid, datname AS name, datname = pg_catalog.current_database() AS ours FROM pg_catalog.pg_database`,
  );
  const schemas = await session.query<{ oid: number; name: string }>(
    'SELECT oid::int8 AS oid, nspname AS name FROM pg_catalog.pg_namespace',
  );
  const relations = await session.query<Row>(RELATIONS);
  return {
    format: 1,
    database: databases.find(({ ours }) => ours)?.oid ?? 0,
    databases: databases.map(({ oid, name }) => [oid, name]),
    schemas: schemas.map(({ oid, name }) => [oid, name]),
    relations: relations.map(({ rows, parent, ...rest }) => ({
      ...rest,
      ...(rows === null || rows < 0 ? {} : { rows }),
      ...(parent === null ? {} : { parent }),
    })),
  };
}

interface Row extends Omit<MappedRelation, 'rows' | 'parent'> {
  readonly rows: number | null;
  readonly parent: number | null;
}

/** A table that was never analyzed has -1 rows in pg_class; then the running statistics know better. */
const RELATIONS = `
  SELECT c.oid::int8 AS oid, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::int8 AS file,
    c.relnamespace::int8 AS schema, c.relname AS name, c.relkind::text AS kind,
    CASE WHEN c.relkind IN ('r', 'm')
      THEN greatest(c.reltuples::int8, nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0)) END AS rows,
    CASE WHEN c.relispartition THEN (
      SELECT i.inhparent::int8 FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1) END AS parent
  FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm', 'p', 't', 'i', 'I', 'S')`;

/** Undefined for what is no such map: then nothing is named after it. */
export function parseRelationMap(text: string): RelationMap | undefined {
  const map = JSON.parse(text) as Partial<RelationMap>;
  const whole = Array.isArray(map.relations) && Array.isArray(map.schemas) && Array.isArray(map.databases);
  return map.format === 1 && whole && typeof map.database === 'number' ? (map as RelationMap) : undefined;
}
