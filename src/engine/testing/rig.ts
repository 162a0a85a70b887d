import { type MemoryJournal, memoryJournal } from '../../journal/memory-journal.fake.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { RunOrigin } from '../../model/run.ts';
import { expressions } from '../../plan/expressions.ts';
import { human } from '../../providers/human/index.ts';
import { time } from '../../providers/time/index.ts';
import { resumeRun, startRun } from '../execute.ts';
import type { EnginePorts, Happening } from '../ports.ts';
import { type FakeWorld, fakeActions, fakeWorld } from './fake-world.ts';

export const RUN = 'run-1';

/** A plan around some steps, as it would be frozen into a run. */
export function originOf(steps: readonly JsonObject[], more: JsonObject = {}, procedures: JsonObject = {}): RunOrigin {
  const healthy = String(steps.at(-1)?.id);
  const plan = {
    lifeboat: 1,
    plan: { name: 'shop', title: 'Shop', owner: 'commander', version: '1' },
    environments: { production: {} },
    people: { ada: { name: 'Ada' }, grace: { name: 'Grace' }, bob: { name: 'Bob' }, eve: { name: 'Eve' } },
    roles: { commander: { people: ['ada', 'grace', 'bob'] }, cto: { people: ['eve'] } },
    repository: { folder: '/nowhere', recipients: ['age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw'] },
    components: { web: { kind: 'service', health: { url: 'http://127.0.0.1:1/' } } },
    scenarios: {
      loss: { title: 'Loss', loses: ['web'], objectives: { rto: '1h', rpo: '0' }, healthy, steps, ...more },
    },
    procedures,
  };
  return {
    plan: JSON.parse(JSON.stringify(plan)) as JsonObject,
    planHash: 'hash',
    planFile: 'lifeboat.yaml',
    scenario: 'loss',
    environment: 'production',
    inputs: {},
    version: '0',
  };
}

export interface Rig {
  readonly world: FakeWorld;
  readonly journal: MemoryJournal;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly happenings: Happening[];
  ports(over?: Partial<EnginePorts>): EnginePorts;
}

export function rig(world = fakeWorld()): Rig {
  const clock = fakeClock();
  const journal = memoryJournal({ clock });
  const happenings: Happening[] = [];
  const ports = (over: Partial<EnginePorts> = {}): EnginePorts => ({
    journal,
    clock,
    expressions,
    actions: {
      find: (name) =>
        [...fakeActions, ...human.actions, ...time.actions]
          .filter((action) => action.name === name)
          .map((action) => ({ action, client: world }))[0],
    },
    safetyPoints: { since: async (component) => ({ missing: `nothing is kept of ${component}` }) },
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    actor: 'ada',
    mayAsk: false,
    watch: (happening) => void happenings.push(happening),
    ...over,
  });
  return { world, journal, clock, happenings, ports };
}

export const never = new AbortController().signal;

export const start = (steps: readonly JsonObject[], ports: EnginePorts, more: JsonObject = {}, signal = never) =>
  startRun({ id: RUN, lock: 'shop/production', origin: originOf(steps, more) }, ports, signal);

/** A run of a plan with procedures, given by their steps. */
export const startWith = (
  procedures: Readonly<Record<string, readonly JsonObject[]>>,
  steps: readonly JsonObject[],
  ports: EnginePorts,
  more: JsonObject = {},
) => {
  const titled = Object.fromEntries(
    Object.entries(procedures).map(([name, inner]) => [name, { title: name, steps: inner }]),
  );
  return startRun({ id: RUN, lock: 'shop/production', origin: originOf(steps, more, titled) }, ports, never);
};

export const resume = (ports: EnginePorts, signal = never) => resumeRun(RUN, ports, signal);

export const step = (id: string, over: JsonObject = {}): JsonObject => ({
  id,
  uses: 'fake.make',
  with: { thing: id },
  ...over,
});
