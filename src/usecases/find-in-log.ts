import { KnownError } from '../model/errors.ts';
import { CHANGE_KINDS, type ChangeKind, type LogSearchResult } from '../model/log-search.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { momentOf } from './moment.ts';
import { openWorld } from './open-world.ts';
import type { Services } from './services.ts';

export interface FindRequest {
  readonly component: string;
  readonly table?: string;
  readonly kinds: Readonly<Record<ChangeKind, boolean>>;
  /** Number of a transaction. */
  readonly by?: string;
  /** `MOMENT..MOMENT`; either may be left out. */
  readonly between?: string;
  readonly minRows?: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Names the transactions that deleted, updated, truncated or dropped, from the log in the repository. */
export async function findInLog(request: FindRequest, services: Services): Promise<LogSearchResult> {
  const { plan } = requirePlan(services);
  const { kind } = findComponent(plan, request.component);
  if (kind !== 'postgres')
    throw new KnownError(
      'USAGE',
      `${request.component} is a ${kind}, and keeps no log`,
      'Name a PostgreSQL component.',
    );
  const wanted = {
    component: request.component,
    kinds: CHANGE_KINDS.filter((one) => request.kinds[one]),
    minRows: rowsOf(request.minRows),
    ...(request.table === undefined ? {} : { table: unquoted(request.table) }),
    ...(request.by === undefined ? {} : { xid: xidOf(request.by) }),
    ...(request.between === undefined ? {} : spanOf(request.between)),
    signal: request.signal,
    log: (line: string) => request.log(services.redact(line)),
  };
  return services.findInLog(await openWorld(plan, services), wanted);
}

/** A name with capital letters is written in quotation marks in SQL; here both ways mean the same. */
const unquoted = (table: string): string =>
  table.replaceAll(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));

function rowsOf(text = '1'): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new KnownError(
    'USAGE',
    `--min-rows takes a number of at least 1, not "${text}"`,
    'For example: --min-rows 100',
  );
}

const LARGEST_XID = 2 ** 32 - 1;

function xidOf(text: string): number {
  const xid = Number(text);
  if (/^\d{1,10}$/.test(text) && xid > 0 && xid <= LARGEST_XID) return xid;
  throw new KnownError(
    'USAGE',
    `--by takes the number of a transaction, not "${text}": the write-ahead log does not tell which role wrote it`,
    'Leave --by out, and compare the moment of the commit with the log of the server, which names roles.',
  );
}

function spanOf(text: string): { from?: Date; to?: Date } {
  const ends = /^(.*)\.\.(.*)$/.exec(text);
  if (!ends || (ends[1] === '' && ends[2] === ''))
    throw new KnownError(
      'USAGE',
      `--between takes two moments with two dots in between, not "${text}"`,
      'For example: --between 2026-01-14T03:00Z..2026-01-14T03:10Z. One of them may be left out.',
    );
  const [from, to] = [ends[1], ends[2]].map((end) => (end ? new Date(momentOf(end)) : undefined));
  if (from && to && from > to)
    throw new KnownError('USAGE', `--between ends before it begins: "${text}"`, 'Write the earlier moment first.');
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}
