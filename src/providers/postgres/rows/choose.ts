import { KnownError } from '../../../model/errors.ts';
import type { Deletion, DeletionSearch, RemovedFiles } from '../client-api.ts';

/** A second deletion of at least this share of the largest one makes the choice a guess. */
const COMPARABLE = 0.1;

/** For people who stand there after the deletion: what the log does not have, a dump may. */
export const DUMPS_HELP =
  'A dump may still hold the rows: lifeboat points lists them. Restore one into an empty database, as README.txt in the repository says, and copy the rows.';

interface Wanted {
  readonly component: string;
  readonly atLeast: number;
  readonly xid?: number;
}

/**
 * The one transaction that deleted. Throws TARGET_FAILED when there is none, TARGET_AMBIGUOUS when it could be another, and
 * LOG_GAP when it could be one of which the log has only the end.
 */
export function chooseDeletion(search: DeletionSearch, wanted: Wanted): Deletion {
  const open = search.incomplete.filter(
    ({ xid, rows }) => wanted.xid === xid || (wanted.xid === undefined && rows > 0),
  );
  if (open.length > 0) throw onlyTheEnd(open, wanted);
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

function none(search: DeletionSearch, wanted: Wanted): KnownError {
  const { component, atLeast, xid } = wanted;
  const rows = atLeast === 1 ? 'rows' : `${atLeast} rows or more`;
  const message =
    xid === undefined
      ? `no transaction deleted ${rows} of ${component} since ${search.since}`
      : `transaction ${xid} deleted no ${rows} of ${component} since ${search.since}, or did not commit`;
  if (search.removedFiles.length > 0)
    return new KnownError(
      'TARGET_FAILED',
      `${message}; but whole tables may be gone, by TRUNCATE, DROP or a rewrite:\n${describeRemoved(search.removedFiles, component)}`,
      `Run the command of the one that lost the rows. It restores beside production; copy the table from there, then lifeboat restore ${component} --discard INSTANCE.`,
    );
  if (search.incomplete.length > 0) return onlyTheEnd(search.incomplete, wanted, message);
  if (search.reachesBack)
    return new KnownError('TARGET_FAILED', message, 'Look further back with within, or look for an UPDATE instead.');
  return new KnownError(
    'TARGET_FAILED',
    message,
    `No base backup is older, so nothing that was deleted before then can be taken from the log. ${DUMPS_HELP}`,
  );
}

/** Named at most; a person reads this at night. */
const NAMED = 5;

/** Lines for people, newest first, each with the command that shows the table as it was. */
export function describeRemoved(removed: readonly RemovedFiles[], component: string): string {
  const newest = removed.toSorted((a, b) => Date.parse(b.committedAt) - Date.parse(a.committedAt));
  const lines = newest
    .slice(0, NAMED)
    .flatMap(({ xid, commitLsn, committedAt, files, tables }) => [
      `  transaction ${xid}, committed at ${committedAt} (${commitLsn}), removed ${files} files:`,
      ...(tables.length === 0 ? [{ table: 'of which table is not known', before: commitLsn }] : tables).map(
        ({ table, before }) =>
          `    ${table ?? 'a table that does not exist any more'}: lifeboat restore ${component} --to ${before}`,
      ),
    ]);
  const more = newest.length > NAMED ? [`  and ${newest.length - NAMED} earlier ones`] : [];
  return [...lines, ...more].join('\n');
}

function onlyTheEnd(
  open: DeletionSearch['incomplete'],
  { component }: Wanted,
  message = `what was deleted from ${component} cannot be counted`,
): KnownError {
  return new KnownError(
    'LOG_GAP',
    `${message}; of a transaction that was open when the oldest base backup began, the log has only the end:\n${describeIncomplete(open, component)}`,
    'Its rows cannot be put back one by one. Run the command: it restores beside production, just before it; copy the rows from there. If it was another transaction, pass its number as xid.',
  );
}

/** Lines for people, each with the command that shows the database just before the transaction. */
export const describeIncomplete = (open: DeletionSearch['incomplete'], component: string): string =>
  open
    .map(
      ({ xid, committedAt, commitLsn, rows }) =>
        `  transaction ${xid}, committed at ${committedAt}, ${rows} rows or more: lifeboat restore ${component} --to ${commitLsn}`,
    )
    .join('\n');

/** One line for a person who has to choose. */
export const describe = ({ xid, committedAt, rows, tables }: Deletion): string =>
  `  xid ${xid} at ${committedAt}: ${rows} rows (${tables.map((one) => `${one.rows} of ${one.table}`).join(', ')})`;
