import { describe, expect, test } from 'vitest';
import type { JournalEvent, RunEvent } from './run.ts';
import { applyEvent, approvalsMissing, foldRun, measure, openObligations, type RunState } from './run-state.ts';

const START = Date.parse('2026-01-14T03:00:00.000Z');
const CREATED: RunEvent = {
  type: 'run.created',
  plan: {},
  planHash: 'h',
  planFile: 'p',
  scenario: 's',
  environment: 'e',
  inputs: {},
  version: '0',
};

/** Events at given seconds after the start. */
function at(...events: readonly [number, RunEvent, string?][]): JournalEvent[] {
  const all: readonly [number, RunEvent, string?][] = [[0, CREATED], ...events];
  return all.map(([second, event, by = 'ada'], index) => ({
    run: 'r',
    seq: index + 1,
    at: new Date(START + second * 1000).toISOString(),
    by,
    prev: '',
    ...event,
  }));
}

const waiting = (step: string, count = 1): RunEvent => ({
  type: 'step.waiting',
  step,
  waitsFor: { kind: 'approval', role: 'dba', count, hash: 'x', preview: { danger: 'change', changes: [] } },
});
const started = (step: string, attempt = 1): RunEvent => ({
  type: 'step.started',
  step,
  attempt,
  action: 'a.b',
  danger: 'change',
  input: {},
});
const done = (step: string): RunEvent => ({ type: 'step.succeeded', step, how: 'ran', output: {}, proofs: [] });
const approved = (step: string, hash = 'x'): RunEvent => ({ type: 'step.approved', step, hash });
const fold = (...events: readonly [number, RunEvent, string?][]): RunState => foldRun(at(...events));

test('a log that does not begin with the creation of the run is refused', () => {
  expect(() => foldRun([])).toThrow(RangeError);
  expect(() => foldRun(at([1, done('a')]).slice(1))).toThrow(RangeError);
});

test('reading on from a state is the same as reading all', () => {
  const events = at(
    [1, started('a')],
    [2, done('a')],
    [3, { type: 'run.healthy', step: 'a' }],
    [4, { type: 'run.succeeded' }],
  );
  const whole = foldRun(events);
  for (let cut = 1; cut < events.length; cut++)
    expect(events.slice(cut).reduce(applyEvent, foldRun(events.slice(0, cut)))).toEqual(whole);
  expect(whole).toMatchObject({
    status: 'succeeded',
    firstActionAt: '2026-01-14T03:00:01.000Z',
    healthyAt: '2026-01-14T03:00:03.000Z',
  });
});

describe('clocks', () => {
  test('the RTO runs from impact to healthy, not to the end of the run', () => {
    const impact: RunEvent = {
      type: 'run.impact',
      impactAt: '2026-01-14T02:58:20.000Z',
      source: 'found by the step find',
    };
    const state = fold(
      [5, impact],
      [60, started('a')],
      [90, done('a')],
      [90, { type: 'run.healthy', step: 'a' }],
      [500, { type: 'run.succeeded' }],
    );
    expect(measure(state)).toEqual({ rtoSeconds: 190, humanWaitSeconds: 0 });
  });

  test('not healthy is not measured', () => expect(measure(fold([1, done('a')]))).toEqual({ humanWaitSeconds: 0 }));

  test('two people waited for at once are counted once; waiting after healthy is not counted', () => {
    const healthy: RunEvent = { type: 'run.healthy', step: 'b' };
    const state = fold(
      [10, waiting('a')],
      [15, waiting('b')],
      [20, approved('a')],
      [30, approved('b')],
      [40, healthy],
      [50, waiting('c')],
      [90, approved('c')],
    );
    expect(measure(state).humanWaitSeconds).toBe(20);
  });

  test('a wait goes on through a pause and a resume', () => {
    const claim: RunEvent = { type: 'run.claimed', epoch: 2, owner: { host: 'h', pid: 1, startedAt: '' } };
    const state = fold(
      [10, waiting('a')],
      [12, { type: 'run.paused', why: 'interrupted' }],
      [50, claim],
      [51, waiting('a')],
      [60, approved('a')],
      [70, { type: 'run.healthy', step: 'a' }],
    );
    expect(measure(state).humanWaitSeconds).toBe(50);
  });
});

