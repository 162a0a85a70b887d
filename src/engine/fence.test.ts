import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import type { Fence } from '../model/fence.ts';
import { dryRun } from './dry-run.ts';
import { startRun } from './execute.ts';
import { refuseFenced } from './fence.ts';
import { lookAt, make } from './testing/fake-world.ts';
import { never, originOf, type Rig, RUN, rig, step } from './testing/rig.ts';

const FENCE: Fence = {
  names: [{ name: 'shop-prod', component: 'web', environment: 'production' }],
  unbound: ['web'],
};

const originIn = (steps: readonly JsonObject[], fence: Fence | undefined = FENCE) => ({
  ...originOf(steps),
  environment: 'drill',
  ...(fence ? { fence } : {}),
});
const carryOut = (at: Rig, steps: readonly JsonObject[], fence?: Fence) =>
  startRun({ id: RUN, lock: 'shop/drill', origin: originIn(steps, fence) }, at.ports(), never);

describe('a run of an unprotected environment', () => {
  test.each<[string, readonly JsonObject[]]>([
    ['by its name', [step('a', { with: { thing: 'shop-prod' }, on_failure: 'stop' })]],
    ['by an expression', [step('a', { with: { thing: '${{ "shop-" + "prod" }}' }, on_failure: 'stop' })]],
    [
      'by what an earlier step found',
      [
        step('find', { uses: 'fake.look', with: { thing: 'find', value: 'prod' } }),
        step('a', { with: { thing: 'shop-${{ steps.find.outputs.value }}' }, on_failure: 'stop' }),
      ],
    ],
  ])('calls nothing that names what is protected: %s', async (_way, steps) => {
    const at = rig();
    const state = await carryOut(at, steps);
    expect(state.error).toMatchObject({
      code: 'TARGET_PROTECTED',
      message: 'a names shop-prod, which is the web of production. This is a run of drill: nothing was called',
      hint: expect.stringContaining('environments.drill.components.web'),
    });
    expect(at.world.writes).toEqual([]);
    expect(state.steps.get('a')?.attempts ?? 0).toBe(0);
  });

  test('goes on with what names nothing of it, and where there is no fence', async () => {
    const free = rig();
    expect((await carryOut(free, [step('a')])).status).toBe('succeeded');
    const origin = { ...originOf([step('shop-prod')]), environment: 'drill' };
    const open = await startRun({ id: RUN, lock: 'shop/drill', origin }, rig().ports(), never);
    expect(open.status).toBe('succeeded');
  });

  test('a dry run does not even look, and says why', async () => {
    const at = rig();
    const looks: string[] = [];
    const ports = at.ports();
    const find: typeof ports.actions.find = (name) => {
      const found = ports.actions.find(name);
      const observe = async () => {
        looks.push(name);
        return { state: 'absent' } as const;
      };
      return found && { ...found, action: { ...found.action, observe } };
    };
    const steps = [step('a', { with: { thing: 'shop-prod' } })];
    const [planned] = await dryRun(originIn(steps), { ...ports, actions: { find } }, never);
    expect(planned).toMatchObject({ seen: 'unknown', trouble: expect.stringContaining('shop-prod') });
    expect(looks).toEqual([]);
  });
});

test('a component that the environment does not bind may be read, and not altered', () => {
  const origin = originIn([]);
  const ask = (danger: 'read' | 'add' | 'change' | 'destroy') => () =>
    refuseFenced(origin, 'a', { component: 'web' }, { ...(danger === 'read' ? lookAt : make), danger });
  for (const danger of ['read', 'add'] as const) expect(ask(danger)).not.toThrow();
  for (const danger of ['change', 'destroy'] as const)
    expect(ask(danger)).toThrow(
      'a alters web, and drill has none of its own. This is a run of drill: nothing was called',
    );
  expect(() => refuseFenced(origin, 'a', { component: 'other' }, { ...make, danger: 'destroy' })).not.toThrow();
});
