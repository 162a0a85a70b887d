import { describe, expect, test } from 'vitest';
import { approversFor, missingApprovals, notFor } from './approvals.ts';
import type { JournalEvent, RunEvent, RunOrigin, WaitsFor } from './run.ts';
import { approvalsMissing, foldRun, type RunState } from './run-state.ts';

const origin = {
  plan: { people: { ada: {}, bob: {}, grace: {} }, roles: { commander: { people: ['ada', 'bob', 'grace'] } } },
} as unknown as RunOrigin;
const owner = { host: 'here', pid: 1, startedAt: '' };
const claimed = (epoch: number): RunEvent => ({ type: 'run.claimed', epoch, owner });
const yes: RunEvent = { type: 'step.approved', step: 'restore', hash: 'h' };
const asking = (drivers?: readonly string[]): RunEvent => ({
  type: 'step.waiting',
  step: 'restore',
  waitsFor: {
    ...{ kind: 'approval', role: 'commander', count: 1, hash: 'h', preview: { danger: 'change', changes: [] } },
    ...{ notBy: 'ada', ...(drivers ? { drivers } : {}) },
  } as WaitsFor,
});

function runOf(...said: readonly (readonly [string, RunEvent])[]): RunState {
  const all = [['ada', { type: 'run.created', ...origin } as RunEvent] as const, ...said];
  return foldRun(
    all.map(([by, event], at) => ({
      run: 'run-1',
      seq: at + 1,
      at: '2026-01-14T03:00:00.000Z',
      by,
      prev: '',
      ...event,
    })) as JournalEvent[],
  );
}

const missingAt = (state: RunState): number => {
  const step = state.steps.get('restore');
  if (!step) throw new Error('nobody asked');
  return approvalsMissing(step, state.origin);
};

describe('nobody approves what he carries out', () => {
  test('who takes the run up is kept from approving, beside who began it', () => {
    const state = runOf(['ada', claimed(1)], ['bob', claimed(2)]);
    expect(state.drivers).toEqual(['bob']);
    expect(approversFor(notFor(state), ['commander'], origin)).toEqual(['grace']);
    expect(missingAt(runOf(['bob', claimed(2)], ['bob', asking(['bob'])], ['bob', yes]))).toBe(1);
    expect(missingAt(runOf(['bob', claimed(2)], ['bob', asking(['bob'])], ['grace', yes]))).toBe(0);
  });

  test('a take-over counts as soon as it is kept, before the run goes on', () => {
    const adopted = { type: 'run.adopted', epoch: 2, owner } as unknown as RunEvent;
    expect(runOf(['bob', adopted]).drivers).toEqual(['bob']);
  });

  test('a yes from before he took it up stays, for it was a second person', () => {
    const state = runOf(['ada', asking([])], ['bob', yes], ['bob', claimed(2)], ['bob', asking(['bob'])]);
    expect(missingAt(state)).toBe(0);
    const asked = { role: 'commander', count: 1, hash: 'h', ...notFor(state) };
    expect(missingApprovals(asked, [...state.steps.values()], state.origin)).toBe(0);
  });

  test('who has driven it once is kept from approving also when another one drives it again', () => {
    const state = runOf(['bob', claimed(2)], ['ada', claimed(3)], ['ada', asking(['bob'])], ['bob', yes]);
    expect(missingAt(state)).toBe(1);
  });

  test('breaking the glass is still enough alone', () => {
    const broken: RunEvent = { ...yes, breakGlass: 'nobody answers' } as RunEvent;
    expect(missingAt(runOf(['bob', claimed(2)], ['bob', asking(['bob'])], ['bob', broken]))).toBe(0);
  });

  test('a run of an older build is judged as it was then', () => {
    expect(missingAt(runOf(['bob', claimed(2)], ['bob', asking()], ['bob', yes]))).toBe(0);
  });
});
