import { describe, expect, test } from 'vitest';
import { type Confirmation, confirmationsMissing, standOf } from './confirmation.ts';
import type { JournalEvent, RunEvent } from './run.ts';
import { foldRun, measure } from './run-state.ts';

const START = Date.parse('2026-01-14T03:00:00.000Z');
const minute = (count: number): Date => new Date(START + count * 60_000);

const created: RunEvent = {
  type: 'run.created',
  plan: {},
  planHash: 'h',
  planFile: 'p',
  scenario: 'fire',
  environment: 'production',
  inputs: {},
  version: '0',
};
const started: RunEvent = {
  type: 'step.started',
  step: 'go',
  attempt: 1,
  action: 'fake.make',
  danger: 'change',
  input: {},
};
const asks = (until: number, count = 1): RunEvent => ({
  type: 'step.waiting',
  step: 'go',
  waitsFor: { kind: 'confirmation', role: 'boss', count, until: minute(until).toISOString(), proofs: [] },
});
const yes: RunEvent = { type: 'step.confirmed', step: 'go' };
const no: RunEvent = { type: 'step.denied', step: 'go', reason: 'it is slow' };

type Said = readonly [at: number, event: RunEvent, by?: string];

function stateAfter(said: readonly Said[]) {
  const events = [[0, created] as Said, [0, started] as Said, ...said].map(
    ([at, event, by = 'ada'], index): JournalEvent => ({
      run: 'run-1',
      seq: index + 1,
      at: minute(at).toISOString(),
      by,
      prev: '',
      ...event,
    }),
  );
  return foldRun(events);
}
const confirmation = (said: readonly Said[]) => stateAfter(said).steps.get('go')?.confirmation as Confirmation;

describe('how it stands with a confirmation', () => {
  test.each<[string, readonly Said[], number, ReturnType<typeof standOf>]>([
    ['nobody has said anything', [[0, asks(10)]], 9, 'open'],
    ['nobody said anything in time', [[0, asks(10)]], 10, 'late'],
    [
      'a yes in time, read after it',
      [
        [0, asks(10)],
        [9, yes],
      ],
      50,
      'confirmed',
    ],
    [
      'a yes at the end of the time is late',
      [
        [0, asks(10)],
        [10, yes],
      ],
      11,
      'late',
    ],
    [
      'a no',
      [
        [0, asks(10)],
        [1, no],
      ],
      2,
      'denied',
    ],
    [
      'a no after a yes changes nothing',
      [
        [0, asks(10)],
        [1, yes],
        [2, no],
      ],
      3,
      'confirmed',
    ],
    [
      'a yes after a no changes nothing',
      [
        [0, asks(10)],
        [1, no],
        [2, yes],
      ],
      3,
      'denied',
    ],
    [
      'one of two',
      [
        [0, asks(10, 2)],
        [1, yes],
      ],
      2,
      'open',
    ],
    [
      'the same person twice is one',
      [
        [0, asks(10, 2)],
        [1, yes],
        [2, yes],
      ],
      3,
      'open',
    ],
    [
      'two of two',
      [
        [0, asks(10, 2)],
        [1, yes],
        [2, yes, 'bob'],
      ],
      30,
      'confirmed',
    ],
    [
      'one of two, and a no',
      [
        [0, asks(10, 2)],
        [1, yes],
        [2, no, 'bob'],
      ],
      3,
      'denied',
    ],
    [
      'a second asking does not move the end',
      [
        [0, asks(10)],
        [5, asks(15)],
      ],
      12,
      'late',
    ],
    [
      'no word counts once it is taken back',
      [
        [0, asks(10)],
        [3, { type: 'step.taking_back', step: 'go', why: 'late' }],
        [4, yes],
      ],
      5,
      'late',
    ],
  ])('%s', (_what, said, now, stands) => expect(standOf(confirmation(said), minute(now))).toBe(stands));

  test('what is done anew must be confirmed anew, and a word that nobody asked for is none', () => {
    expect(
      confirmation([
        [0, asks(10)],
        [1, yes],
        [2, { ...started, attempt: 2 } as RunEvent],
      ]),
    ).toBeUndefined();
    expect(confirmation([[0, yes]])).toBeUndefined();
    const failed: RunEvent = {
      type: 'step.failed',
      step: 'go',
      error: { code: 'NOT_CONFIRMED', message: '', hint: '' },
    };
    expect(
      confirmation([
        [0, asks(10)],
        [1, no],
        [2, failed],
      ]),
    ).toBeUndefined();
  });
});

test('a person is waited for until enough have said yes, and the clock of the RTO stood still when it was reached', () => {
  const waits = (said: readonly Said[]) => stateAfter(said).waits;
  expect(
    waits([
      [1, asks(10, 2)],
      [2, yes],
    ]),
  ).toMatchObject([{ step: 'go', from: minute(1).toISOString() }]);
  expect(
    waits([
      [1, asks(10, 2)],
      [2, yes],
    ])[0],
  ).not.toHaveProperty('to');
  expect(
    waits([
      [1, asks(10, 2)],
      [2, yes],
      [3, yes, 'bob'],
    ])[0]?.to,
  ).toBe(minute(3).toISOString());
  const healthy: RunEvent = { type: 'run.healthy', step: 'go', since: minute(1).toISOString() };
  const state = stateAfter([
    [1, asks(10)],
    [6, yes],
    [6, healthy],
  ]);
  expect(measure(state)).toEqual({ rtoSeconds: 60, humanWaitSeconds: 0 });
});

test('whom it still lacks', () => {
  expect(
    confirmationsMissing(
      confirmation([
        [0, asks(10, 3)],
        [1, yes],
        [2, yes, 'bob'],
      ]),
    ),
  ).toBe(1);
});
