import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AnyAction } from '../../src/actions/action.ts';
import { runView } from '../../src/cli/run-view.ts';
import { plainPaint } from '../../src/cli/screen.ts';
import { startRun } from '../../src/engine/execute.ts';
import type { EnginePorts, Happening } from '../../src/engine/ports.ts';
import { thisMachine } from '../../src/journal/machine.ts';
import { openSqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { JournalEvent, RunOrigin } from '../../src/model/run.ts';
import { expressions } from '../../src/plan/expressions.ts';
import { next } from '../../src/usecases/next.ts';
import type { Services } from '../../src/usecases/services.ts';
import { status } from '../../src/usecases/status.ts';
import { writeReport } from '../../src/usecases/write-report.ts';

/** chain: one after the other. reads: the same, each with an expression over the one above. wide: all side by side. layers: ten by ten. */
export const SHAPES = ['chain', 'reads', 'wide', 'layers'] as const;
export type Shape = (typeof SHAPES)[number];

/** What one run cost, in milliseconds and bytes, and how long each look at it took afterwards. */
export interface Spent {
  readonly ms: number;
  readonly cpu: number;
  /** What is still held when it is over. */
  readonly heap: number;
  readonly peak: number;
  readonly status: number;
  readonly next: number;
  /** All events told one by one to a live view. */
  readonly view: number;
  readonly papers: number;
}

/** Carries out a run of so many trivial steps with the real engine and the real journal, and looks at it as people do. */
export async function measureRun(shape: Shape, steps: number, collect: () => void): Promise<Spent> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
  const journal = openSqliteJournal({
    file: join(folder, 'journal.sqlite'),
    clock: systemClock,
    machine: thisMachine(),
  });
  try {
    const spent = await timed(() =>
      startRun({ id: 'run-1', lock: 'bench', origin: benchOrigin(shape, steps) }, portsOf(journal), NEVER),
    );
    if (spent.result.status !== 'succeeded') throw new Error(`the run ended as ${spent.result.status}`);
    collect();
    const { heapUsed: heap } = process.memoryUsage();
    const { maxRSS } = process.resourceUsage();
    const services = servicesOf(journal, folder);
    const events = await journal.events('run-1');
    const lines = await journal.lines('run-1');
    return {
      ms: spent.ms,
      cpu: spent.cpu,
      heap,
      peak: maxRSS * 1024,
      status: (await timed(() => status('run-1', services))).ms,
      next: (await timed(() => next('run-1', services))).ms,
      view: (await timed(async () => follow(events, services))).ms,
      papers: (await timed(async () => writeReport({ id: 'run-1', events, lines, stateFolder: folder }, services))).ms,
    };
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const NEVER = new AbortController().signal;

/** A run as it is frozen. */
export function benchOrigin(shape: Shape, count: number): RunOrigin {
  const steps = Array.from({ length: count }, (_, index) => stepOf(shape, index));
  const scenario = {
    title: 'Loss',
    loses: ['web'],
    objectives: { rto: '1h', rpo: '0' },
    healthy: `s${count - 1}`,
    steps,
  };
  const plan = {
    lifeboat: 1,
    plan: { name: 'shop', title: 'Shop', owner: 'commander', version: '1' },
    environments: { production: {} },
    people: { ada: { name: 'Ada' } },
    roles: { commander: { people: ['ada'] } },
    repository: { folder: '/nowhere', recipients: ['age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw'] },
    components: { web: { kind: 'service', health: { url: 'http://127.0.0.1:1/' } } },
    scenarios: { loss: scenario },
  };
  return {
    plan,
    planHash: 'hash',
    planFile: 'lifeboat.yaml',
    scenario: 'loss',
    environment: 'production',
    inputs: {},
    version: '0',
  };
}

const LAYER = 10;

function stepOf(shape: Shape, index: number): JsonObject {
  const step = { id: `s${index}`, uses: 'bench.count', with: { value: index }, expect: '1s' };
  if (index === 0) return { ...step, needs: [] };
  const above = `s${index - 1}`;
  if (shape === 'chain') return { ...step, needs: [above] };
  if (shape === 'reads')
    return { ...step, needs: [above], with: { value: `\${{ steps.${above}.outputs.value + 1 }}` } };
  if (shape === 'wide') return { ...step, needs: [] };
  const layer = Math.floor(index / LAYER) - 1;
  return { ...step, needs: layer < 0 ? [] : Array.from({ length: LAYER }, (_, at) => `s${layer * LAYER + at}`) };
}

const Value = z.looseObject({ value: z.number() });

/** Does nothing, in the way of an action that changes something. */
export const count: AnyAction = {
  name: 'bench.count',
  summary: 'Count.',
  danger: 'change',
  input: Value,
  output: Value,
  timeout: 60_000,
  permissions: () => [],
  observe: async () => ({ state: 'absent' }),
  preview: () => ({ danger: 'change', changes: [] }),
  run: async (_, input) => input,
  verify: async () => [{ claim: 'it counted', held: true, observed: 'yes' }],
  undo: { impossible: 'nothing to take back' },
};

/** All the engine needs, with one action. */
export const portsOf = (journal: EnginePorts['journal'], action: AnyAction = count): EnginePorts => ({
  journal,
  actions: { find: () => ({ action, client: undefined }) },
  expressions,
  clock: systemClock,
  redact: (text) => text,
  actor: 'ada',
  mayAsk: false,
  safetyPoints: { since: async () => ({ missing: 'nothing is backed up here' }) },
  watch: () => undefined,
});

function servicesOf(journal: EnginePorts['journal'], folder: string): Services {
  const services = {
    journal: () => journal,
    clock: systemClock,
    actions: new Map(),
    cwd: folder,
    chosen: { state: folder },
    env: () => undefined,
  };
  return services as unknown as Services;
}

function follow(events: readonly JournalEvent[], services: Services): void {
  const view = runView({ say: () => undefined, paint: plainPaint, signal: NEVER }, services);
  for (const event of events) view.watch({ kind: 'event', event } satisfies Happening);
  view.close();
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly ms: number; readonly cpu: number }> {
  const begun = process.cpuUsage();
  const from = performance.now();
  const result = await work();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(begun);
  return { result, ms, cpu: (user + system) / 1000 };
}
