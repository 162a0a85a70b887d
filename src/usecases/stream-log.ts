import { KnownError } from '../model/errors.ts';
import { formatLsn } from '../model/lsn.ts';
import type { Plan } from '../model/plan.ts';
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
  let flushed: bigint | undefined;
  const tell = teller(request.log);
  await services.streamLog(world, {
    component,
    signal: request.signal,
    onProgress: (progress) => {
      if (progress.state === 'streaming') flushed = progress.flushed;
      tell(progress);
    },
  });
  const reached = flushed === undefined ? {} : { flushed: formatLsn(flushed) };
  return { component, repository: world.repository.place, ...reached };
}

const TELL_EVERY_MS = 10_000;

/** Says the first position, then one line every few seconds, and every interruption. */
function teller(log: (line: string) => void): (progress: StreamProgress) => void {
  let last: number | undefined;
  return (progress) => {
    if (progress.state === 'interrupted') {
      last = undefined;
      return log(`interrupted: ${progress.why}; next try at ${progress.retryAt.toISOString()}`);
    }
    const at = progress.at.getTime();
    if (last !== undefined && at - last < TELL_EVERY_MS) return;
    last = at;
    const behind = progress.serverPosition > progress.flushed ? progress.serverPosition - progress.flushed : 0n;
    log(`streaming: kept up to ${formatLsn(progress.flushed)}, ${behind} bytes behind`);
  };
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
