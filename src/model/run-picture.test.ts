import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import type { JournalEvent, RunEvent, WaitsFor } from './run.ts';
import { type Look, runPicture } from './run-picture.ts';
import { foldRun } from './run-state.ts';
import { runOutline } from './run-steps.ts';

const START = Date.parse('2026-01-14T03:00:00.000Z');
const after = (minutes: number): Date => new Date(START + minutes * 60_000);

const step = (id: string, more: object = {}) => ({ id, uses: 'fake.make', expect: '2m..4m', ...more });
const STEPS = [step('block'), step('load', { title: 'Load the dump' }), step('verify'), step('unblock')];

function planOf(steps: readonly object[], more: object = {}): JsonObject {
  return {
    lifeboat: 1,
    plan: { name: 'shop', title: 'Shop', owner: 'boss', version: '1', updated: '2026-01-01' },
    environments: { production: {} },
    roles: { boss: { title: 'Boss', people: [] } },
    components: {},
    scenarios: { fire: { title: 'There was a fire', objectives: { rto: '20m' }, healthy: 'verify', steps, ...more } },
  } as unknown as JsonObject;
}

/** The picture of a run whose events happened at given minutes. */
function picture(
  now: number,
  happened: readonly (readonly [number, RunEvent])[],
  {
    steps = STEPS,
    more = {},
    driver = 'alive' as Look['driver'],
  }: { steps?: object[]; more?: object; driver?: Look['driver'] } = {},
) {
  const created: RunEvent = {
    type: 'run.created',
    plan: planOf(steps, more),
    planHash: 'h',
    planFile: 'p',
    scenario: 'fire',
    environment: 'production',
    inputs: {},
    version: '0',
  };
  const events = [[0, created] as const, ...happened].map(
    ([minute, event], index): JournalEvent => ({
      run: 'run-1',
      seq: index + 1,
      at: after(minute).toISOString(),
      by: 'ada',
      prev: '',
      ...event,
    }),
  );
  const state = foldRun(events);
  return runPicture(runOutline(state.origin), state, { now: after(now), driver });
}

const started = (id: string, attempt = 1): RunEvent => ({
  type: 'step.started',
  step: id,
  attempt,
  action: 'fake.make',
  danger: 'change',
  input: {},
});
const succeeded = (id: string): RunEvent => ({ type: 'step.succeeded', step: id, how: 'ran', output: {}, proofs: [] });
const APPROVAL: WaitsFor = {
  kind: 'approval',
  role: 'boss',
  count: 1,
  hash: 'x',
  preview: { danger: 'change', changes: [] },
  expiresAt: after(12).toISOString(),
};
const waiting = (id: string, waitsFor: WaitsFor = APPROVAL): RunEvent => ({ type: 'step.waiting', step: id, waitsFor });
const DENIED = { code: 'TARGET_DENIED', message: 'no entry', hint: 'Ask.' } as const;

