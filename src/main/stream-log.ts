import { systemClock } from '../lib/clock.ts';
import { KnownError } from '../model/errors.ts';
import { requireConnectionUri } from '../providers/postgres/connection-uri.ts';
import { streamWal } from '../providers/postgres/stream/stream-wal.ts';
import type { PlanWorld, StreamRequest } from '../usecases/services.ts';
import type { SecretReader } from './secrets.ts';

/** The one kind of log there is today: PostgreSQL's write-ahead log. */
export async function streamLog(world: PlanWorld, request: StreamRequest, secret: SecretReader): Promise<void> {
  const component = world.plan.components[request.component];
  if (component?.kind !== 'postgres')
    throw new KnownError('USAGE', `${request.component} has no log to stream`, 'Name a PostgreSQL component.');
  await streamWal({
    connection: requireConnectionUri(secret(component.connection), request.component),
    repository: world.repository,
    component: request.component,
    clock: systemClock,
    signal: request.signal,
    ...(request.flushEvery === undefined ? {} : { flushEvery: request.flushEvery }),
    onState: (state) => {
      if (state.state === 'streaming') request.onProgress(state);
      if (state.state === 'cut')
        request.onProgress({ state: 'interrupted', why: state.error.message, retryAt: state.retryAt });
    },
  });
}
