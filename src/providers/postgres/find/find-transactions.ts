import { KnownError } from '../../../model/errors.ts';
import type { FoundTransaction, LogSearchRequest, LogSearchResult } from '../../../model/log-search.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { BackupManifest, LogRef } from '../../../model/repository.ts';
import { logSource } from '../wal/source.ts';
import { type LogSource, type TransactionEffects, visitTransactions } from '../wal/transactions.ts';
import type { World } from '../world.ts';
import { Best, type Candidate, harmOf, looksDestructive, type Weighed } from './best.ts';
import { type Gathered, gatherNames } from './gather-names.ts';
import { type Judged, judge } from './judge.ts';
import { type LogHole, type LogRun, logRuns, type Runs } from './log-runs.ts';
import { requireTable, wantedBy } from './wanted.ts';

/**
 * Reads the log that the repository keeps and names the transactions that changed or removed rows. Needs no database: what one is
 * asked for, when it answers, are names. Throws LOG_GAP when there is no log at all, or when it is damaged.
 */
export async function findTransactions(world: World, request: LogSearchRequest): Promise<LogSearchResult> {
  const backups = await world.repository.backups(request.component);
  const logs = await logsToRead(world, request, backups);
  const reading = await orderLog(world, request, logs);
  const within = { transactions: 0, inserted: 0, updated: 0, deleted: 0 };
  const tally: Tally = { transactions: 0, bytes: 0, within, best: new Best() };
  const gathered = new Map<string, Gathered>();
  for (const run of reading.runs) {
    const known = gathered.get(run.system) ?? (await gatherNames(world, request, { backups, system: run.system }));
    gathered.set(run.system, known);
    request.log(`reading the log ${describe(run)}`);
    await readRun({ world, request, known, tally, segmentBytes: segmentBytesOf(backups, run) }, run);
  }
  if (tally.best.count === 0) for (const { names } of gathered.values()) requireTable(request, names);
  const points = await world.catalog.points(request.component);
  const told = tally.best.told();
  return {
    component: request.component,
    found: told.map((candidate) => withCommand(candidate, points, world, request.component)),
    more: Math.max(0, tally.best.count - told.length),
    read: reading.runs.map(spanOf),
    gaps: reading.holes.map(gapOf),
    transactions: tally.transactions,
    bytes: tally.bytes,
    within,
    ...(tally.first === undefined ? {} : { first_commit: tally.first.toISOString() }),
    ...(tally.last === undefined ? {} : { last_commit: tally.last.toISOString() }),
    names_from: [...new Set([...gathered.values()].flatMap(({ from }) => from))],
  };
}

interface Tally {
  transactions: number;
  bytes: number;
  first?: Date;
  last?: Date;
  readonly within: { transactions: number; inserted: number; updated: number; deleted: number };
  readonly best: Best;
}

/** A server's clock may be wrong by this much against ours, by which backups are dated. */
const CLOCKS_APART = 3_600_000;

/** All of it; or, where only later transactions are asked for, from the last base backup that is surely older on. */
async function logsToRead(
  world: World,
  request: LogSearchRequest,
  backups: readonly BackupManifest[],
): Promise<readonly LogRef[]> {
  const logs = await world.repository.logs(request.component);
  if (logs.length === 0)
    throw new KnownError(
      'LOG_GAP',
      `${request.component}: the repository holds no write-ahead log, and only that tells what a transaction did`,
      'Keep it from now on: lifeboat backup --stream. What there is to return to: lifeboat points',
    );
  const { from } = request;
  if (from === undefined) return logs;
  const older = backups
    .filter(({ method }) => method === 'postgres.base_backup')
    .filter(({ finishedAt }) => Date.parse(finishedAt) <= from.getTime() - CLOCKS_APART)
    .sort((a, b) => Date.parse(b.finishedAt) - Date.parse(a.finishedAt));
  return logs.filter((log) => {
    const base = older.find(({ facts }) => facts.system === log.system);
    return base === undefined || log.to > parseLsn(String(base.facts.startLsn));
  });
}

async function orderLog(world: World, request: LogSearchRequest, logs: readonly LogRef[]): Promise<Runs> {
  const runs: LogRun[] = [];
  const holes: LogHole[] = [];
  for (const system of new Set(logs.map((log) => log.system))) {
    const histories = await world.repository.timelineHistories(request.component, system);
    const ordered = logRuns(
      logs.filter((log) => log.system === system),
      histories,
    );
    runs.push(...ordered.runs);
    holes.push(...ordered.holes);
  }
  return { runs, holes };
}

const segmentBytesOf = (backups: readonly BackupManifest[], { system }: LogRun): number =>
  Number(backups.find(({ facts }) => facts.system === system)?.facts.segmentBytes ?? 16 << 20);

