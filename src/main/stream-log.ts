import { systemClock } from '../lib/clock.ts';
import { KnownError } from '../model/errors.ts';
import { type BackupPolicy, type Component, parseBytes } from '../model/plan.ts';
import { requireConnectionUri } from '../providers/postgres/connection-uri.ts';
import { slotName } from '../providers/postgres/stream/replication.ts';
import type { SpoolPlace } from '../providers/postgres/stream/spool.ts';
import { streamWal } from '../providers/postgres/stream/stream-wal.ts';
import type { PlanWorld, StreamRequest } from '../usecases/services.ts';
import type { SecretReader } from './secrets.ts';

/** The one kind of log there is today: PostgreSQL's write-ahead log. */
export async function streamLog(world: PlanWorld, request: StreamRequest, secret: SecretReader): Promise<void> {
  const component = world.plan.components[request.component];
  if (component?.kind !== 'postgres')
    throw new KnownError('USAGE', `${request.component} has no log to stream`, 'Name a PostgreSQL component.');
  const { synchronous, spool } = streamPolicy(component) ?? {};
  await streamWal({
    connection: requireConnectionUri(secret(component.connection), request.component),
    repository: world.repository,
    component: request.component,
    clock: systemClock,
    signal: request.signal,
    ...(request.flushEvery === undefined ? {} : { flushEvery: request.flushEvery }),
    ...(synchronous ? { synchronous } : {}),
    ...(spool === undefined ? {} : { spool: placeOf(spool) }),
    onServer: ({ waitsForUs, slotLimit }) =>
      request.onProgress({ state: 'connected', standby: slotName(request.component), waitsForUs, slotLimit }),
    onState: (state) => {
      if (state.state === 'streaming') request.onProgress(state);
      if (state.state === 'cut')
        request.onProgress({ state: 'interrupted', why: state.error.message, retryAt: state.retryAt });
      if (state.state === 'stored') request.onProgress(state);
      if (state.state === 'not-stored')
        request.onProgress({ ...state, why: state.error instanceof Error ? state.error.message : String(state.error) });
    },
  });
}

const streamPolicy = ({ backups }: Component): BackupPolicy | undefined =>
  backups.find(({ method }) => method === 'postgres.wal_stream');

const placeOf = ({ folder, limit, when_full }: NonNullable<BackupPolicy['spool']>): SpoolPlace => ({
  folder,
  limit: parseBytes(limit) as number,
  whenFull: when_full,
});