describe('what is seen', () => {
  test('what is done, under way and next', () => {
    const seen = picture(3, [
      [0, started('block')],
      [1, succeeded('block')],
      [1, started('load', 2)],
    ]);
    expect(seen).toMatchObject({ run: 'run-1', title: 'There was a fire', total: 4, done: 1, waiting: [] });
    expect(seen.under_way).toEqual([
      {
        step: 'load',
        position: 2,
        title: 'Load the dump',
        doing: 'running',
        attempt: 2,
        seconds: 120,
        expect_seconds: 240,
      },
    ]);
    expect(seen.next).toEqual([{ step: 'verify', position: 3 }]);
  });

  test('steps that run side by side, and what each of them lets begin', () => {
    const steps = [step('a', { needs: [] }), step('b', { needs: [] }), step('c', { needs: ['a'] }), step('verify')];
    const seen = picture(
      1,
      [
        [0, started('a')],
        [0, started('b')],
      ],
      { steps },
    );
    expect(seen.under_way.map((one) => one.step)).toEqual(['a', 'b']);
    expect(seen.next.map((one) => one.step)).toEqual(['c']);
  });

  test('who is waited for, the longest first, and how long', () => {
    const seen = picture(7, [
      [4, waiting('load')],
      [2, waiting('block')],
    ]);
    expect(seen.waiting.map((one) => [one.step, one.seconds])).toEqual([
      ['block', 300],
      ['load', 180],
    ]);
    expect(seen.clock.human_wait_seconds).toBe(300);
  });

  test('while the run is taken back: in which order, and nothing else is next', () => {
    const seen = picture(3, [
      [0, started('block')],
      [1, succeeded('block')],
      [1, { ...started('load'), danger: 'read' } as RunEvent],
      [2, succeeded('load')],
      [2, started('verify')],
      [3, { type: 'step.undoing', step: 'verify' }],
    ]);
    expect(seen.under_way.map(({ step: id, doing }) => `${id} ${doing}`)).toEqual(['verify taking back']);
    expect(seen.undo_next).toEqual([{ step: 'block', position: 1 }]);
    expect(seen.next).toEqual([]);
  });

  test('a step that nobody confirmed is being taken back, and the rest is not', () => {
    const until = after(10).toISOString();
    const seen = picture(12, [
      [0, started('block')],
      [1, waiting('block', { kind: 'confirmation', role: 'boss', count: 1, until, proofs: [] })],
      [11, { type: 'step.taking_back', step: 'block', why: 'late' }],
    ]);
    expect(seen.under_way).toMatchObject([{ step: 'block', doing: 'taking back' }]);
    expect(seen.undo_next).toEqual([]);
  });

  test('a step that is tried again, and one that is taken back', () => {
    const again: RunEvent = { type: 'step.retrying', step: 'load', attempt: 1, error: DENIED, notBefore: 'later' };
    const seen = picture(2, [
      [0, started('load')],
      [1, again],
      [1, { type: 'step.undoing', step: 'block' }],
    ]);
    expect(seen.under_way).toMatchObject([
      { step: 'load', doing: 'retrying', again_at: 'later' },
      { step: 'block', doing: 'taking back' },
    ]);
  });

  test('a step that the plan does not list is shown by its name', () => {
    expect(picture(1, [[0, started('load[3]')]]).under_way).toMatchObject([{ step: 'load[3]', doing: 'running' }]);
  });

  test('a plan in a language this Lifeboat does not read: what happens is still seen', () => {
    const seen = picture(1, [[0, started('load')]], { more: { invented: true } });
    expect(seen).toMatchObject({ title: 'fire', total: 0, under_way: [{ step: 'load' }] });
    expect(seen.clock.forecast?.unknown).toEqual(['which step makes the service healthy']);
  });

  test('what is owed', () => {
    const obligation = { id: 'door', what: 'the door is blocked' };
    const seen = picture(1, [[0, { type: 'obligation.opened', step: 'block', obligation }]]);
    expect(seen.owed).toEqual([{ step: 'block', what: 'the door is blocked' }]);
  });

  test('nothing waits and nothing is next once it is over', () => {
    const seen = picture(9, [
      [1, waiting('block')],
      [2, { type: 'run.canceled', reason: 'enough' }],
    ]);
    expect(seen).toMatchObject({ waiting: [], next: [], clock: { elapsed_seconds: 120, human_wait_seconds: 60 } });
    expect(seen.clock.forecast).toBeUndefined();
  });
});

