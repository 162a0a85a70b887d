import { KnownError } from '../model/errors.ts';
import { formatLsn } from '../model/lsn.ts';
import type { BackupPolicy, Plan } from '../model/plan.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import type { Services, StreamProgress } from './services.ts';

export interface StreamRequest {
  readonly component?: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface StreamResult {
  readonly component: string;
  readonly repository: string;
  /** How far the log is in the repository; absent when nothing was received. */
  readonly flushed?: string;
}

/** Keeps the write-ahead log of a component in the repository until it is told to stop. */
export async function streamLog(request: StreamRequest, services: Services): Promise<StreamResult> {
  const { plan } = requirePlan(services);
  const component = request.component ?? onlyStreamed(plan);
  findComponent(plan, component);
  const world = await openWorld(plan, services);
  const { synchronous = false, spool } = streamPolicy(plan, component) ?? {};
  let flushed: bigint | undefined;
  const tell = teller(request.log, { synchronous });
  await services.streamLog(world, {
    component,
    signal: request.signal,
    onProgress: (progress) => {
      if (spool ? progress.state === 'stored' : progress.state === 'streaming') flushed = endOf(progress);
      tell(progress);
    },
  });
  const reached = flushed === undefined ? {} : { flushed: formatLsn(flushed) };
  return { component, repository: world.repository.place, ...reached };
}

const endOf = (progress: StreamProgress): bigint | undefined =>
  progress.state === 'stored' ? progress.stored : progress.state === 'streaming' ? progress.flushed : undefined;

const streamPolicy = ({ components }: Plan, name: string): BackupPolicy | undefined =>
  components[name]?.backups.find(({ method }) => method === 'postgres.wal_stream');

const TELL_EVERY_MS = 10_000;

/** Says the first position, then one line every few seconds, every interruption, and what is amiss with the server's settings. */
function teller(
  log: (line: string) => void,
  { synchronous }: { synchronous: boolean },
): (progress: StreamProgress) => void {
  let last: number | undefined;
  let stored: bigint | undefined;
  const said = new Set<string>();
  const once = (line: string): void => {
    if (!said.has(line)) log(line);
    said.add(line);
  };
  return (progress) => {
    switch (progress.state) {
      case 'connected':
        for (const line of remarks(progress, synchronous)) once(line);
        return;
      case 'interrupted':
        last = undefined;
        return log(`interrupted: ${progress.why}; next try at ${progress.retryAt.toISOString()}`);
      case 'not-stored':
        return log(
          `not in the repository yet: ${progress.why}; ${progress.spooled} bytes are safe in the spool, next try at ${progress.retryAt.toISOString()}`,
        );
      case 'stored':
        stored = progress.stored;
        return;
      case 'streaming': {
        const at = progress.at.getTime();
        if (last !== undefined && at - last < TELL_EVERY_MS) return;
        last = at;
        log(streamingLine(progress, stored));
      }
    }
  };
}

type Connected = Extract<StreamProgress, { state: 'connected' }>;

/** What a person should know of the server before the night in which it matters. */
function remarks({ standby, waitsForUs, slotLimit }: Connected, synchronous: boolean): readonly string[] {
  const notWaiting = `commits do not wait for this stream yet, so a few may be lost: ALTER SYSTEM SET synchronous_standby_names = '${standby}'; SELECT pg_reload_conf();`;
  const waiting =
    'commits wait for this stream, and the plan does not say "synchronous: true": each may take up to a second. Add it to the wal_stream.';
  const endless =
    "while this stream is down the server keeps its log without end, until its disk is full: ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();";
  return [
    ...(synchronous && !waitsForUs ? [notWaiting] : []),
    ...(!synchronous && waitsForUs ? [waiting] : []),
    ...(slotLimit === '-1' ? [endless] : []),
  ];
}

type Streaming = Extract<StreamProgress, { state: 'streaming' }>;

function streamingLine({ flushed, serverPosition }: Streaming, stored: bigint | undefined): string {
  const behind = serverPosition > flushed ? serverPosition - flushed : 0n;
  const spooled = stored !== undefined && stored < flushed ? `; ${flushed - stored} of it in the spool alone` : '';
  return `streaming: kept up to ${formatLsn(flushed)}, ${behind} bytes behind${spooled}`;
}

function onlyStreamed(plan: Plan): string {
  const streamed = Object.entries(plan.components)
    .filter(([, component]) => component.backups.some(({ method }) => method === 'postgres.wal_stream'))
    .map(([name]) => name);
  if (streamed.length === 1) return streamed[0] as string;
  if (streamed.length === 0)
    throw new KnownError(
      'USAGE',
      'no component of the plan has a wal_stream',
      'Add { method: postgres.wal_stream } to its backups.',
    );
  throw new KnownError('USAGE', `several components have a wal_stream: ${streamed.join(', ')}`, 'Name one of them.');
}
