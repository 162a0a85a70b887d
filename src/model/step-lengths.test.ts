import { describe, expect, test } from 'vitest';
import { originOf } from '../engine/testing/rig.ts';
import { stepHash } from './measured.ts';
import type { JournalEvent, RunEvent, WaitsFor } from './run.ts';
import { stepLengths } from './step-lengths.ts';

const STEPS = [
  { id: 'load', uses: 'fake.make', with: { thing: 'web' } },
  { id: 'check', uses: 'fake.look', with: {} },
];

/** Lengths of the steps of a run in which these things happened, at given seconds. */
function lengths(happened: readonly (readonly [number, RunEvent])[]) {
  const created: RunEvent = { type: 'run.created', ...originOf(STEPS) };
  return stepLengths(
    [[0, created] as const, [0, claimed(1)] as const, ...happened].map(
      ([second, event], index): JournalEvent => ({
        run: 'run-1',
        seq: index + 1,
        at: new Date(Date.parse('2026-01-14T03:00:00Z') + second * 1000).toISOString(),
        by: 'ada',
        prev: '',
        ...event,
      }),
    ),
  );
}

const claimed = (epoch: number): RunEvent => ({
  type: 'run.claimed',
  epoch,
  owner: { host: 'h', pid: epoch, startedAt: 's' },
});
const started = (attempt = 1): RunEvent => ({
  type: 'step.started',
  step: 'load',
  attempt,
  action: 'fake.make',
  danger: 'add',
  input: {},
});
const ended = (how: 'ran' | 'observed' | 'decided' = 'ran', output = {}): RunEvent => ({
  type: 'step.succeeded',
  step: 'load',
  how,
  output,
  proofs: [],
});
const waiting = (waitsFor: WaitsFor): RunEvent => ({ type: 'step.waiting', step: 'load', waitsFor });
const APPROVAL: WaitsFor = {
  kind: 'approval',
  role: 'boss',
  count: 1,
  hash: 'x',
  preview: { danger: 'add', changes: [] },
};
const ERROR = { code: 'TARGET_DENIED', message: 'no', hint: 'Ask.' } as const;

describe('a step that ran', () => {
  test('is measured from its first try to its end, with the hash of how it is written', () =>
    expect(
      lengths([
        [2, started()],
        [12, ended()],
      ]),
    ).toEqual([{ step: 'load', hash: stepHash(STEPS[0] as never), seconds: 10, wait_seconds: 0, attempts: 1 }]));

  test('the approval before it is waiting, and no work', () =>
    expect(
      lengths([
        [0, waiting(APPROVAL)],
        [60, { type: 'step.approved', step: 'load', hash: 'x' }],
        [61, started()],
        [71, ended()],
      ]),
    ).toMatchObject([{ seconds: 10, wait_seconds: 60 }]));

  test('tries and the pauses between them belong to it, a decision between them does not', () =>
    expect(
      lengths([
        [0, started()],
        [5, { type: 'step.retrying', step: 'load', attempt: 1, error: ERROR, notBefore: '' }],
        [10, started(2)],
        [20, { type: 'step.failed', step: 'load', error: ERROR }],
        [20, waiting({ kind: 'decision', why: ERROR })],
        [120, { type: 'step.decided', step: 'load', decision: 'retry', reason: 'r' }],
        [120, started(3)],
        [130, ended()],
      ]),
    ).toMatchObject([{ seconds: 30, wait_seconds: 100, attempts: 3 }]));

  test('what people are asked to do takes as long as they take', () =>
    expect(
      lengths([
        [0, started()],
        [1, waiting({ kind: 'task', instruction: 'Do it.' })],
        [301, { type: 'step.answered', step: 'load', outcome: 'done', answer: '' }],
        [302, ended()],
      ]),
    ).toMatchObject([{ seconds: 302, wait_seconds: 300 }]));

  test('the bytes that it reports are kept', () => {
    expect(
      lengths([
        [0, started()],
        [1, ended('ran', { bytes: 4096 })],
      ]),
    ).toMatchObject([{ bytes: 4096 }]);
    expect(
      lengths([
        [0, started()],
        [1, ended('ran', { bytes: 'many' })],
      ])[0],
    ).not.toHaveProperty('bytes');
  });
});

describe('what tells nothing', () => {
  test.each(['observed', 'decided'] as const)('a step that was %s', (how) =>
    expect(
      lengths([
        [0, started()],
        [9, ended(how)],
      ]),
    ).toEqual([]),
  );

  test('one that failed, was skipped, or never began', () => {
    expect(
      lengths([
        [0, started()],
        [9, { type: 'step.failed', step: 'load', error: ERROR }],
      ]),
    ).toEqual([]);
    expect(lengths([[0, { type: 'step.skipped', step: 'load', why: 'w' }]])).toEqual([]);
    expect(lengths([])).toEqual([]);
  });

  test('one that was cut off and taken up again, even by another try', () => {
    expect(
      lengths([
        [0, started()],
        [5, claimed(2)],
        [900, ended()],
      ]),
    ).toEqual([]);
    expect(
      lengths([
        [0, started()],
        [5, claimed(2)],
        [800, started(2)],
        [900, ended()],
      ]),
    ).toEqual([]);
  });

  test('a run that is taken up between two steps loses none', () =>
    expect(
      lengths([
        [0, started()],
        [5, ended()],
        [99, claimed(2)],
      ]),
    ).toHaveLength(1));
});
