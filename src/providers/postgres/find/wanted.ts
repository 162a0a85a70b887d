import { nearestOf } from '../../../lib/nearest.ts';
import { KnownError } from '../../../model/errors.ts';
import type { ChangeKind, LogSearchRequest } from '../../../model/log-search.ts';
import type { Judged, JudgedChange } from './judge.ts';
import type { NamedRelation, Names } from './names.ts';

/** Tells whether a transaction is one of those that are looked for. */
export function wantedBy(request: LogSearchRequest, names: Names): (judged: Judged, xid: number) => boolean {
  const kinds = new Set<ChangeKind>(request.kinds);
  const any = kinds.size === 0;
  const has = (kind: ChangeKind): boolean => any || kinds.has(kind);
  const fits = (change: JudgedChange): boolean => {
    if (change.gone !== undefined && (any || goneKinds(change.gone).some(has))) return true;
    if (has('deleted') && change.deleted >= request.minRows && change.deleted > 0) return true;
    return has('updated') && change.updated >= request.minRows && change.updated > 0;
  };
  return ({ tables, databases }, xid) => {
    if (request.xid !== undefined && request.xid !== xid) return false;
    const databaseFits = databases.length > 0 && has('dropped') && namesOne(databases, request.table);
    return databaseFits || tables.some((change) => isMeant(change, request.table, names) && fits(change));
  };
}

const goneKinds = (gone: NonNullable<JudgedChange['gone']>): readonly ChangeKind[] =>
  gone === 'removed' ? ['truncated', 'dropped'] : [gone];

const namesOne = (databases: readonly string[], table: string | undefined): boolean =>
  table === undefined || databases.includes(table);

/** By its own name or that of a table it is a partition of. What has no name may be any table, and is not kept back. */
function isMeant(change: JudgedChange, table: string | undefined, names: Names): boolean {
  if (table === undefined) return true;
  if (!change.named) return !isKnown(table, names) || change.gone !== undefined || change.table === `file ${table}`;
  let relation = change.oid === undefined ? undefined : names.ofNumber(change.oid);
  for (; relation !== undefined; relation = parentOf(relation, names)) if (isCalled(relation, table)) return true;
  return false;
}

const parentOf = ({ parent }: NamedRelation, names: Names): NamedRelation | undefined =>
  parent === undefined ? undefined : names.ofNumber(parent);

const isCalled = ({ schema, name, oid }: NamedRelation, text: string): boolean =>
  text === name || text === `${schema}.${name}` || text === String(oid);

const isKnown = (table: string, names: Names): boolean => [...names.all()].some((one) => isCalled(one, table));

const TABLES = ['r', 'm', 'p'];

/** Throws USAGE for a table that nothing ever named. To be asked after the log was read, which names tables as well. */
export function requireTable({ table, component }: LogSearchRequest, names: Names): void {
  if (table === undefined || /^\d+$/.test(table) || isKnown(table, names)) return;
  const known = [...names.all()].filter(({ kind }) => TABLES.includes(kind)).map(({ name }) => name);
  if (known.length === 0) return;
  const meant = nearestOf(table.split('.').at(-1) ?? table, known);
  throw new KnownError(
    'USAGE',
    `no table of ${component} is called "${table}"`,
    meant === undefined
      ? `Without a name, all tables are looked at: lifeboat points find ${component}`
      : `Did you mean "${meant}"?`,
  );
}
