import { describe, expect, test } from 'vitest';
import { minutes } from '../lib/duration.ts';
import { Scenario } from '../model/plan.ts';
import { planWith } from './checked-plan.fake.ts';
import { criticalPath, scenarioPath, stretchName } from './critical-path.ts';
import { rangeText } from './promises.ts';

type WrittenStep = Record<string, unknown> & { readonly id: string };

/** A runbook as it is written; `uses` is of no interest here. */
const scenario = (steps: readonly WrittenStep[], more: Record<string, unknown> = {}) =>
  Scenario.parse({
    title: 'A loss',
    detect_within: '0',
    steps: steps.map((step) => ({ uses: 'shell.run', ...step })),
    ...more,
  });
const inMinutes = (steps: readonly WrittenStep[], more: Record<string, unknown> = {}) => {
  const { min, max } = criticalPath(scenario(steps, more));
  return [min / minutes(1), max / minutes(1)];
};
const spans = (...expects: readonly string[]): WrittenStep[] =>
  expects.map((expect, index) => ({ id: `s${index + 1}`, expect }));

describe('adds up', () => {
  test.each([
    ['a deletion that is undone', ['1m', '5m', '15m', '10m'], [31, 31]],
    ['a corrupted database', ['5m', '2m', '30m..60m', '5m..10m', '5m'], [47, 82]],
    ['a rebuild from nothing', ['120m', '60m..90m', '200m..220m', '50m..70m'], [430, 500]],
    ['nothing at all', [], [0, 0]],
  ] as const)('%s', (_what, expects, sums) => expect(inMinutes(spans(...expects))).toEqual(sums));

  test('a confirmation, but not of the healthy step, which counts from when it was reached', () => {
    const confirm = { role: 'keeper', within: '10m' };
    const steps = [
      { id: 'turn', expect: '5m', confirm },
      { id: 'open', expect: '5m', confirm },
    ];
    const { stretches, min, max } = criticalPath(scenario(steps, { healthy: 'open' }));
    expect(stretches.map(stretchName)).toEqual(['noticing', 'turn', 'confirming turn', 'open']);
    expect(rangeText({ min, max })).toBe('10m..20m');
  });

  test('noticing, approving, waiting and doing, each under its name', () => {
    const { stretches, min, max, unknown } = criticalPath(
      scenario(
        [
          { id: 'restore', expect: '20m..30m', approve: { role: 'keeper', within: '10m' } },
          { id: 'settle', uses: 'time.wait', with: { for: '2m' } },
          { id: 'caught-up', uses: 'time.wait_until', timeout: '1h', with: { within: '3m' } },
        ],
        { detect_within: '5m' },
      ),
    );
    expect(stretches.map((one) => `${one.kind} ${stretchName(one)} ${rangeText(one)}`)).toEqual([
      'detection noticing 5m',
      'approval approving restore 0s..10m',
      'step restore 20m..30m',
      'wait settle 2m',
      'wait caught-up 0s..3m',
    ]);
    expect(rangeText({ min, max })).toBe('27m..50m');
    expect(unknown).toEqual([]);
  });
});

describe('takes the longest way', () => {
  const sideBySide: WrittenStep[] = [
    { id: 'start', expect: '1m' },
    { id: 'left', expect: '2m..30m', needs: ['start'] },
    { id: 'right', expect: '10m', needs: ['start'] },
    { id: 'join', expect: '1m', needs: ['left', 'right'] },
  ];

  test('when everything takes longest; at best another way may be the longest', () => {
    const path = criticalPath(scenario(sideBySide));
    expect(path.stretches.map(stretchName)).toEqual(['noticing', 'start', 'left', 'join']);
    expect(rangeText(path)).toBe('12m..32m');
  });

  test('only until the service is healthy', () =>
    expect(inMinutes(sideBySide, { healthy: 'right' })).toEqual([11, 11]));

  test('to the step that ends last when none is said to be the healthy one', () =>
    expect(inMinutes([...spans('5m'), { id: 'aside', expect: '1m', needs: [] }])).toEqual([5, 5]));

  test('through one of several alternatives: the quickest at best, the slowest at worst', () => {
    const steps = [
      { id: 'find', expect: '1m' },
      { id: 'by-copy', expect: '10m', one_of: 'way' },
      { id: 'by-replay', expect: '40m', one_of: 'way' },
      { id: 'open', expect: '1m' },
    ];
    expect(inMinutes(steps)).toEqual([12, 42]);
  });

  test('past a step with a condition, which may be left out', () =>
    expect(inMinutes([...spans('5m'), { id: 'maybe', expect: '10m', when: '${{ inputs.all }}' }])).toEqual([5, 15]));
});

