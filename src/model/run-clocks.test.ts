import { describe, expect, test } from 'vitest';
import type { JournalEvent, RunEvent, RunOrigin } from './run.ts';
import { isDetectedTooEarly, timeTo, waitsTold } from './run-clocks.ts';
import { foldRun } from './run-state.ts';

const at = (minute: number): string => new Date(Date.parse('2026-01-14T03:00:00Z') + minute * 60_000).toISOString();

function stateOf(said: Partial<RunOrigin>, happened: readonly (readonly [number, RunEvent, string?])[] = []) {
  const created: RunEvent = {
    type: 'run.created',
    plan: {},
    planHash: 'h',
    planFile: 'p',
    scenario: 'fire',
    environment: 'production',
    inputs: {},
    version: '0',
    ...said,
  };
  return foldRun(
    [[0, created] as const, ...happened].map(
      ([minute, event, by = 'ada'], index): JournalEvent => ({
        run: 'run-1',
        seq: index + 1,
        at: at(minute),
        by,
        prev: '',
        ...event,
      }),
    ),
  );
}

const detected = (minute: number): RunEvent => ({ type: 'run.detected', detectedAt: at(minute), source: 'found' });
const impact = (minute: number): RunEvent => ({ type: 'run.impact', impactAt: at(minute), source: 'found' });
const started: RunEvent = {
  type: 'step.started',
  step: 'a',
  attempt: 1,
  action: 'fake.make',
  danger: 'add',
  input: {},
};

describe('time to', () => {
  test('each moment is counted from the damage', () =>
    expect(
      timeTo(
        stateOf({ impactAt: at(-10), detectedAt: at(-6) }, [
          [1, started],
          [20, { type: 'run.healthy', step: 'a' }],
        ]),
      ),
    ).toEqual({ detect_seconds: 240, declare_seconds: 600, first_action_seconds: 660, healthy_seconds: 1800 }));

  test('what nobody knows is absent, and never zero', () => {
    expect(timeTo(stateOf({ impactAt: at(-10) }))).toEqual({ declare_seconds: 600 });
    expect(timeTo(stateOf({}))).toEqual({});
    expect(timeTo(stateOf({}, [[1, started]]))).toEqual({ first_action_seconds: 60 });
  });

  test('noticed, but nobody knows when it was done: at the latest then, and the time to detect is unknown', () => {
    const state = stateOf({ detectedAt: at(-6) });
    expect(state).toMatchObject({ impactAt: at(-6), impactSource: 'assumed: when it was detected' });
    expect(timeTo(state)).toEqual({});
  });

  test('a step that finds the damage or the detection later puts them right', () => {
    expect(timeTo(stateOf({ detectedAt: at(-6) }, [[1, impact(-8)]]))).toMatchObject({ detect_seconds: 120 });
    expect(
      timeTo(
        stateOf({}, [
          [1, detected(-6)],
          [2, impact(-8)],
        ]),
      ),
    ).toMatchObject({ detect_seconds: 120 });
    expect(stateOf({}, [[1, detected(-6)]])).toMatchObject({ impactAt: at(-6) });
    expect(stateOf({ impactAt: at(-9) }, [[1, detected(-6)]])).toMatchObject({ impactAt: at(-9) });
  });

  test('moments out of order measure nothing, and are known to be', () => {
    const state = stateOf({ detectedAt: at(-6) }, [[1, impact(-5)]]);
    expect(timeTo(state)).not.toHaveProperty('detect_seconds');
    expect(isDetectedTooEarly(state)).toBe(true);
    expect(isDetectedTooEarly(stateOf({ detectedAt: at(-6) }))).toBe(false);
  });
});

describe('waiting for people', () => {
  const APPROVAL = {
    type: 'step.waiting',
    step: 'a',
    waitsFor: { kind: 'approval', role: 'dba', count: 2, hash: 'x', preview: { danger: 'change', changes: [] } },
  } as const;
  const approved: RunEvent = { type: 'step.approved', step: 'a', hash: 'x' };

  test('names the role that was asked and everybody who answered', () =>
    expect(
      waitsTold(
        stateOf({}, [
          [0, APPROVAL],
          [1, approved, 'bob'],
          [3, approved, 'eve'],
        ]),
      ),
    ).toEqual([
      { step: 'a', waitsFor: 'approval', role: 'dba', from: at(0), to: at(3), by: ['bob', 'eve'], seconds: 180 },
    ]));

  test('what still waits is counted up to now', () => {
    const [wait] = waitsTold(stateOf({}, [[0, APPROVAL]]), new Date(at(5)));
    expect(wait).toMatchObject({ seconds: 300 });
    expect(wait).not.toHaveProperty('to');
  });

  test('an approval that nobody gave has nobody', () => {
    const error = { code: 'APPROVAL_EXPIRED', message: 'm', hint: 'h' } as const;
    const [wait] = waitsTold(
      stateOf({}, [
        [0, APPROVAL],
        [9, { type: 'step.failed', step: 'a', error }],
      ]),
    );
    expect(wait).toMatchObject({ seconds: 540, to: at(9) });
    expect(wait).not.toHaveProperty('by');
  });
});
