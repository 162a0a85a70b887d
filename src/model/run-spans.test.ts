import { describe, expect, test } from 'vitest';
import type { JournalEvent, RunEvent } from './run.ts';
import { runSpans, spansToSend } from './run-spans.ts';

const SECRET = 'never-to-be-told';
const ERROR = { code: 'TARGET_DENIED', message: SECRET, hint: SECRET } as const;
const at = (second: number): string => new Date(Date.parse('2026-01-14T03:00:00Z') + second * 1000).toISOString();

/** Events of a run in which these things happened, at given seconds. */
function events(happened: readonly (readonly [number, RunEvent])[], run = 'run-1'): readonly JournalEvent[] {
  const created: RunEvent = {
    type: 'run.created',
    plan: { secret: SECRET },
    planHash: 'h',
    planFile: 'p',
    scenario: 'fire',
    environment: 'production',
    inputs: { word: SECRET },
    version: '0',
  };
  return [[0, created] as const, [0, claimed(1)] as const, ...happened].map(
    ([second, event], index): JournalEvent => ({ run, seq: index + 1, at: at(second), by: 'ada', prev: '', ...event }),
  );
}

const claimed = (epoch: number): RunEvent => ({
  type: 'run.claimed',
  epoch,
  owner: { host: 'h', pid: epoch, startedAt: 's' },
});
const started = (step: string, attempt = 1): RunEvent => ({
  type: 'step.started',
  step,
  attempt,
  action: 'fake.make',
  danger: 'add',
  input: { word: SECRET },
});
const succeeded = (step: string, how: 'ran' | 'observed' | 'decided' = 'ran'): RunEvent => ({
  type: 'step.succeeded',
  step,
  how,
  output: { word: SECRET },
  proofs: [{ claim: SECRET, held: true, observed: SECRET }],
});
const failed = (step: string): RunEvent => ({ type: 'step.failed', step, error: ERROR });
const retrying = (step: string, attempt: number): RunEvent => ({
  type: 'step.retrying',
  step,
  attempt,
  error: ERROR,
  notBefore: at(9),
});
const APPROVAL: RunEvent = {
  type: 'step.waiting',
  step: 'load',
  waitsFor: { kind: 'approval', role: 'dba', count: 1, hash: 'x', preview: { danger: 'add', changes: [SECRET] } },
};
const APPROVED: RunEvent = { type: 'step.approved', step: 'load', hash: 'x', reason: SECRET };
const PAUSED: RunEvent = { type: 'run.paused', why: SECRET };
const DONE: RunEvent = { type: 'run.succeeded' };

/** name: from..to, outcome and code, as seconds and words. */
const told = (happened: readonly (readonly [number, RunEvent])[]) =>
  runSpans(events(happened)).map(({ name, from, to, isError, attributes }) => {
    const second = (text: string) => (Date.parse(text) - Date.parse(at(0))) / 1000;
    const words = [attributes['lifeboat.outcome'], attributes['lifeboat.error_code'], isError ? 'error' : undefined];
    return `${name} ${second(from)}..${second(to)} ${words.filter((word) => word !== undefined).join(' ')}`.trim();
  });

const WHOLE: readonly (readonly [number, RunEvent])[] = [
  [1, APPROVAL],
  [5, APPROVED],
  [6, started('load')],
  [8, retrying('load', 1)],
  [10, started('load', 2)],
  [20, succeeded('load')],
  [20, DONE],
];