interface Reading {
  readonly world: World;
  readonly request: LogSearchRequest;
  readonly known: Gathered;
  readonly tally: Tally;
  readonly segmentBytes: number;
}

async function readRun(reading: Reading, run: LogRun): Promise<void> {
  const { world, request, known, tally, segmentBytes } = reading;
  const { names } = known;
  const wanted = wantedBy(request, names);
  const source = cut(
    logSource(
      world.repository,
      run.pieces.map(({ log }) => log),
    ),
    run,
    reading,
  );
  await visitTransactions(source, { segmentBytes, catalog: names }, (effects) => {
    if (effects.commitLsn < run.tellFrom) return;
    tally.transactions += 1;
    tally.first ??= effects.committedAt;
    tally.last = effects.committedAt;
    const judged = judge(effects, names);
    if (judged === undefined || !isBetween(effects.committedAt, request)) return;
    count(tally.within, judged);
    if (!wanted(judged, effects.xid)) return;
    tally.best.add(weigh(effects, judged, run));
  });
}

function weigh(effects: TransactionEffects, { tables: all, databases, before }: Judged, run: LogRun): Weighed {
  const tables = all.filter(({ deleted, updated, gone }) => deleted + updated > 0 || gone !== undefined);
  const suspicious = databases.length > 0 || tables.some(looksDestructive);
  const { xid, committedAt, commitLsn, complete } = effects;
  return {
    suspicious,
    harm: harmOf(tables, databases),
    at: committedAt.getTime(),
    tell: () => ({
      xid,
      committed_at: committedAt.toISOString(),
      commit_lsn: formatLsn(commitLsn),
      timeline: run.timeline,
      tables: tables.map(({ oid: _, ...told }) => told).sort((a, b) => b.deleted + b.updated - a.deleted - a.updated),
      dropped_databases: databases,
      suspicious,
      complete,
      just_before: formatLsn(before),
      system: run.system,
      left: run.left,
    }),
  };
}

function count(within: Tally['within'], { tables, databases }: Judged): void {
  if (tables.length + databases.length > 0) within.transactions += 1;
  for (const { inserted, updated, deleted } of tables) {
    within.inserted += inserted;
    within.updated += updated;
    within.deleted += deleted;
  }
}

const isBetween = (at: Date, { from, to }: LogSearchRequest): boolean =>
  (from === undefined || at >= from) && (to === undefined || at <= to);

/** What a server wrote after its timeline was left is not part of what follows it. */
async function* cut(source: LogSource, { pieces }: LogRun, { request, tally }: Reading): LogSource & AsyncGenerator {
  let next = 0;
  for await (const { start, bytes } of source) {
    request.signal.throwIfAborted();
    const { end } = pieces[next++] as LogRun['pieces'][number];
    const kept = bytes.subarray(0, Number(end - start));
    tally.bytes += kept.length;
    yield { start, bytes: kept };
  }
}

function withCommand(
  { system, left, ...found }: Candidate,
  points: readonly RecoveryPoint[],
  { catalog }: World,
  component: string,
): FoundTransaction {
  if (left)
    return {
      ...found,
      unreachable: `it stands on timeline ${found.timeline}, which was left: today's database never had it`,
    };
  try {
    const ours = points.filter(({ log }) => log?.system === system);
    catalog.choosePoint(ours, { kind: 'lsn', lsn: parseLsn(found.just_before) });
    return { ...found, command: `lifeboat restore ${component} --to ${found.just_before}` };
  } catch (error) {
    if (error instanceof KnownError) return { ...found, unreachable: error.message };
    throw error;
  }
}

const endsOf = ({ pieces }: LogRun): readonly [bigint, bigint] => [
  (pieces[0] as LogRun['pieces'][number]).log.from,
  (pieces.at(-1) as LogRun['pieces'][number]).end,
];

function spanOf(run: LogRun): LogSearchResult['read'][number] {
  const [from, to] = endsOf(run);
  return { system: run.system, timeline: run.timeline, from: formatLsn(from), to: formatLsn(to) };
}

function describe(run: LogRun): string {
  const { from, to, timeline } = spanOf(run);
  return `from ${from} to ${to} of timeline ${timeline}${run.left ? ', which was left' : ''}`;
}

const gapOf = ({ system, timeline, from, to, before, after }: LogHole): LogSearchResult['gaps'][number] => ({
  system,
  timeline,
  from: formatLsn(from),
  to: formatLsn(to),
  bytes: Number(to - from),
  ...(before === undefined ? {} : { stored_before: before }),
  ...(after === undefined ? {} : { stored_after: after }),
});
