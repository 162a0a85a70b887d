import { join } from 'node:path';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { LoadedPlan } from '../plan/load.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import { type Performance, perform } from './perform.ts';
import { takeRows } from './salvage-rows.ts';
import type { PlanWorld, Services } from './services.ts';
import { replaceFile } from './write-file.ts';

export interface SalvageRequest {
  readonly component: string;
  /** Number of the transaction, as typed; absent: the one large deletion there is. */
  readonly xid?: string;
  readonly within?: string;
  readonly dryRun: boolean;
  readonly triggers?: string;
  /** Where conflicts are written. Default: a file in the state folder. */
  readonly conflicts?: string;
  /** Asks whoever sits there for the name of a protected environment. */
  askForName?(question: SalvageQuestion): Promise<string | undefined>;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface SalvageQuestion {
  readonly environment: string;
  readonly rows: number;
  readonly tables: readonly string[];
}

export interface SalvagedCounts {
  /** Lost rows that were put back, or would be. */
  readonly inserted: number;
  readonly already_there: number;
  /** Changed rows that have their old values back, or would have. */
  readonly restored: number;
  readonly unchanged: number;
  readonly conflicting: number;
}

export interface SalvageConflict {
  readonly table: string;
  readonly kind: string;
  readonly row: string;
  readonly rule?: string;
  readonly other?: string;
}

/** What `preview_rows` and `load_rows` put out. */
export interface LoadedRows extends SalvagedCounts {
  readonly tables: readonly ({ readonly table: string } & SalvagedCounts)[];
  readonly conflicts: readonly SalvageConflict[];
  readonly notes: readonly string[];
}

export interface SalvageResult extends LoadedRows {
  readonly component: string;
  readonly environment: string;
  readonly xid: number;
  readonly committed_at: string;
  readonly dry_run: boolean;
  /** The rows as they are kept in the repository. */
  readonly salvages: readonly string[];
  /** Where the conflicts were written, when there are any. */
  readonly conflicts_file?: string;
}

/**
 * Puts back what one transaction deleted, changed, truncated or dropped, and leaves everything that was written later as it is.
 * Cut off at any moment, the same command goes on: what was taken out is kept, and what is back is found to be.
 */
export async function salvage(request: SalvageRequest, services: Services): Promise<SalvageResult> {
  const plan = requirePlan(services);
  const { kind } = findComponent(plan.plan, request.component);
  if (kind !== 'postgres')
    throw new KnownError(
      'USAGE',
      `${request.component} is a ${kind}, and keeps no log`,
      'Name a PostgreSQL component.',
    );
  const triggers = triggersOf(request);
  const world = await openWorld(plan.plan, services);
  const act: Act = (action, input, key) =>
    perform(
      {
        action,
        input: { component: request.component, ...input },
        ...named(key),
        signal: request.signal,
        log: request.log,
      },
      world,
      services,
    );
  const { component, within, log } = request;
  const wanted = { component, ...xidOf(request), ...(within === undefined ? {} : { within }), log };
  const taken = await takeRows(wanted, world, act);
  const look = async () =>
    together(
      await eachOf(taken.salvages, (id) => act<LoadedRows>('postgres.preview_rows', { salvage: id, conflicts: NAMED })),
    );
  const foreseen = await look();
  const { found, salvages } = taken;
  const common = {
    component: request.component,
    environment: plan.environment,
    xid: found.xid,
    committed_at: found.committed_at,
    dry_run: request.dryRun,
    salvages,
  };
  const nothingToDo = foreseen.inserted + foreseen.restored === 0;
  if (request.dryRun || nothingToDo)
    return { ...common, ...foreseen, ...kept(request, { world, xid: found.xid, result: foreseen }) };
  await requireYes(request, plan, foreseen, services);
  const loaded = together(
    await eachOf(salvages, (id) =>
      act<LoadedRows>('postgres.load_rows', { salvage: id, triggers, accept_conflicts: true }),
    ),
  );
  // The step keeps the first of them only.
  const { conflicts } = await look();
  const result = { ...loaded, conflicts };
  return { ...common, ...result, ...kept(request, { world, xid: found.xid, result }) };
}

/** Carries out one action; with the same key it joins what an earlier call left. */
export type Act = <Out>(action: string, input: JsonObject, key?: string) => Promise<Out>;

/** Conflicts that are written one by one. */
const NAMED = 100_000;

const named = (key: string | undefined): Pick<Performance, 'key'> | object => (key === undefined ? {} : { key });

async function eachOf<Out>(ids: readonly string[], work: (id: string) => Promise<Out>): Promise<readonly Out[]> {
  const all: Out[] = [];
  for (const id of ids) all.push(await work(id));
  return all;
}

function together(parts: readonly LoadedRows[]): LoadedRows {
  const sum = (of: keyof SalvagedCounts) => parts.reduce((total, part) => total + part[of], 0);
  return {
    inserted: sum('inserted'),
    already_there: sum('already_there'),
    restored: sum('restored'),
    unchanged: sum('unchanged'),
    conflicting: sum('conflicting'),
    tables: parts.flatMap(({ tables }) => tables),
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

function triggersOf({ triggers = 'quiet' }: SalvageRequest): 'quiet' | 'fire' {
  if (triggers === 'quiet' || triggers === 'fire') return triggers;
  throw new KnownError(
    'USAGE',
    `--triggers takes quiet or fire, not "${triggers}"`,
    'quiet is what is done without it.',
  );
}

const LARGEST_XID = 2 ** 32 - 1;

function xidOf({ xid: text, component }: SalvageRequest): { readonly xid?: number } {
  if (text === undefined) return {};
  const xid = Number(text);
  if (/^\d{1,10}$/.test(text) && xid > 0 && xid <= LARGEST_XID) return { xid };
  throw new KnownError(
    'USAGE',
    `--xid takes the number of a transaction, not "${text}"`,
    `To find it: lifeboat points find ${component}`,
  );
}

/** In a protected environment somebody types its name first, as for a run that destroys. Throws USAGE when nobody does. */
async function requireYes(
  request: SalvageRequest,
  { plan, environment }: LoadedPlan,
  { inserted, restored, tables }: LoadedRows,
  { chosen }: Services,
): Promise<void> {
  if (plan.environments[environment]?.protected !== true || chosen.environment === environment) return;
  const rows = inserted + restored;
  const touched = tables.filter((one) => one.inserted + one.restored > 0).map(({ table }) => table);
  const typed = (await request.askForName?.({ environment, rows, tables: touched }))?.trim();
  if (typed === environment) return;
  const { component, xid } = request;
  const command = `lifeboat salvage ${component}${xid === undefined ? '' : ` --xid ${xid}`}`;
  throw new KnownError(
    'USAGE',
    `nothing was put back: ${rows} rows would be written to ${environment}, which is protected`,
    `Look first: ${command} --dry-run. Then say where, in so many words: ${command} --environment ${environment}`,
  );
}

/** All conflicts go into a file: a person works through it, and the screen has no room for them. */
function kept(
  { component, conflicts: file }: SalvageRequest,
  { world, xid, result }: { world: PlanWorld; xid: number; result: LoadedRows },
): Pick<SalvageResult, 'conflicts_file'> {
  if (result.conflicts.length === 0) return {};
  const path = file ?? join(world.stateFolder, 'salvage', `${component}-${xid}-conflicts.json`);
  replaceFile(path, `${JSON.stringify({ component, xid, conflicts: result.conflicts }, null, 2)}\n`);
  return { conflicts_file: path };
}
