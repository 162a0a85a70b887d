import { type ErrorRecord, errorRecord, KnownError } from '../model/errors.ts';
import { type Component, type Plan, TAKEN_METHODS } from '../model/plan.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import { perform } from './perform.ts';
import type { PlanWorld, Services } from './services.ts';

export interface BackupRequest {
  readonly component?: string;
  readonly method?: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface TakenBackup {
  readonly component: string;
  readonly method: string;
  readonly backup: string;
  readonly seconds: number;
  readonly output: Readonly<Record<string, unknown>>;
}

export interface BackupResult {
  readonly repository: string;
  readonly taken: readonly TakenBackup[];
  /** Why not all of it was taken. What stands in `taken` is there and valid. */
  readonly error?: ErrorRecord;
}

/** The stream is its own command, because it never ends. */
const METHODS = TAKEN_METHODS;
type Method = (typeof METHODS)[number];

/**
 * Takes every backup the plan names, or those of one component or method. Nothing to take is an error, not a success. When one fails
 * after others were taken, the result says both; when the first one fails, there is nothing but the error.
 */
export async function takeBackup(request: BackupRequest, services: Services): Promise<BackupResult> {
  const { plan } = requirePlan(services);
  const jobs = jobsOf(plan, request);
  const world = await openWorld(plan, services);
  const taken: TakenBackup[] = [];
  for (const job of jobs) {
    try {
      taken.push(await takeOne(job, request, world, services));
    } catch (error) {
      if (taken.length === 0) throw error;
      return { repository: world.repository.place, taken, error: failedAfter(taken, job, thrownBy(error, request)) };
    }
  }
  return { repository: world.repository.place, taken };
}

async function takeOne(
  { component, method }: Job,
  request: BackupRequest,
  world: PlanWorld,
  services: Services,
): Promise<TakenBackup> {
  request.log(`${component}: ${method} begins`);
  const begun = services.clock.now().getTime();
  const action = { action: method, input: { component }, signal: request.signal, log: request.log };
  const output = await perform<Record<string, unknown>>(action, world, services);
  const seconds = (services.clock.now().getTime() - begun) / 1000;
  return { component, method, backup: String(output.backup), seconds, output };
}

/** Whatever breaks off because somebody pressed Ctrl-C is no fault of ours. */
const thrownBy = (error: unknown, { signal }: BackupRequest): unknown =>
  signal.aborted && !(error instanceof KnownError)
    ? new KnownError('INTERRUPTED', 'stopped before it was done', 'Run the same command again.', error)
    : error;

function failedAfter(taken: readonly TakenBackup[], { component, method }: Job, error: unknown): ErrorRecord {
  const { code, message, hint } = errorRecord(error);
  const before = taken.map((one) => `${one.method} ${one.backup} of ${one.component}`).join(', ');
  return {
    code,
    message: `${component}: ${method} was not taken: ${message}`,
    hint: `${hint} Taken before it, and valid: ${before}.`,
  };
}

interface Job {
  readonly component: string;
  readonly method: Method;
}

function jobsOf(plan: Plan, { component, method }: BackupRequest): readonly Job[] {
  const wanted = method === undefined ? undefined : methodNamed(method);
  const components = component === undefined ? Object.keys(plan.components) : [component];
  const jobs = components.flatMap((name) =>
    methodsOf(findComponent(plan, name))
      .filter((candidate) => wanted === undefined || candidate === wanted)
      .map((candidate) => ({ component: name, method: candidate })),
  );
  if (jobs.length > 0) return jobs;
  throw new KnownError(
    'USAGE',
    `the plan names no ${wanted ?? 'backup'} ${component === undefined ? 'for any component' : `for ${component}`}`,
    'Add it under components.<name>.backups, or name another component or method.',
  );
}

const methodsOf = (component: Component): readonly Method[] =>
  METHODS.filter((method) => component.backups.some((policy) => policy.method === method));

/** `base_backup` and `postgres.base_backup` are the same. */
function methodNamed(text: string): Method {
  const found = METHODS.find((method) => method === text || method === `postgres.${text}`);
  if (found) return found;
  const streaming = text.endsWith('wal_stream');
  throw new KnownError(
    'USAGE',
    `"${text}" is not a method that takes one backup`,
    streaming ? 'The stream is continuous: lifeboat backup --stream' : `One of: ${METHODS.join(', ')}`,
  );
}