describe('the spans of a run', () => {
  test('run, step, each try, and each wait for people', () =>
    expect(told(WHOLE)).toEqual([
      'try 1 of load 6..8 failed TARGET_DENIED error',
      'try 2 of load 10..20 succeeded',
      'load 1..20 succeeded',
      'wait for people at load 1..5',
      'recover fire 0..20 succeeded',
    ]));

  test('hang together: step below run, try and wait below step, all in one trace', () => {
    const spans = runSpans(events(WHOLE));
    const byName = new Map(spans.map((span) => [span.name, span]));
    const parentOf = (name: string) => spans.find(({ spanId }) => spanId === byName.get(name)?.parentSpanId)?.name;
    expect(parentOf('load')).toBe('recover fire');
    expect(parentOf('try 2 of load')).toBe('load');
    expect(parentOf('wait for people at load')).toBe('load');
    expect(byName.get('recover fire')).not.toHaveProperty('parentSpanId');
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    for (const { traceId, spanId } of spans) expect(`${traceId} ${spanId}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
  });

  test('say which run, and nothing that somebody wrote, gave or got', () => {
    const spans = runSpans(events([...WHOLE.slice(0, -1), [21, PAUSED], [22, { type: 'run.failed', error: ERROR }]]));
    for (const { attributes } of spans)
      expect(attributes).toMatchObject({
        'lifeboat.run': 'run-1',
        'lifeboat.scenario': 'fire',
        'lifeboat.environment': 'production',
      });
    expect(JSON.stringify(spans)).not.toContain(SECRET);
    expect(spans.find(({ name }) => name === 'try 1 of load')?.attributes).toMatchObject({
      'lifeboat.action': 'fake.make',
      'lifeboat.danger': 'add',
      'lifeboat.attempt': 1,
    });
  });

  test.each(['observed', 'decided'] as const)('a step that was %s has no try', (how) =>
    expect(told([[3, succeeded('load', how)]])).toEqual([`load 3..3 ${how}`]),
  );

  test('a step that was skipped', () =>
    expect(told([[3, { type: 'step.skipped', step: 'load', why: SECRET }]])).toEqual(['load 3..3 skipped']));

  test('what failed can go on until the run is over, and is told then', () => {
    const before: readonly (readonly [number, RunEvent])[] = [
      [1, started('load')],
      [4, failed('load')],
    ];
    expect(told(before)).toEqual(['try 1 of load 1..4 failed TARGET_DENIED error']);
    expect(told([...before, [9, { type: 'run.failed', error: ERROR }]])).toEqual([
      'try 1 of load 1..4 failed TARGET_DENIED error',
      'load 1..4 failed TARGET_DENIED error',
      'recover fire 0..9 failed TARGET_DENIED error',
    ]);
    expect(told([...before, [5, started('load', 2)], [9, succeeded('load')]])).toContain('load 1..9 succeeded');
  });

  test('a run that is canceled in the middle of a step', () =>
    expect(
      told([
        [1, started('load')],
        [7, { type: 'run.canceled', reason: SECRET }],
      ]),
    ).toEqual(['load 1..7 not through error', 'recover fire 0..7 canceled error']));

  test('a try that was cut off ends where another process takes the run up', () =>
    expect(
      told([
        [1, started('load')],
        [50, claimed(2)],
        [51, started('load', 2)],
        [60, succeeded('load')],
      ]),
    ).toEqual(['try 1 of load 1..50 cut off error', 'try 2 of load 51..60 succeeded', 'load 1..60 succeeded']));

  test('what is taken back is a span of its own', () =>
    expect(
      told([
        [1, started('load')],
        [2, succeeded('load')],
        [3, { type: 'step.undoing', step: 'load' }],
        [5, { type: 'step.undone', step: 'load' }],
        [6, { type: 'step.undone', step: 'other', impossible: SECRET }],
      ]),
    ).toEqual([
      'try 1 of load 1..2 succeeded',
      'load 1..2 succeeded',
      'take back load 3..5 taken back',
      'take back other 6..6 cannot be taken back error',
    ]));

  test('two runs are two traces', () => {
    const [one, two] = ['run-1', 'run-2'].map((run) => runSpans(events(WHOLE, run))[0]);
    expect(one?.traceId).not.toBe(two?.traceId);
    expect(one?.spanId).not.toBe(two?.spanId);
  });
});

describe('what is sent', () => {
  test('cut at any event, by a pause or by a death, each span is sent once, and none is lost', () => {
    const all = new Set(runSpans(events(WHOLE)).map(({ name }) => name));
    for (let cut = 0; cut < WHOLE.length; cut++)
      for (const way of ['pause', 'death']) {
        const before = [...WHOLE.slice(0, cut), ...(way === 'pause' ? [[15, PAUSED] as const] : [])];
        const first = way === 'pause' ? spansToSend(events(before)) : [];
        const then = spansToSend(events([...before, [15, claimed(2)], ...WHOLE.slice(cut)]));
        const names = [...first, ...then].map(({ spanId }) => spanId);
        expect(new Set(names).size).toBe(names.length);
        for (const name of all) expect([...first, ...then].map((span) => span.name)).toContain(name);
      }
  });

  test('the ids are the same whoever sends them', () => {
    const span = (list: readonly (readonly [number, RunEvent])[]) =>
      runSpans(events(list)).find(({ name }) => name === 'try 1 of load');
    expect(span(WHOLE.slice(0, 4))).toEqual(span(WHOLE));
  });
});