describe('the forecast', () => {
  const forecast = (...args: Parameters<typeof picture>) => picture(...args).clock.forecast;

  test('adds up what is left on the longest way to healthy, and not what comes after', () => {
    expect(forecast(0, [])).toEqual({ from_seconds: 360, to_seconds: 720, unknown: [] });
    expect(
      forecast(3, [
        [0, started('block')],
        [2, succeeded('block')],
        [2, started('load')],
      ]),
    ).toEqual({
      from_seconds: 180,
      to_seconds: 420,
      unknown: [],
    });
  });

  test('counts a wait for approval until it expires, and one that is to come by its limit', () => {
    const steps = [step('load', { approve: { role: 'boss', within: '10m' } }), step('verify')];
    expect(forecast(0, [], { steps })).toMatchObject({ from_seconds: 240, to_seconds: 1080 });
    expect(forecast(5, [[2, waiting('load')]], { steps })).toMatchObject({ from_seconds: 240, to_seconds: 900 });
  });

  test.each([
    ['a step of unknown length', [step('load', { expect: undefined }), step('verify')], [], 'how long load takes'],
    [
      'an approval without a limit',
      [step('verify', { approve: { role: 'boss' } })],
      [],
      'how long approving verify takes',
    ],
    ['a decision', STEPS, [[0, waiting('load', { kind: 'decision', why: DENIED })]], 'what is decided about load'],
    ['a step past its time', STEPS, [[-9, started('block')]], 'why block takes longer than expected'],
    ['a failure', STEPS, [[0, { type: 'step.failed', step: 'load', error: DENIED }]], 'what becomes of load'],
    ['a circle', [step('a', { needs: ['verify'] }), step('verify')], [], 'when verify can begin'],
  ] as [string, object[], [number, RunEvent][], string][])('promises no end over %s', (_, steps, happened, why) => {
    const found = forecast(0, happened, { steps });
    expect(found?.to_seconds).toBeUndefined();
    expect(found?.unknown).toContain(why);
  });

  test('takes the time-out of a step where nothing is expected, and the length of a wait', () => {
    const steps = [
      step('load', { expect: undefined, timeout: '5m' }),
      step('hold', { expect: undefined, uses: 'time.wait', with: { for: '1m' } }),
      step('verify', { when: '${{ true }}' }),
    ];
    expect(forecast(0, [], { steps })).toEqual({ from_seconds: 60, to_seconds: 600, unknown: [] });
  });

  test('a wait until the world is so ends at any moment, and at its end at the latest', () => {
    const steps = [
      step('load', { expect: undefined, uses: 'time.wait_until', timeout: '9m', with: { within: '3m' } }),
      step('verify', { expect: '1m' }),
    ];
    expect(forecast(0, [], { steps })).toMatchObject({ from_seconds: 60, to_seconds: 240 });
    const looked: RunEvent = {
      type: 'step.looked',
      step: 'load',
      looksFor: 'it is so',
      until: '2026-01-14T03:03:00.000Z',
    };
    const happened: [number, RunEvent][] = [
      [0, started('load')],
      [0, looked],
    ];
    expect(forecast(1, happened, { steps })).toMatchObject({ from_seconds: 60, to_seconds: 180, unknown: [] });
  });

  test('knows the end of a hold, and of a task only what the plan expects', () => {
    const hold: RunEvent = { type: 'step.holds', step: 'block', until: after(2880).toISOString() };
    const held = picture(10, [
      [0, started('block')],
      [0, hold],
    ]);
    expect(held.under_way).toMatchObject([{ step: 'block', held_until: '2026-01-16T03:00:00.000Z' }]);
    expect(held.clock.forecast).toMatchObject({ from_seconds: 2870 * 60 + 240, unknown: [] });
    const task = waiting('block', { kind: 'task', instruction: 'Call them' });
    expect(forecast(1, [[0, task]])).toMatchObject({ from_seconds: 300, to_seconds: 660 });
    expect(forecast(5, [[0, task]])?.unknown).toEqual(['why block takes longer than expected']);
  });

  test('of alternatives takes the quickest at best, the slowest at worst, and none that is left out or failed', () => {
    const steps = [
      step('quick', { one_of: 'way', expect: '1m' }),
      step('slow', { one_of: 'way', expect: '9m' }),
      step('verify', { expect: '1m' }),
    ];
    expect(forecast(0, [], { steps })).toMatchObject({ from_seconds: 120, to_seconds: 600 });
    const failed: RunEvent = { type: 'step.failed', step: 'quick', error: DENIED };
    expect(
      forecast(
        1,
        [
          [1, failed],
          [1, started('slow')],
        ],
        { steps },
      ),
    ).toMatchObject({ from_seconds: 600, unknown: [] });
    const skipped: RunEvent = { type: 'step.skipped', step: 'slow', why: 'not taken' };
    expect(
      forecast(
        1,
        [
          [1, skipped],
          [1, started('quick')],
        ],
        { steps },
      ),
    ).toMatchObject({ to_seconds: 120 });
  });

  test('is not made for a run that nobody drives, that is taken back, or that is healthy', () => {
    expect(forecast(0, [], { driver: 'gone' })?.unknown).toEqual(['when somebody goes on with the run']);
    expect(forecast(0, [[0, { type: 'run.paused', why: 'x' }]])?.to_seconds).toBeUndefined();
    expect(forecast(0, [[0, { type: 'step.undoing', step: 'block' }]])).toBeUndefined();
    expect(forecast(0, [[0, { type: 'run.healthy', step: 'verify' }]])).toBeUndefined();
  });
});

