import { z } from 'zod';
import type { Action, ActionContext, Observation } from '../../actions/action.ts';
import { minutes } from '../../lib/duration.ts';
import type { JsonObject } from '../../lib/json.ts';
import { KnownError } from '../../model/errors.ts';

/** A world that outlives the processes which act on it: what was brought about, how often, and in which order. */
export interface FakeWorld {
  readonly effects: Map<string, JsonObject>;
  /** Every call that changed something, in order. */
  readonly writes: string[];
  /** Errors to throw at the next calls of a name, before the effect. */
  readonly troubles: Map<string, Error[]>;
  /** How often a thing was read. */
  readonly readings: Map<string, number>;
  /** Called around every call: throw here to play a crash. `before` an effect and `after` it. */
  tick: (where: string) => void;
}

export const fakeWorld = (): FakeWorld => ({
  effects: new Map(),
  writes: [],
  troubles: new Map(),
  readings: new Map(),
  tick: () => undefined,
});

const Thing = z.strictObject({
  thing: z.string().describe('What is brought about.'),
  value: z.unknown().optional().describe('What it puts out.'),
});
type Thing = z.infer<typeof Thing>;
const Made = z.looseObject({ thing: z.string() });
type Made = z.infer<typeof Made>;
type WorldAction = Action<FakeWorld, Thing, Made>;

/** Brings something about that can be seen afterwards. */
export const make: WorldAction = {
  name: 'fake.make',
  summary: 'Make a thing.',
  danger: 'destroy',
  input: Thing,
  output: Made,
  timeout: minutes(5),
  permissions: () => ['fake: make'],
  observe: async ({ client }, input) => look(client, input),
  preview: (input) => ({ danger: 'destroy', changes: [`${input.thing} exists`] }),
  run: async (ctx, input) => bringAbout(ctx, input),
  verify: async ({ client }, { thing }) => [
    { claim: `${thing} exists`, held: client.effects.has(thing), observed: String(client.effects.has(thing)) },
  ],
  undo: async ({ client }, { thing }) => {
    client.tick(`unmake ${thing}`);
    client.effects.delete(thing);
    client.writes.push(`unmake ${thing}`);
    client.tick(`unmade ${thing}`);
  },
};

/** Like a shell command: its effect cannot be seen. */
export const shell: WorldAction = {
  ...make,
  name: 'fake.shell',
  observe: async () => ({ state: 'unknown', why: 'a command leaves no trace' }),
  undo: { impossible: 'a command cannot be taken back' },
};

export const lookAt: WorldAction = {
  ...make,
  name: 'fake.look',
  danger: 'read',
  observe: async () => ({ state: 'absent' }),
  run: async ({ client }, input) => {
    client.tick(`look ${input.thing}`);
    return output(input);
  },
  verify: async (_, { thing }) => [{ claim: `looked at ${thing}`, held: true, observed: 'yes' }],
};

/** Reads whether a thing is there, and how often it was read. */
export const gauge: WorldAction = {
  ...lookAt,
  name: 'fake.gauge',
  output: z.looseObject({ thing: z.string(), there: z.boolean(), times: z.number() }),
  run: async ({ client }, { thing }) => {
    client.tick(`read ${thing}`);
    const trouble = client.troubles.get(thing)?.shift();
    if (trouble) throw trouble;
    const times = (client.readings.get(thing) ?? 0) + 1;
    client.readings.set(thing, times);
    return { thing, there: client.effects.has(thing), times };
  },
};

export const block: WorldAction = {
  ...make,
  name: 'fake.block',
  owes: ({ thing }) => ({ id: `blocked:${thing}`, what: `${thing} is blocked` }),
};

export const unblock: WorldAction = {
  ...make,
  name: 'fake.unblock',
  observe: async ({ client }, input) =>
    client.effects.has(input.thing) ? { state: 'absent' } : { state: 'done', output: output(input) },
  run: async ({ client }, input) => {
    client.tick(`unblock ${input.thing}`);
    client.effects.delete(input.thing);
    client.writes.push(`unblock ${input.thing}`);
    client.tick(`unblocked ${input.thing}`);
    return output(input);
  },
  verify: async ({ client }, { thing }) => [
    { claim: `${thing} is free`, held: !client.effects.has(thing), observed: '' },
  ],
  settles: ({ thing }) => `blocked:${thing}`,
};

export const fakeActions: readonly WorldAction[] = [make, shell, lookAt, gauge, block, unblock];

function look(world: FakeWorld, { thing }: Thing): Observation<Made> {
  const seen = world.effects.get(thing);
  return seen ? { state: 'done', output: seen as Made } : { state: 'absent' };
}

async function bringAbout({ client, signal }: ActionContext<FakeWorld>, input: Thing): Promise<Made> {
  client.tick(`make ${input.thing}`);
  const trouble = client.troubles.get(input.thing)?.shift();
  if (trouble) throw trouble;
  if (input.value === 'hang')
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  client.effects.set(input.thing, output(input) as JsonObject);
  client.writes.push(`make ${input.thing}`);
  client.tick(`made ${input.thing}`);
  return output(input);
}

const output = (input: Thing): Made => ({
  thing: input.thing,
  ...(input.value === undefined ? {} : { value: input.value }),
});

export const unreachable = (): KnownError =>
  new KnownError('TARGET_UNREACHABLE', 'the target does not answer', 'Wait.');
