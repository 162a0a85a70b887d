import { describe, expect, test } from 'vitest';
import { Plan } from '../plan.ts';
import { expandedSteps } from './expand.ts';

type Written = { id: string; uses?: string; needs?: string[] } & Record<string, unknown>;

const use = (id: string, procedure: string, more: Record<string, unknown> = {}, step: object = {}): Written => ({
  id,
  uses: 'procedure',
  with: { procedure, ...more },
  ...step,
});

function planOf(steps: Written[], procedures: Record<string, Written[]>): Plan {
  const filled = (all: Written[]) => all.map((step) => ({ uses: 'human.task', ...step }));
  return Plan.parse({
    lifeboat: 1,
    plan: { name: 'shop', title: 'The shop', owner: 'keeper', version: '1' },
    environments: { production: {} },
    roles: { keeper: {} },
    components: {},
    scenarios: { loss: { title: 'Loss', steps: filled(steps) } },
    procedures: Object.fromEntries(
      Object.entries(procedures).map(([name, inner]) => [name, { title: name, steps: filled(inner) }]),
    ),
  });
}

/** `id <- needs`, as one reads it. */
const chain = (plan: Plan): string[] =>
  expandedSteps(plan, 'loss').map(({ step }) => `${step.id} <- ${step.needs?.join(' ')}`.trim());

const RESTORE: Written[] = [{ id: 'stop' }, { id: 'copy' }, { id: 'start' }, { id: 'look' }];

describe('steps of a scenario with its procedures written out', () => {
  test('without procedures they are as written, each with its needs', () =>
    expect(chain(planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['a'] }], {}))).toEqual([
      'a <-',
      'b <- a',
      'c <- a',
    ]));

  test('those of a procedure stand in the place of the step that uses it', () =>
    expect(chain(planOf([{ id: 'a' }, use('db', 'restore'), { id: 'z' }], { restore: RESTORE }))).toEqual([
      'a <-',
      'db.stop <- a',
      'db.copy <- db.stop',
      'db.start <- db.copy',
      'db.look <- db.start',
      'z <- db.look',
    ]));

  test('a part of it may be taken, and steps left out', () =>
    expect(
      chain(planOf([use('db', 'restore', { from: 'copy', without: ['start'] }), { id: 'z' }], { restore: RESTORE })),
    ).toEqual(['db.copy <-', 'db.look <- db.copy', 'z <- db.look']));

  test('it ends with all that nothing of it waits for', () => {
    const beside = [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['a'] }];
    expect(chain(planOf([use('p', 'fork'), { id: 'z' }], { fork: beside })).at(-1)).toBe('z <- p.b p.c');
  });

  test('procedures may use procedures, also the same one twice', () => {
    const procedures = { outer: [{ id: 'x' }, use('in', 'inner'), { id: 'y' }], inner: [{ id: 'q' }] };
    expect(chain(planOf([use('one', 'outer'), use('two', 'outer')], procedures))).toEqual([
      'one.x <-',
      'one.in.q <- one.x',
      'one.y <- one.in.q',
      'two.x <- one.y',
      'two.in.q <- two.x',
      'two.y <- two.in.q',
    ]);
  });

  test('they say where they are written, and by which steps they came', () => {
    const [, second] = expandedSteps(planOf([{ id: 'a' }, use('db', 'restore')], { restore: RESTORE }), 'loss');
    expect(second?.path).toEqual(['procedures', 'restore', 'steps', 0]);
    expect(second?.via.map(({ step, path }) => [step.id, path])).toEqual([['db', ['scenarios', 'loss', 'steps', 1]]]);
  });

  test('condition, domain and approval of the step that uses it hold for its steps', () => {
    const approve = { role: 'keeper' };
    const plan = planOf([use('db', 'restore', {}, { when: '${{ run.id }}', in: 'aws', approve })], {
      restore: RESTORE,
    });
    const [first, second] = expandedSteps(plan, 'loss').map(({ step }) => step);
    expect(first).toMatchObject({ when: '${{ run.id }}', in: 'aws', approve });
    expect(second).toMatchObject({ when: '${{ run.id }}', in: 'aws' });
    expect(second?.approve).toBeUndefined();
  });

  test('alternatives stand beside each other, and one written out stays one branch', () => {
    const plan = planOf(
      [
        { id: 'a' },
        use('quick', 'restore', { to: 'copy' }, { one_of: 'way' }),
        { id: 'slow', one_of: 'way' },
        { id: 'z' },
      ],
      { restore: RESTORE },
    );
    expect(chain(plan)).toEqual([
      'a <-',
      'quick.stop <- a',
      'quick.copy <- quick.stop',
      'slow <- a',
      'z <- quick.copy slow',
    ]);
    expect(expandedSteps(plan, 'loss').map(({ alternative }) => alternative?.branch)).toEqual([
      undefined,
      'quick',
      'quick',
      'slow',
      undefined,
    ]);
  });
});

describe('what cannot be written out stays one step', () => {
  test.each([
    ['an unknown procedure', use('db', 'nowhere')],
    ['a name every object knows', use('db', 'constructor')],
    ['no procedure named', { id: 'db', uses: 'procedure' }],
    ['a part that is empty', use('db', 'restore', { without: ['stop', 'copy', 'start', 'look'] })],
  ])('%s', (_, step) => expect(chain(planOf([step], { restore: RESTORE }))).toEqual(['db <-']));

  test('a circle ends where it closes', () =>
    expect(chain(planOf([use('a', 'p')], { p: [use('b', 'q')], q: [use('c', 'p'), { id: 'd' }] }))).toEqual([
      'a.b.c <-',
      'a.b.d <- a.b.c',
    ]));

  test('procedures that multiply are cut off', () => {
    const levels = Array.from({ length: 30 }, (_, level) => [use('x', `p${level + 1}`), use('y', `p${level + 1}`)]);
    const procedures = Object.fromEntries(levels.map((steps, level) => [`p${level}`, steps]));
    const steps = expandedSteps(planOf([use('a', 'p0')], { ...procedures, p30: [{ id: 'end' }] }), 'loss');
    expect(steps.length).toBeLessThan(30_000);
  });

  test('a scenario that does not exist has no steps', () =>
    expect(expandedSteps(planOf([], {}), 'toString')).toEqual([]));
});
