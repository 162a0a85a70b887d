import { choosePoint } from '../catalog/choose-point.ts';
import { loadRecoveryPoints } from '../catalog/load.ts';
import { type Reach, reachOf } from '../catalog/reach.ts';
import { KnownError } from '../model/errors.ts';
import type { LogSearchResult } from '../model/log-search.ts';
import type { Plan } from '../model/plan.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import { type VerificationDue, verificationDue } from '../model/verification-due.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { momentOf } from './moment.ts';
import { openWorld, repositoryIn } from './open-world.ts';
import type { PlanWorld, Services } from './services.ts';

export interface PointsRequest {
  readonly component?: string | undefined;
  /** A moment: what would be lost by going back to it. */
  readonly at?: string | undefined;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface PointsResult {
  readonly repository: string;
  /** Failure domain the copies live in, and whose private keys open them. */
  readonly domain?: string;
  readonly recipients: readonly string[];
  readonly now: string;
  readonly components: readonly ComponentPoints[];
  readonly loss?: Loss;
}

export interface ComponentPoints extends Reach {
  readonly component: string;
  readonly points: readonly RecoveryPoint[];
  /** When it has to be verified again, where the plan wants that. */
  readonly verification?: VerificationDue;
}

/** What is lost by going back to a moment. */
export interface Loss {
  readonly component: string;
  readonly at: string;
  readonly seconds: number;
  /** The recovery point one would start from. */
  readonly point: string;
  readonly command: string;
  /** What the log that is kept says was committed since; newer log than that may exist on the server. */
  readonly counted?: LogSearchResult['within'];
  /** How far that log was read without a hole. */
  readonly gaps?: number;
  /** Why nothing was counted. */
  readonly not_counted?: string;
}

/** Every moment one can return to, read from the repository; and what choosing one of them would lose. */
export async function listPoints(request: PointsRequest, services: Services): Promise<PointsResult> {
  const { plan } = requirePlan(services);
  const { component } = request;
  if (component !== undefined) findComponent(plan, component);
  const world = await openWorld(plan, services);
  const now = services.clock.now();
  const components: ComponentPoints[] = [];
  for (const name of component === undefined ? namesWithBackups(plan) : [component]) {
    const points = await loadRecoveryPoints(world.repository, name);
    const records = await world.repository.verifications(name);
    const verification = verificationDue(plan, name, { records, now });
    components.push({ component: name, points, ...reachOf(points), ...(verification ? { verification } : {}) });
  }
  const { domain, recipients } = repositoryIn(plan);
  return {
    repository: world.repository.place,
    ...(domain === undefined ? {} : { domain }),
    recipients,
    now: now.toISOString(),
    components,
    ...(request.at === undefined
      ? {}
      : { loss: await lossAt(request.at, { request, world, now, components }, services) }),
  };
}

const namesWithBackups = ({ components }: Plan): string[] =>
  Object.entries(components)
    .filter(([, { backups }]) => backups.length > 0)
    .map(([name]) => name);

interface Asked {
  readonly request: PointsRequest;
  readonly world: PlanWorld;
  readonly now: Date;
  readonly components: readonly ComponentPoints[];
}

async function lossAt(text: string, { request, world, now, components }: Asked, services: Services): Promise<Loss> {
  const [only, ...others] = components;
  if (only === undefined || others.length > 0)
    throw new KnownError(
      'USAGE',
      '--at needs one component',
      'For example: lifeboat points database --at 2026-01-14T03:05:00Z',
    );
  const at = momentOf(text);
  const { component, points } = only;
  const point = choosePoint(points, { kind: 'time', at: new Date(at) });
  const loss = {
    component,
    at,
    seconds: Math.max(0, (now.getTime() - Date.parse(at)) / 1000),
    point: point.id,
    command: `lifeboat restore ${component} --to ${at}`,
  };
  try {
    const { signal, log } = request;
    const search = { component, kinds: [], minRows: 1, from: new Date(at), signal, log };
    const { within, gaps } = await services.findInLog(world, search);
    return { ...loss, counted: within, gaps: gaps.length };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { ...loss, not_counted: error.message };
  }
}
