import type { TableChange } from '../../../model/log-search.ts';
import type { TransactionEffects } from '../wal/transactions.ts';
import { FIRST_OF_USERS, type NamedRelation, type Names } from './names.ts';

export interface JudgedChange extends TableChange {
  readonly oid?: number;
}

export interface Judged {
  readonly tables: readonly JudgedChange[];
  readonly databases: readonly string[];
  /** What was there before this position is there, and nothing of the transaction. */
  readonly before: bigint;
}

/**
 * What a transaction did to the tables of the database, by name; undefined when it was in another one. What it did to files is
 * kept in mind for the transactions after it.
 */
export function judge(effects: TransactionEffects, names: Names): Judged | undefined {
  const removed = effects.removedDatabases ?? [];
  const elsewhere = names.database !== undefined && ![0, names.database].includes(effects.database);
  if (elsewhere && removed.length === 0) return undefined;
  const files = whatBecameOfFiles(effects, names);
  const tables = [...withRows(effects, names, files), ...files.unknown];
  for (const { oid, rows, inserted, deleted, gone } of tables)
    if (oid !== undefined && rows !== undefined)
      names.setRows(oid, gone === undefined ? rows + inserted - deleted : inserted);
  return {
    tables,
    databases: removed.map(({ database }) => names.databaseName(database)),
    before: beforeIt(effects, files),
  };
}

/**
 * Whoever stops between lock and commit finds the table locked, so what was removed is looked at from before the lock; and a
 * database from before it was marked.
 */
function beforeIt({ commitLsn, locks, removedDatabases = [] }: TransactionEffects, { gone, unknown }: Files): bigint {
  const all = unknown.length > 0;
  const held = locks.filter(({ relation }) => all || gone.has(relation)).map(({ at }) => at);
  return [...held, ...removedDatabases.map(({ at }) => at)].reduce((a, b) => (b < a ? b : a), commitLsn);
}

type Gone = NonNullable<TableChange['gone']>;

interface Files {
  /** By number of the table. */
  readonly gone: ReadonlyMap<number, Gone>;
  /** Files that only the transaction itself filled, e.g. of a rewrite: what stands in them is nobody's change. */
  readonly own: ReadonlySet<number>;
  readonly unknown: readonly JudgedChange[];
}

const NO_FILES: Files = { gone: new Map(), own: new Set(), unknown: [] };

const isTable = ({ kind }: NamedRelation): boolean => kind === 'r' || kind === 'm';

function whatBecameOfFiles(effects: TransactionEffects, names: Names): Files {
  const { droppedFilenodes, createdFilenodes, locks } = effects;
  if (droppedFilenodes.length === 0) return { ...NO_FILES, own: new Set(createdFilenodes) };
  const traces = tracesOf(effects, names);
  const gone = new Map<number, Gone>();
  const unknown: number[] = [];
  for (const file of traces.dropped) {
    const relation = names.ofFile(file);
    if (relation === undefined) unknown.push(file);
    else settle(relation, traces, names, gone, file);
  }
  // A table whose file is not known any more is known by its lock.
  for (const { relation: oid } of locks) {
    const relation = names.ofNumber(oid);
    if (relation && names.isAdrift(oid) && !gone.has(oid) && unknown.length > 0) settle(relation, traces, names, gone);
  }
  const explained = unknown.length === 0 || gone.size > 0 || !traces.removesTables;
  return { gone, own: new Set(createdFilenodes), unknown: explained ? [] : [unnamed(unknown)] };
}

interface Traces {
  /** Files taken away that were there before, in the order in which that was decided. */
  readonly dropped: readonly number[];
  readonly created: readonly number[];
  /** By file taken away: the one that took its place. */
  readonly pairs: ReadonlyMap<number, number>;
  readonly filled: ReadonlySet<number>;
  /** Rows of the catalogue of tables that were deleted. */
  readonly classesDeleted: number;
  /** Whether what is not known by name may have been a table: an index has no type, and is no table. */
  readonly removesTables: boolean;
}