test('a step that only says when it is given up may take until then', () =>
  expect(inMinutes([{ id: 'a', timeout: '20m' }])).toEqual([0, 20]));

test('of procedures that are alternatives one is taken as a whole, and a healthy step may stand for one', () => {
  const { plan } = planWith(`
procedures:
  copy: { title: Copy it, steps: [{ id: a, uses: shell.run, expect: 2m }, { id: b, uses: shell.run, expect: 3m, needs: [] }] }
  replay: { title: Replay it, steps: [{ id: a, uses: shell.run, expect: 10m }, { id: b, uses: shell.run, expect: 10m }] }
scenarios:
  loss:
    detect_within: "0"
    healthy: open
    steps:
      - { id: quick, uses: procedure, one_of: way, with: { procedure: copy } }
      - { id: slow, uses: procedure, one_of: way, with: { procedure: replay } }
      - { id: open, uses: procedure, with: { procedure: copy } }`);
  const path = scenarioPath(plan, 'loss');
  expect(rangeText(path)).toBe('6m..23m');
  expect(path.stretches.map(stretchName)).toEqual(['noticing', 'slow.a', 'slow.b', 'open.b']);
});

describe('what the plan does not say', () => {
  test('counts as nothing and is named, also when it stands beside the longest way', () => {
    const { max, unknown } = criticalPath(
      scenario(
        [
          { id: 'long', expect: '20m', needs: [] },
          { id: 'unsaid', needs: [], approve: { role: 'keeper' } },
          { id: 'end', expect: '1m', needs: ['long', 'unsaid'] },
          { id: 'later' },
        ],
        { healthy: 'end', detect_within: undefined },
      ),
    );
    expect(max).toBe(minutes(21));
    expect(unknown).toEqual([
      'how long noticing takes (detect_within)',
      'how long approving unsaid may take (approve.within)',
      'how long unsaid takes (expect)',
    ]);
  });

  test.each([
    [
      'a circle',
      [
        { id: 'a', needs: ['b'], expect: '1m' },
        { id: 'b', needs: ['a'], expect: '1m' },
      ],
    ],
    ['a step that needs itself', [{ id: 'a', needs: ['a'], expect: '1m' }]],
    ['a healthy step that is not there', [{ id: 'b', needs: [], expect: '1m' }]],
  ])('%s ends all the same, and is said to be unknown', (_what, steps) => {
    const { max, unknown } = criticalPath(scenario(steps, { healthy: 'a' }));
    expect({ max, unknown }).toEqual({ max: 0, unknown: ['when a can begin (needs)'] });
  });

  test('a circle counts as unknown also when no step is said to be the healthy one', () =>
    expect(
      criticalPath(
        scenario([
          { id: 'a', needs: ['a'] },
          { id: 'b', needs: [], expect: '1m' },
        ]),
      ).unknown,
    ).toEqual(['when a can begin (needs)']));

  test('a need of something unknown is no need', () =>
    expect(inMinutes([{ id: 'a', needs: ['ghost'], expect: '3m' }])).toEqual([3, 3]));
});

test('ten thousand steps in a row are added up at once', () => {
  const steps = Array.from({ length: 10_000 }, (_, index) => ({ id: `s${index}`, expect: '1m' }));
  const long = scenario(steps);
  // Of the processor, not of the clock on the wall: a busy machine is not slow work.
  const began = process.cpuUsage();
  expect(criticalPath(long).max).toBe(minutes(10_000));
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
});
