import { KnownError } from '../../../model/errors.ts';
import type { Deletion, DeletionSearch } from '../client-api.ts';

/** A second deletion of at least this share of the largest one makes the choice a guess. */
const COMPARABLE = 0.1;

/** The one transaction that deleted. Throws TARGET_FAILED when there is none and TARGET_AMBIGUOUS when it could be another. */
export function chooseDeletion(
  search: DeletionSearch,
  wanted: { readonly component: string; readonly atLeast: number; readonly xid?: number },
): Deletion {
  const large = search.deletions.filter(({ rows }) => rows >= wanted.atLeast);
  const [first, second] = large.toSorted((a, b) => b.rows - a.rows);
  if (first === undefined) throw none(search, wanted);
  if (wanted.xid !== undefined || second === undefined || second.rows < first.rows * COMPARABLE) return first;
  const comparable = large.filter(({ rows }) => rows >= first.rows * COMPARABLE);
  throw new KnownError(
    'TARGET_AMBIGUOUS',
    `${comparable.length} transactions deleted about as many rows of ${wanted.component}:\n${comparable.map(describe).join('\n')}`,
    'Choose one and pass its number as xid: take this run back (decide undo), then start again with --set xid=NUMBER.',
  );
}

function none(search: DeletionSearch, { component, atLeast, xid }: Parameters<typeof chooseDeletion>[1]): KnownError {
  const rows = atLeast === 1 ? 'rows' : `${atLeast} rows or more`;
  const message =
    xid === undefined
      ? `no transaction deleted ${rows} of ${component} since ${search.since}`
      : `transaction ${xid} deleted no ${rows} of ${component} since ${search.since}, or did not commit`;
  const removed = search.removedFiles.map(
    ({ xid: other, committedAt, files }) => `${other} at ${committedAt} (${files} files)`,
  );
  if (removed.length === 0)
    return new KnownError('TARGET_FAILED', message, 'Look further back with within, or look for an UPDATE instead.');
  return new KnownError(
    'TARGET_FAILED',
    `${message}; but whole files were removed, by TRUNCATE, DROP, VACUUM FULL or a rewrite, in transaction ${removed.join(', ')}`,
    'If one of these lost the rows, restore a side instance with before_xid of it and copy the table by hand.',
  );
}

/** One line for a person who has to choose. */
export const describe = ({ xid, committedAt, rows, tables }: Deletion): string =>
  `  xid ${xid} at ${committedAt}: ${rows} rows (${tables.map((one) => `${one.rows} of ${one.table}`).join(', ')})`;
