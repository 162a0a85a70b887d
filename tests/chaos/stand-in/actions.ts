import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Action, ActionContext, AnyAction, Observation } from '../../../src/actions/action.ts';
import { hours } from '../../../src/lib/duration.ts';
import { KnownError } from '../../../src/model/errors.ts';
import { DANGERS, type Danger } from '../../../src/model/run.ts';
import { human } from '../../../src/providers/human/index.ts';
import { providers } from '../../../src/providers/index.ts';
import { time } from '../../../src/providers/time/index.ts';
import { type Reach, type Role, stepOf } from './world.ts';

const Things = z.looseObject({});
type Things = z.infer<typeof Things>;
type StandIn = Action<Reach, Things, Things>;

/** How long a long effect still runs when it is looked at, in looks. */
const POLLS = 3;

/** What this build has of people and time is the real thing. */
const REAL: readonly AnyAction[] = [...human.actions, ...time.actions];
const BUILT = new Map<string, Danger>(
  providers.flatMap(({ actions }) => actions.map(({ name, danger }) => [name, danger] as const)),
);

/** What one takes away and which one gives it back. */
const GIVEN_BACK: Readonly<Record<string, string>> = {
  'ci.freeze': 'ci.thaw',
  'k8s.isolate': 'k8s.open',
  'sql.close_database': 'sql.open_database',
  'access.block_key': 'access.unblock_key',
  'postgres.block_role': 'postgres.unblock_role',
  'postgres.restore_side': 'postgres.discard_side',
};

const known = new Map<string, AnyAction>(REAL.map((action) => [action.name, action]));

/** The action of that name: the real one for people and time, a stand-in for all others. */
export function actionNamed(name: string): AnyAction {
  const action = known.get(name) ?? standIn(name, BUILT.get(name) ?? explained().get(name));
  known.set(name, action);
  return action;
}

export const isReal = (name: string): boolean => REAL.some((action) => action.name === name);

/** The danger of each action that a later build will have, as examples/ACTIONS.md says it. */
function explained(): ReadonlyMap<string, Danger> {
  const text = readFileSync(new URL('../../../examples/ACTIONS.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([a-z0-9_.]+)` +\| (\w+) +\|/gm);
  return new Map(
    [...rows].flatMap(([, name, word]) => {
      const danger = DANGERS.find((one) => one === word);
      return danger ? [[String(name), danger] as const] : [];
    }),
  );
}

function standIn(name: string, danger: Danger | undefined): AnyAction {
  if (danger === undefined) throw new Error(`examples/ACTIONS.md says nothing of ${name}`);
  const about = { name: name as StandIn['name'], summary: `Stands in for ${name}.`, danger, timeout: hours(24) };
  const shape = { input: Things, output: Things, permissions: () => [], preview: () => ({ danger, changes: [name] }) };
  return danger === 'read' ? { ...about, ...shape, ...looking } : { ...about, ...shape, ...changing(name, danger) };
}

const roleOf = ({ client, key }: ActionContext<Reach>): Role => {
  const role = client.roles.get(stepOf(key));
  if (!role) throw new Error(`nobody plays ${key}`);
  return role;
};

function failIfTold({ client, key }: ActionContext<Reach>, place: 'before' | 'after'): void {
  const step = stepOf(key);
  const trouble = client.troubles.get(step);
  if (trouble?.place !== place) return;
  if (trouble.isPassing) client.troubles.delete(step);
  throw trouble.error;
}

const looking: Pick<StandIn, 'observe' | 'run' | 'verify' | 'undo'> = {
  observe: async () => ({ state: 'absent' }),
  run: async (ctx) => {
    ctx.client.tick(`before ${ctx.key}`);
    failIfTold(ctx, 'before');
    ctx.client.tick(`after ${ctx.key}`);
    failIfTold(ctx, 'after');
    return roleOf(ctx).output;
  },
  verify: async () => [{ claim: 'it was looked at', held: true, observed: 'yes' }],
  undo: { impossible: 'It only looks.' },
};

function changing(
  name: string,
  danger: Danger,
): Pick<StandIn, 'observe' | 'run' | 'verify' | 'undo' | 'owes' | 'settles'> {
  const opener = Object.entries(GIVEN_BACK).find(([, settler]) => settler === name)?.[0];
  return {
    observe: async (ctx) => look(ctx),
    run: (ctx) => bringAbout(ctx, name),
    verify: async (ctx) => [{ claim: name, held: roleOf(ctx).nature === 'unseen' || isWhole(ctx), observed: ctx.key }],
    undo: danger === 'destroy' ? { impossible: 'What is destroyed is gone.' } : (ctx) => takeBack(ctx, name),
    ...(GIVEN_BACK[name] === undefined ? {} : { owes: (input: Things) => owedBy(name, input) }),
    ...(opener === undefined ? {} : { settles: (input: Things) => owedBy(opener, input).id }),
  };
}

const owedBy = (opener: string, { component }: Things) => ({
  id: `${opener} ${String(component)}`,
  what: `${opener} of ${String(component)}`,
});

const isWhole = ({ client, key }: ActionContext<Reach>): boolean => client.world.effects.get(key)?.isWhole === true;

function look(ctx: ActionContext<Reach>): Observation<Things> {
  const { client, key } = ctx;
  const { nature, output } = roleOf(ctx);
  if (nature === 'unseen') return { state: 'unknown', why: 'it leaves no trace' };
  const effect = client.world.effects.get(key);
  if (!effect || (nature === 'keyed' && !effect.isWhole)) return { state: 'absent' };
  if (effect.isWhole) return { state: 'done', output };
  const polls = effect.polls - 1;
  client.world.effects.set(key, { ...effect, polls, isWhole: polls <= 0 });
  return polls <= 0 ? { state: 'done', output } : { state: 'running' };
}

async function bringAbout(ctx: ActionContext<Reach>, name: string): Promise<Things> {
  const { client, key, clock, signal } = ctx;
  const { nature, output } = roleOf(ctx);
  client.tick(`before ${key}`);
  failIfTold(ctx, 'before');
  begin(ctx, name);
  client.tick(`during ${key}`);
  if (nature === 'long') while (look(ctx).state !== 'done') await clock.sleep(1000, signal);
  client.world.effects.set(key, { name, isWhole: true, polls: 0 });
  client.tick(`after ${key}`);
  failIfTold(ctx, 'after');
  return output;
}

/**
 * Half of an effect that is marked with its key is joined by whoever calls again. Any other call for something that was begun already
 * does it a second time, and the ledger shows it.
 */
function begin(ctx: ActionContext<Reach>, name: string): void {
  const { client, key, clock } = ctx;
  const { nature } = roleOf(ctx);
  const { effects, ledger } = client.world;
  const isJoined = nature === 'keyed' && effects.get(key)?.isWhole === false;
  if (!isJoined) ledger.push({ what: name, key, at: clock.now().toISOString() });
  effects.set(key, { name, isWhole: false, polls: nature === 'long' ? POLLS : 0 });
}

async function takeBack(ctx: ActionContext<Reach>, name: string): Promise<void> {
  const { client, key, clock } = ctx;
  if (roleOf(ctx).nature === 'unseen') throw new KnownError('STEP_FAILED', `${name} leaves no trace`, 'Look yourself.');
  client.tick(`before undo of ${key}`);
  if (!client.world.effects.delete(key)) return;
  client.world.ledger.push({ what: `undo ${name}`, key, at: clock.now().toISOString() });
  client.tick(`after undo of ${key}`);
}
