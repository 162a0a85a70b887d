import { describe, expect, test } from 'vitest';
import { Plan, type Scenario } from '../plan.ts';
import { effectiveObjective } from './effective.ts';
import { losesComponent, lostComponents } from './losses.ts';
import { objectiveText } from './objectives.ts';

const plan = Plan.parse({
  lifeboat: 1,
  plan: { name: 'shop', title: 'The shop', owner: 'keeper', version: '1' },
  environments: { production: {} },
  roles: { keeper: {} },
  objectives: { rto: '24h', rpo: '12h' },
  classes: { critical: { objectives: { rto: '1h' } } },
  components: {
    database: { kind: 'database', domain: 'aws/east', class: 'critical', objectives: { rto: '30m' } },
    cache: { kind: 'cache', domain: 'aws/east', class: 'critical' },
    site: { kind: 'static-site', domain: 'aws/west', also_in: ['dns'] },
  },
  data: { orders: { title: 'Orders', in: ['database'], objectives: { rpo: '0' } } },
  scenarios: {
    own: { title: 'With a promise', loses: ['database'], objectives: { rto: { first: 'immediate', full: '2h' } } },
    lent: { title: 'Without', loses_domains: ['aws/east'] },
    empty: { title: 'Loses nothing' },
  },
});

const path = (from: readonly (string | number)[] | undefined) => from?.join('.');

describe('which objective holds', () => {
  test.each<[string, Parameters<typeof effectiveObjective>[1], 'rto' | 'rpo', string, string]>([
    ['of a component its own', { component: 'database' }, 'rto', '30m', 'components.database.objectives.rto'],
    ['else that of its class', { component: 'cache' }, 'rto', '1h', 'classes.critical.objectives.rto'],
    ['else that of the plan', { component: 'cache' }, 'rpo', '12h', 'objectives.rpo'],
    ['without a class that of the plan', { component: 'site' }, 'rto', '24h', 'objectives.rto'],
    [
      'of a scenario its own',
      { scenario: 'own' },
      'rto',
      'immediate first, 2h in full',
      'scenarios.own.objectives.rto',
    ],
    ['else the strictest of what it loses', { scenario: 'lent' }, 'rto', '30m', 'components.database.objectives.rto'],
    ['else that of the plan', { scenario: 'empty' }, 'rto', '24h', 'objectives.rto'],
    [
      'of a component in a scenario',
      { scenario: 'lent', component: 'cache' },
      'rto',
      '1h',
      'classes.critical.objectives.rto',
    ],
    ['of data its own', { data: 'orders' }, 'rpo', '0', 'data.orders.objectives.rpo'],
    ['of data else that of the plan', { data: 'orders' }, 'rto', '24h', 'objectives.rto'],
    ['of a name every object knows', { component: 'constructor' }, 'rto', '24h', 'objectives.rto'],
  ])('%s', (_, of, kind, value, from) => {
    const found = effectiveObjective(plan, of, kind);
    expect(objectiveText(found?.value)).toBe(value);
    expect(path(found?.from)).toBe(from);
  });

  test('what it overrides is told, nearest first, each place once', () => {
    const found = effectiveObjective(plan, { scenario: 'lent' }, 'rto');
    expect(found?.overridden.map(({ from }) => path(from))).toEqual([
      'classes.critical.objectives.rto',
      'objectives.rto',
    ]);
    expect(found?.promised).toEqual({ min: 1_800_000, max: 1_800_000 });
  });

  test('nothing holds where nothing is said', () => {
    const { objectives: _, ...rest } = plan;
    expect(effectiveObjective(rest as Plan, { component: 'site' }, 'rto')).toBeUndefined();
  });

  test('what nobody can check promises nothing', () => {
    const varies = { ...plan, objectives: { rto: 'varies' as const } };
    expect(effectiveObjective(varies, {}, 'rto')).toMatchObject({ value: 'varies', promised: undefined });
  });
});

test('a lost domain takes all that lives in it or cannot live without it', () => {
  expect(lostComponents(plan, plan.scenarios.lent as Scenario)).toEqual(['database', 'cache']);
  const dns = { ...plan.scenarios.lent, loses_domains: ['dns'] } as Scenario;
  expect(lostComponents(plan, dns)).toEqual(['site']);
  expect(['site', 'cache', 'ghost'].map((name) => losesComponent(plan, dns, name))).toEqual([true, false, false]);
  const { site: _, ...components } = plan.components;
  expect(lostComponents({ ...plan, components }, dns)).toEqual([]);
});

test.each([
  [undefined, 'nothing'],
  ['15m..30m', '15m..30m'],
  [{ target: '1h' }, '1h'],
  [{ best: '30m', target: '1h', worst: '2h' }, '1h (best 30m, worst 2h)'],
] as const)('an objective %j is read as %s', (value, text) => expect(objectiveText(value)).toBe(text));
