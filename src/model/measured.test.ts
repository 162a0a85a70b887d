import { describe, expect, test } from 'vitest';
import { countedIn, measuredSteps, nearestRank, runsText, type StepSample, samplesOf, stepHash } from './measured.ts';
import { Plan } from './plan.ts';

const LOAD = { id: 'load', uses: 'fake.make', with: { thing: 'web' }, expect: '5m' };

const planOf = (steps: readonly object[]): Plan =>
  Plan.parse({
    lifeboat: 1,
    plan: { name: 'shop', title: 'Shop', owner: 'boss', version: '1' },
    environments: { production: {}, drill: { protected: false } },
    roles: { boss: { people: [] } },
    components: {},
    scenarios: { fire: { title: 'Fire', steps } },
  });
const PLAN = planOf([LOAD]);
const HASH = stepHash(LOAD);

const sample = (day: number, seconds: number, more: Partial<StepSample> = {}): StepSample => ({
  run: `run-${day}`,
  scenario: 'fire',
  environment: 'production',
  ended_at: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  step: 'load',
  hash: HASH,
  seconds,
  ...more,
});
const of = (samples: readonly StepSample[], plan = PLAN) => measuredSteps(plan, samples).get('fire')?.get('load');

describe('nearest rank', () => {
  test.each([
    [[7], 50, 7],
    [[7], 95, 7],
    [[1, 2], 50, 1],
    [[1, 2, 3], 50, 2],
    [[1, 2, 3], 95, 3],
    [Array.from({ length: 20 }, (_, index) => index + 1), 95, 19],
    [Array.from({ length: 20 }, (_, index) => index + 1), 50, 10],
    [[1, 2, 3], 0, 1],
    [[1, 2, 3], 100, 3],
  ])('of %j the %i th percent is %i', (sorted, percent, is) => expect(nearestRank(sorted, percent)).toBe(is));
});

describe('what earlier runs tell of a step', () => {
  test('three runs are enough, in whatever order they come', () => {
    const span = { min: 10_000, p50: 20_000, p95: 90_000, n: 3, drills: 0 };
    const all = [sample(1, 90), sample(2, 10), sample(3, 20)];
    expect(of(all)).toEqual(span);
    expect(of([...all].reverse())).toEqual(span);
  });

  test('two are not, and are told all the same', () => {
    const two = [sample(1, 90), sample(2, 10)];
    expect(of(two)).toBeUndefined();
    expect(samplesOf(PLAN, two).get('fire')?.get('load')).toMatchObject({ n: 2 });
    expect(countedIn(samplesOf(PLAN, two)).get('fire')?.size).toBe(0);
  });

  test('a step that was changed does not inherit the numbers of the old one', () => {
    const three = [sample(1, 1), sample(2, 2), sample(3, 3)];
    expect(of(three, planOf([{ ...LOAD, with: { thing: 'api' } }]))).toBeUndefined();
    expect(of(three, planOf([{ ...LOAD, uses: 'fake.block' }]))).toBeUndefined();
    expect(of(three, planOf([{ ...LOAD, retry: { times: 3 } }]))).toBeUndefined();
    expect(of([...three.slice(1), sample(4, 4, { hash: 'older' })])).toBeUndefined();
  });

  test('another title, expectation, limit or approval is no other step', () => {
    const three = [sample(1, 1), sample(2, 2), sample(3, 3)];
    const said = { title: 'Load', expect: '9m', timeout: '2h', approve: { role: 'boss' }, note: 'n' };
    expect(of(three, planOf([{ ...LOAD, ...said }]))).toMatchObject({ n: 3 });
  });

  test('only the newest twenty runs count', () => {
    const old = Array.from({ length: 5 }, (_, index) => sample(index + 1, 9000));
    const young = Array.from({ length: 20 }, (_, index) => sample(index + 6, index + 1));
    expect(of([...young, ...old])).toEqual({ min: 1000, p50: 10_000, p95: 19_000, n: 20, drills: 0 });
  });

  test('drills and real runs count both, and are told apart', () =>
    expect(
      of([sample(1, 1), sample(2, 2, { environment: 'drill' }), sample(3, 3, { environment: 'gone' })]),
    ).toMatchObject({ n: 3, drills: 1 }));

  test('other scenarios, other steps and waits that the plan sets are none of it', () => {
    const three = (more: Partial<StepSample>) => [sample(1, 1, more), sample(2, 2, more), sample(3, 3, more)];
    expect(of(three({ scenario: 'flood' }))).toBeUndefined();
    expect(of(three({ step: 'other' }))).toBeUndefined();
    const wait = { id: 'load', uses: 'time.wait', with: { for: '1m' } };
    expect(of(three({ hash: stepHash(wait) }), planOf([wait]))).toBeUndefined();
  });
});

test.each([
  [1, 0, '1 run'],
  [6, 0, '6 runs'],
  [6, 1, '6 runs, 1 of them a drill'],
  [6, 5, '6 runs, 5 of them drills'],
  [6, 6, '6 drills'],
  [1, 1, '1 drill'],
])('%i runs with %i drills: %s', (n, drills, text) => expect(runsText({ n, drills })).toBe(text));
