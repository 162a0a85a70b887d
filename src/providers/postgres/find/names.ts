import { insertedRow } from '../wal/inserted-row.ts';
import type { WalRecord } from '../wal/records.ts';
import type { CatalogWatch } from '../wal/transactions.ts';
import type { RelationMap } from './relation-map.ts';

/** A table, index or anything else that has a file. */
export interface NamedRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly parent?: number;
}

/** Files of the catalogue as every database begins with them; a rewrite of the catalogue gives them others. */
const CLASSES = 1259;
const TYPES = 1247;
const SCHEMAS = 2615;
/** Numbers below belong to the server itself. */
export const FIRST_OF_USERS = 16_384;

const BUILT_IN_SCHEMAS: readonly (readonly [number, string])[] = [
  [11, 'pg_catalog'],
  [99, 'pg_toast'],
  [2200, 'public'],
];

/** Which table a file is of, as far as maps from backups, the running server and the log itself tell. */
export class Names implements CatalogWatch {
  database: number | undefined;
  classFile = CLASSES;
  typeFile = TYPES;
  private schemaFile = SCHEMAS;
  private readonly schemas = new Map<number, string>(BUILT_IN_SCHEMAS);
  private readonly databases = new Map<number, string>();
  private readonly byFile = new Map<number, NamedRelation>();
  private readonly byOid = new Map<number, NamedRelation>();
  private readonly rowCounts = new Map<number, number>();
  /** Tables whose file was taken away, and of the one that took its place nothing is known. */
  private readonly adrift = new Set<number>();

  /** Later maps win: a table that was renamed is called by its newest name. `withRows`: this is how it was when the log began. */
  learn(map: RelationMap, { withRows }: { withRows: boolean }): void {
    this.database = map.database;
    for (const [oid, name] of map.databases) this.databases.set(oid, name);
    for (const [oid, name] of map.schemas) this.schemas.set(oid, name);
    for (const { file, rows, schema, ...relation } of map.relations) {
      this.put(file, { ...relation, schema: this.schemas.get(schema) ?? `schema ${schema}` });
      if (withRows && rows !== undefined) this.rowCounts.set(relation.oid, rows);
      if (relation.oid === CLASSES) this.classFile = file;
      if (relation.oid === TYPES) this.typeFile = file;
      if (relation.oid === SCHEMAS) this.schemaFile = file;
    }
  }

  ofFile = (file: number): NamedRelation | undefined => this.byFile.get(file);
  ofNumber = (oid: number): NamedRelation | undefined => this.byOid.get(oid);
  databaseName = (oid: number): string => this.databases.get(oid) ?? `number ${oid}`;
  rowsOf = (oid: number): number | undefined => this.rowCounts.get(oid);
  all = (): Iterable<NamedRelation> => this.byOid.values();
  isAdrift = (oid: number): boolean => this.adrift.has(oid);

  /** A table has another file now; without one, it is not known which. */
  replaced(relation: NamedRelation, file: number | undefined): void {
    if (file === undefined) this.adrift.add(relation.oid);
    else {
      this.adrift.delete(relation.oid);
      this.byFile.set(file, relation);
    }
  }

  setRows(oid: number, rows: number): void {
    this.rowCounts.set(oid, Math.max(0, rows));
  }

  watches(database: number, file: number): boolean {
    if (file !== this.classFile && file !== this.schemaFile) return false;
    return this.database === undefined || database === this.database;
  }

  inserted(record: WalRecord, file: number): void {
    const row = insertedRow(record);
    if (row === undefined) return;
    if (file === this.schemaFile && row.length >= 68) this.schemas.set(row.readUInt32LE(0), nameAt(row));
    if (file === this.classFile) this.takeClass(row, record.major);
  }

  /** A row of pg_class: number, name, schema, and further on file and kind. */
  private takeClass(row: Buffer, major: number): void {
    const kindAt = major >= 18 ? 119 : 115;
    if (row.length <= kindAt) return;
    const [oid, name, schema, file] = [row.readUInt32LE(0), nameAt(row), row.readUInt32LE(68), row.readUInt32LE(88)];
    const kind = String.fromCharCode(row[kindAt] as number);
    const rewrites = /^pg_temp_(\d+)$/.exec(name)?.[1];
    const rewritten = rewrites === undefined ? undefined : this.byOid.get(Number(rewrites));
    // A rewrite fills a table beside, named after the one that then takes its file over.
    if (rewritten !== undefined) {
      this.replaced(rewritten, file);
      return;
    }
    if (file !== 0) this.put(file, { oid, schema: this.schemas.get(schema) ?? `schema ${schema}`, name, kind });
    if (kind === 'r') this.rowCounts.set(oid, 0);
  }

  private put(file: number, relation: NamedRelation): void {
    this.byOid.set(relation.oid, relation);
    if (file !== 0) this.byFile.set(file, relation);
  }
}

/** A name takes 64 bytes, filled up with zeros. */
function nameAt(row: Buffer): string {
  const end = row.indexOf(0, 4);
  return row.toString('utf8', 4, end < 0 || end > 68 ? 68 : end);
}
