import type { FoundTransaction, LogSearchResult, TableChange } from '../model/log-search.ts';
import type { Paint } from './screen.ts';

/** What was found in the log, for a person who has to choose one of it. */
export function foundText(result: LogSearchResult, paint: Paint): string {
  const { component, found, more, transactions, names_from, gaps } = result;
  const unnamed = found.some(({ tables }) => tables.some(({ named }) => !named));
  return [
    ...(found.length === 0
      ? [`Nothing of that kind in the log of ${component}.`]
      : found.flatMap((one) => lines(one, paint))),
    ...(more > 0 ? ['', `And ${more} smaller ones. Ask for less: --table NAME, --min-rows N, --between T1..T2`] : []),
    '',
    `Read: ${transactions} committed transactions, ${size(result.bytes)} of log${between(result)}.`,
    ...gaps.map((gap) => paint.bad(gapText(gap))),
    ...(unnamed ? [paint.warn(unnamedText(names_from))] : []),
  ].join('\n');
}

function lines(found: FoundTransaction, paint: Paint): readonly string[] {
  const { xid, committed_at, commit_lsn, timeline, suspicious, complete, command, unreachable } = found;
  const head = `xid ${xid}  committed ${committed_at}  at ${commit_lsn} on timeline ${timeline}`;
  return [
    suspicious ? paint.bad(`✘ ${head}`) : `  ${head}`,
    ...found.dropped_databases.map((name) => `    DROP DATABASE ${name}`),
    ...found.tables.map((change) => `    ${changeText(change)}`),
    ...(complete ? [] : [`    ${paint.warn('The log has only its end: it may have done more.')}`]),
    command === undefined ? `    Cannot be returned to: ${unreachable}` : `    Just before it: ${command}`,
  ];
}

const GONE = {
  truncated: 'emptied by TRUNCATE',
  dropped: 'removed by DROP',
  removed: 'emptied by TRUNCATE or removed by DROP',
} as const;

function changeText({ table, deleted, updated, inserted, gone, rows }: TableChange): string {
  const parts = [
    ...(gone === undefined ? [] : [`${GONE[gone]}${rows === undefined ? '' : `, it had about ${counted(rows)}`}`]),
    ...(deleted > 0 ? [`${counted(deleted)} deleted${shareOf(deleted, rows)}`] : []),
    ...(updated > 0 ? [`${counted(updated)} updated${shareOf(updated, rows)}`] : []),
    ...(inserted > 0 ? [`${counted(inserted)} inserted`] : []),
  ];
  return `${table}: ${parts.join(', ')}`;
}

const counted = (rows: number): string => (rows === 1 ? '1 row' : `${rows} rows`);

/** Rows before are an estimate of the server, so there is never more than all. */
function shareOf(changed: number, rows: number | undefined): string {
  if (rows === undefined || rows === 0) return '';
  const share = Math.min(100, Math.round((100 * changed) / rows));
  return share === 0 ? '' : ` (about ${share} % of the table)`;
}

function between({ first_commit, last_commit }: LogSearchResult): string {
  return first_commit === undefined ? '' : `, from ${first_commit} to ${last_commit}`;
}

function gapText({ from, to, bytes, timeline, stored_before, stored_after }: LogSearchResult['gaps'][number]): string {
  const when = stored_before && stored_after ? `, written about between ${stored_before} and ${stored_after}` : '';
  return `NOT READ: ${size(bytes)} of log are missing, from ${from} to ${to} of timeline ${timeline}${when}. What happened there is not known.`;
}

const unnamedText = (from: readonly string[]): string =>
  from.length === 0
    ? 'Nothing names the tables: no backup keeps their names, and the server does not answer. The numbers are those of their files.'
    : `What is called "file" is not named by ${from.join(' or ')}.`;

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
