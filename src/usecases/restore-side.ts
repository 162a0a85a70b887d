import { loadRecoveryPoints } from '../catalog/load.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Component, PostgresComponent } from '../model/plan.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { momentOf } from './moment.ts';
import { openWorld } from './open-world.ts';
import { perform } from './perform.ts';
import type { PlanWorld, Services } from './services.ts';

export interface RestoreRequest {
  readonly component: string;
  readonly to: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface RestoreResult {
  readonly component: string;
  readonly to: string;
  readonly seconds: number;
  readonly instance: string;
  /** The command that looks into it. */
  readonly connect: string;
  readonly output: SideOutput;
}

/** What `postgres.restore_side` puts out. */
interface SideOutput {
  readonly instance: string;
  readonly reached_lsn: string;
  readonly backup: string;
  readonly socket_folder: string;
}

/** Restores a component beside the running one, read only, so that a person can look and copy. Production is not touched. */
export async function restoreSide(request: RestoreRequest, services: Services): Promise<RestoreResult> {
  const { plan } = requirePlan(services);
  const component = requirePostgres(findComponent(plan, request.component), request.component);
  const world = await openWorld(plan, services);
  const target = await targetOf(request, world);
  const begun = services.clock.now().getTime();
  const output = await perform<SideOutput>(
    {
      action: 'postgres.restore_side',
      input: { component: request.component, ...target },
      signal: request.signal,
      log: request.log,
    },
    world,
    services,
  );
  const seconds = (services.clock.now().getTime() - begun) / 1000;
  const connect = psqlCommand(output.socket_folder, services.secret(component.connection));
  return { component: request.component, to: request.to, seconds, instance: output.instance, connect, output };
}

/** Stops and removes a side instance that `restoreSide` or a run left. */
export async function discardSide(
  request: { component: string; instance: string; signal: AbortSignal; log(line: string): void },
  services: Services,
): Promise<{ component: string; instance: string }> {
  const { plan } = requirePlan(services);
  findComponent(plan, request.component);
  const world = await openWorld(plan, services);
  const input = { component: request.component, instance: request.instance };
  const nothingToDo = () =>
    new KnownError(
      'USAGE',
      `there is no side instance ${request.instance} here`,
      'The restore that made it printed its name. Nothing was removed.',
    );
  const { signal, log } = request;
  await perform({ action: 'postgres.discard_side', input, signal, log, nothingToDo }, world, services);
  return input;
}

async function targetOf(request: RestoreRequest, world: PlanWorld): Promise<JsonObject> {
  const { to } = request;
  if (to === 'latest') return { latest: true };
  if (/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(to)) return { at_lsn: to };
  if (/^\d{4}-\d{2}-\d{2}/.test(to)) return { at_time: momentOf(to) };
  const points = await loadRecoveryPoints(world.repository, request.component);
  const point = points.find(({ id, backup }) => id === to || backup === to);
  if (point) return endOf(point);
  throw new KnownError('POINT_NOT_FOUND', `${request.component} has no recovery point "${to}"`, 'See: lifeboat points');
}

const endOf = (point: RecoveryPoint): JsonObject => (point.log ? { at_lsn: point.log.to } : { at_time: point.to });

function requirePostgres(component: Component, name: string): PostgresComponent {
  if (component.kind === 'postgres') return component;
  throw new KnownError('USAGE', `${name} is a ${component.kind}, and there is nothing to restore`, 'Name a database.');
}

/** The same database and user as in production, without the password: on the socket nobody asks for one. */
function psqlCommand(folder: string, connection: string): string {
  const url = URL.parse(connection);
  const user = url?.username ? ` -U ${decodeURIComponent(url.username)}` : '';
  const database = url && url.pathname.length > 1 ? ` -d ${decodeURIComponent(url.pathname.slice(1))}` : '';
  return `psql -h ${folder} -p 5432${user}${database}`;
}