function tracesOf(effects: TransactionEffects, names: Names): Traces {
  const { droppedFilenodes, createdFilenodes, filledFilenodes = [], relations, complete } = effects;
  const own = new Set(createdFilenodes);
  const passing = new Set(droppedFilenodes);
  // A commit lists first what was decided last.
  const dropped = droppedFilenodes.filter((file) => !own.has(file)).reverse();
  const created = createdFilenodes.filter((file) => !passing.has(file));
  const classes = relations.find(({ filenode }) => filenode === names.classFile);
  const types = relations.find(({ filenode }) => filenode === names.typeFile);
  const onlyReplaced = dropped.length === created.length && (classes?.inserted ?? 0) === 0;
  return {
    dropped,
    created,
    pairs: new Map(onlyReplaced ? dropped.map((file, i) => [file, created[i] as number]) : []),
    filled: new Set(filledFilenodes),
    classesDeleted: classes?.deleted ?? 0,
    removesTables: !complete || (types?.deleted ?? 0) > 0 || (created.length > 0 && (classes?.inserted ?? 0) === 0),
  };
}

/** Says of a relation whose file was taken away whether its rows are gone, and where it is from now on. */
function settle(relation: NamedRelation, traces: Traces, names: Names, gone: Map<number, Gone>, file?: number): void {
  const rewritten = traces.created.some((made) => names.ofFile(made)?.oid === relation.oid);
  if (rewritten) return;
  const next = file === undefined ? undefined : traces.pairs.get(file);
  names.replaced(relation, next);
  if (!isTable(relation) || (next !== undefined && traces.filled.has(next))) return;
  gone.set(relation.oid, howGone(next, traces));
}

function howGone(next: number | undefined, { classesDeleted, created }: Traces): Gone {
  if (next !== undefined || classesDeleted === 0) return 'truncated';
  return created.length === 0 ? 'dropped' : 'removed';
}

const unnamed = (files: readonly number[]): JudgedChange => ({
  table: files.length === 1 ? `file ${files[0]}` : `file ${files[0]} and ${files.length - 1} more`,
  named: false,
  deleted: 0,
  updated: 0,
  inserted: 0,
  gone: 'removed',
});

/** Changes of rows, with what is gone besides; a table may have both. */
function withRows(effects: TransactionEffects, names: Names, { gone, own }: Files): readonly JudgedChange[] {
  const changes = new Map<string, JudgedChange>();
  const ours = names.database;
  for (const { database, filenode, deleted, updated, inserted } of effects.relations) {
    if (database === 0 || (ours !== undefined && database !== ours)) continue;
    const relation = names.ofFile(filenode);
    if (!isOfUsers(relation, filenode) || (own.has(filenode) && deleted + updated === 0)) continue;
    const key = relation === undefined ? `file ${filenode}` : String(relation.oid);
    const before = changes.get(key) ?? change(relation, filenode, names);
    changes.set(key, {
      ...before,
      deleted: before.deleted + deleted,
      updated: before.updated + updated,
      inserted: before.inserted + inserted,
    });
  }
  for (const [oid, how] of gone) {
    const relation = names.ofNumber(oid) as NamedRelation;
    if (!isOfUsers(relation, oid)) continue;
    changes.set(String(oid), { ...(changes.get(String(oid)) ?? change(relation, oid, names)), gone: how });
  }
  return [...changes.values()];
}

/** Of the server's own tables and of TOAST nothing is told: whoever lost rows, lost them in a table. */
function isOfUsers(relation: NamedRelation | undefined, file: number): boolean {
  if (relation === undefined) return file >= FIRST_OF_USERS;
  return isTable(relation) && !/^(pg_|information_schema$)/.test(relation.schema);
}

function change(relation: NamedRelation | undefined, file: number, names: Names): JudgedChange {
  const nothing = { deleted: 0, updated: 0, inserted: 0 };
  if (relation === undefined) return { ...nothing, table: `file ${file}`, named: false };
  const rows = names.rowsOf(relation.oid);
  return {
    ...nothing,
    table: `${relation.schema}.${relation.name}`,
    named: true,
    oid: relation.oid,
    ...(rows === undefined ? {} : { rows }),
  };
}
