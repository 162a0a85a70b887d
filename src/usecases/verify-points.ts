import { KnownError } from '../model/errors.ts';
import type { Component, Plan } from '../model/plan.ts';
import type { VerificationRecord } from '../model/repository.ts';
import { type VerificationDue, verificationDue } from '../model/verification-due.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import type { PlanWorld, Services } from './services.ts';

export interface VerifyPointsRequest {
  readonly component?: string | undefined;
  /** A recovery point or backup, instead of the newest. */
  readonly point?: string | undefined;
  /** The newest point: the default, said aloud. */
  readonly latest?: boolean;
  /** Every backup that there is. */
  readonly all?: boolean;
  /** Only components whose last proof is older than their plan allows. */
  readonly due?: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface VerifyPointsResult {
  readonly repository: string;
  readonly verified: readonly (VerificationRecord & { readonly seconds: number })[];
  /** What the plan asks for, after this. */
  readonly due: readonly VerificationDue[];
  /** Everything that was looked at held, and nothing is overdue. */
  readonly ok: boolean;
}

/**
 * Restores recovery points into instances that are thrown away, and proves them. One that is bad does not keep the others from being
 * looked at. Nothing to verify is an error, unless only what is due was asked for.
 */
export async function verifyPoints(request: VerifyPointsRequest, services: Services): Promise<VerifyPointsResult> {
  refuseContradictions(request);
  const { plan } = requirePlan(services);
  const world = await openWorld(plan, services);
  const components = componentsOf(plan, request);
  const verified: VerifyPointsResult['verified'][number][] = [];
  for (const component of components)
    for (const point of await pointsOf(component, { request, world, services }))
      verified.push(await verifyOne({ component, point }, { request, world, services }));
  const due = (await Promise.all(components.map((name) => dueOf(name, world, services)))).flatMap((one) => one ?? []);
  const ok = verified.every(({ held }) => held) && !due.some(({ overdue }) => overdue);
  return { repository: world.repository.place, verified, due, ok };
}

function refuseContradictions({ component, point, latest, all, due }: VerifyPointsRequest): void {
  const chosen = [point !== undefined, latest === true, all === true, due === true].filter(Boolean).length;
  if (chosen > 1)
    throw new KnownError(
      'USAGE',
      'only one of --point, --latest, --all and --due makes sense',
      'For the newest point, give none.',
    );
  if (point !== undefined && component === undefined)
    throw new KnownError('USAGE', '--point needs its component', 'For example: lifeboat verify database --point POINT');
}

function componentsOf(plan: Plan, { component }: VerifyPointsRequest): readonly string[] {
  if (component !== undefined) {
    const { kind } = findComponent(plan, component);
    if (kind !== 'postgres')
      throw new KnownError(
        'USAGE',
        `${component} is a ${kind}, and cannot be restored here`,
        'Name a PostgreSQL component.',
      );
    return [component];
  }
  const found = Object.entries(plan.components).filter(([, one]) => isRestorable(one));
  if (found.length > 0) return found.map(([name]) => name);
  throw new KnownError(
    'USAGE',
    'the plan has no PostgreSQL component with backups that can be verified',
    'Add components.<name>.backups with postgres.base_backup or postgres.dump.',
  );
}

const isRestorable = ({ kind, backups }: Component): boolean =>
  kind === 'postgres' && backups.some(({ method }) => method.startsWith('postgres.'));

type Verifying = { readonly request: VerifyPointsRequest; readonly world: PlanWorld; readonly services: Services };

/** Undefined stands for the newest point. */
async function pointsOf(component: string, verifying: Verifying): Promise<readonly (string | undefined)[]> {
  const { request, world, services } = verifying;
  if (request.due) return (await dueOf(component, world, services))?.overdue ? [undefined] : [];
  if (!request.all) return [request.point];
  const backups = await world.repository.backups(component);
  const restorable = backups.filter(({ method }) => method !== 'postgres.salvage');
  if (restorable.length > 0) return restorable.map(({ id }) => id);
  throw new KnownError('POINT_NOT_FOUND', `${component} has no backup`, `Take one: lifeboat backup ${component}`);
}

async function dueOf(component: string, { plan, repository }: PlanWorld, { clock }: Services) {
  const records = await repository.verifications(component);
  return verificationDue(plan, component, { records, now: clock.now() });
}

async function verifyOne(
  { component, point }: { component: string; point: string | undefined },
  { request, world, services }: Verifying,
) {
  const { signal } = request;
  const log = (line: string): void => request.log(services.redact(line));
  const begun = services.clock.now();
  log(`${component}: verifying ${point ?? 'the newest point'}`);
  const key = services.makeId('verify', begun);
  const record = await services.verifyPoint(world, { component, point, key, signal, log });
  return { ...record, seconds: (services.clock.now().getTime() - begun.getTime()) / 1000 };
}