describe('approvals', () => {
  const missing = (...events: readonly [number, RunEvent, string?][]) =>
    approvalsMissing(fold(...events).steps.get('a') as never, fold(...events).origin);

  test('each person counts once, and only for exactly this', () => {
    expect(missing([1, waiting('a', 2)])).toBe(2);
    expect(missing([1, waiting('a', 2)], [2, approved('a')], [3, approved('a')])).toBe(1);
    expect(missing([1, waiting('a', 2)], [2, approved('a', 'other'), 'grace'])).toBe(2);
    expect(missing([1, waiting('a', 2)], [2, approved('a')], [3, approved('a'), 'grace'])).toBe(0);
  });

  test('waiting for the second person is still waiting', () => {
    const state = fold(
      [0, waiting('a', 2)],
      [10, approved('a')],
      [30, approved('a'), 'grace'],
      [30, { type: 'run.healthy', step: 'a' }],
    );
    expect(measure(state).humanWaitSeconds).toBe(30);
  });

  test('"again" takes back an earlier no', () => {
    const no: RunEvent = { type: 'step.rejected', step: 'a', hash: 'x', reason: 'no' };
    const again: RunEvent = { type: 'step.decided', step: 'a', decision: 'retry', reason: 'agreed now' };
    expect(fold([1, waiting('a')], [2, no]).steps.get('a')?.rejection).toMatchObject({ reason: 'no' });
    expect(fold([1, waiting('a')], [2, no], [3, again]).steps.get('a')?.rejection).toBeUndefined();
  });
});

test('an obligation opened twice is one, and one that was settled may be opened again', () => {
  const open: RunEvent = { type: 'obligation.opened', step: 'a', obligation: { id: 'o', what: 'blocked' } };
  const settle: RunEvent = { type: 'obligation.settled', step: 'b', id: 'o' };
  expect(openObligations(fold([1, open], [2, open]))).toHaveLength(1);
  expect(openObligations(fold([1, open], [2, settle]))).toHaveLength(0);
  expect(openObligations(fold([1, open], [2, settle], [3, open]))).toHaveLength(1);
});

test('a decision counts for one failure only', () => {
  const decided: RunEvent = { type: 'step.decided', step: 'a', decision: 'retry', reason: '' };
  const failed: RunEvent = { type: 'step.failed', step: 'a', error: { code: 'STEP_FAILED', message: '', hint: '' } };
  expect(fold([1, failed], [2, decided]).steps.get('a')?.decision).toBeDefined();
  expect(fold([1, failed], [2, decided], [3, failed]).steps.get('a')?.decision).toBeUndefined();
  expect(fold([1, failed], [2, decided], [3, started('a', 2)]).steps.get('a')?.decision).toBeUndefined();
});

test('a yes to a paused run leaves it paused until a process takes it up', () => {
  const claim: RunEvent = { type: 'run.claimed', epoch: 2, owner: { host: 'h', pid: 1, startedAt: '' } };
  expect(fold([1, waiting('a')], [2, { type: 'run.paused', why: '' }], [3, approved('a')]).status).toBe('paused');
  expect(fold([1, waiting('a')], [2, { type: 'run.paused', why: '' }], [3, approved('a')], [4, claim]).status).toBe(
    'running',
  );
});

test('a run that is over stays over, whatever is said to it afterwards', () => {
  const state = fold(
    [1, { type: 'run.canceled', reason: 'drill' }],
    [2, waiting('a')],
    [3, { type: 'run.claimed', epoch: 2, owner: { host: 'h', pid: 1, startedAt: '' } }],
  );
  expect(state.status).toBe('canceled');
});