describe('the outlook', () => {
  const healthy: RunEvent = { type: 'run.healthy', step: 'verify' };
  const outlook = (...args: Parameters<typeof picture>) => picture(...args).clock.outlook;

  test('warns before the promise is broken', () => {
    expect(outlook(0, [])).toBe('on course');
    expect(outlook(9, [])).toBe('may be missed');
    expect(outlook(15, [])).toBe('will be missed');
    expect(outlook(21, [])).toBe('missed');
  });

  test('says whether it was kept once that is certain', () => {
    expect(outlook(30, [[19, healthy]])).toBe('met');
    expect(outlook(30, [[21, healthy]])).toBe('missed');
    expect(picture(30, [[19, healthy]]).clock).toMatchObject({ elapsed_seconds: 1140 });
  });

  test('counts from the damage and not from the start', () => {
    const impact: RunEvent = { type: 'run.impact', impactAt: after(-10).toISOString(), source: 'found' };
    expect(picture(1, [[0, impact]]).clock).toMatchObject({ elapsed_seconds: 660, outlook: 'may be missed' });
  });

  test('is not known over what has no known length, unless even the least is too long', () => {
    const steps = [step('load', { expect: undefined }), step('verify')];
    expect(outlook(1, [], { steps })).toBe('not known');
    expect(outlook(19, [], { steps })).toBe('will be missed');
  });

  test('is absent without a promise', () => {
    expect(outlook(1, [], { more: { objectives: {} } })).toBeUndefined();
  });
});

describe('the warning before the breach', () => {
  const late = (now: number, happened: readonly (readonly [number, RunEvent])[] = [], options = {}) =>
    picture(now, happened, options).clock.late;

  test('nothing is said while it is on course, nor once it is missed', () => {
    expect(late(1)).toBeUndefined();
    expect(late(21)).toBeUndefined();
  });

  test('may be missed: by how much at worst, and which step may take most of it', () =>
    expect(late(9, [], { steps: [STEPS[0], step('load', { expect: '1m..7m' }), STEPS[2]] as object[] })).toEqual({
      by_seconds: 4 * 60,
      step: 'load',
      takes_seconds: 7 * 60,
    }));

  test('will be missed: by how much at least, and which step takes most of that', () =>
    expect(late(15, [], { steps: [STEPS[0], step('load', { expect: '9m..30m' }), STEPS[2]] as object[] })).toEqual({
      by_seconds: 8 * 60,
      step: 'load',
      takes_seconds: 9 * 60,
    }));

  test('of what is beside the way that decides nothing is blamed', () => {
    const steps = [
      step('long', { expect: '12m', needs: [] }),
      step('short', { expect: '11m', needs: [] }),
      step('verify', { expect: '1m', needs: ['long', 'short'] }),
    ];
    expect(late(10, [], { steps })).toEqual({ by_seconds: 3 * 60, step: 'long', takes_seconds: 12 * 60 });
  });

  test('what is under way is blamed for what it still takes, not for what it took', () => {
    const steps = [step('load', { expect: '15m' }), step('verify', { expect: '4m' })];
    expect(late(12, [[2, started('load')]], { steps })).toEqual({
      by_seconds: 60,
      step: 'load',
      takes_seconds: 5 * 60,
    });
  });

  test('unknown lengths raise no alarm: what may be longer is not known, and what is sure counts all the same', () => {
    const steps = (expected?: string) => [step('load', { expect: expected }), { id: 'verify', uses: 'fake.make' }];
    expect(picture(19, [], { steps: steps('1m') }).clock).toMatchObject({ outlook: 'not known' });
    expect(late(19, [], { steps: steps('1m') })).toBeUndefined();
    expect(late(19, [], { steps: steps('3m') })).toMatchObject({ by_seconds: 120, step: 'load' });
  });
});
