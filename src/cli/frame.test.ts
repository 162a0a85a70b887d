import { describe, expect, test } from 'vitest';
import type { RunPicture } from '../model/run-picture.ts';
import type { Ask } from '../usecases/asks.ts';
import { type FrameSpace, frame, type Shown } from './frame.ts';
import { plainPaint } from './screen.ts';
import { textWidth } from './text-width.ts';

const PICTURE: RunPicture = {
  run: 'run-20260114-030512-9f3c',
  scenario: 'database-destroyed',
  title: 'The database is gone',
  environment: 'production',
  status: 'running',
  now: '2026-01-14T03:07:12.345Z',
  driver: 'alive',
  total: 9,
  done: 3,
  under_way: [
    {
      step: 'restore',
      position: 4,
      title: 'Restore the base backup',
      doing: 'running',
      attempt: 2,
      seconds: 42.7,
      expect_seconds: 180,
    },
  ],
  undo_next: [],
  next: [{ step: 'replay', position: 5, title: 'Replay the log' }],
  waiting: [],
  owed: [{ step: 'block', what: 'the role app is blocked' }],
  clock: {
    impact_at: '2026-01-14T02:55:07.000Z',
    impact_source: 'said at the start',
    elapsed_seconds: 725.3,
    rto_seconds: 1800,
    outlook: 'on course',
    forecast: { from_seconds: 180, to_seconds: 480, unknown: [] },
    human_wait_seconds: 61,
  },
};
const ASK: Ask = {
  step: 'switch',
  kind: 'approval',
  sentence: 'switch waits for approval by commander (ada, bob) until 03:15:00 UTC',
  commands: ['lifeboat approve run-20260114-030512-9f3c switch --by NAME --environment production'],
};
const OUTPUT = new Map([['restore', ['file 1 of 40', 'file 2 of 40', 'file 3 of 40', 'file 4 of 40']]]);

const shown = (more: Partial<Shown> = {}): Shown => ({ picture: PICTURE, asks: [], output: OUTPUT, ...more });
const space = (columns: number, rows: number, more: Partial<FrameSpace> = {}): FrameSpace => ({
  columns,
  rows,
  paint: plainPaint,
  ready: (text) => text,
  ...more,
});

const rowsAt = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => sum + Math.ceil(textWidth(line) / columns), 0);

test('what a step waits for in the world, what it last saw, and when it gives up', () => {
  const looks = {
    for: 'shell.look gives exit_code == 0',
    seen: 'exit_code = 1',
    until: '2026-01-14T03:17:00.000Z',
    at: '',
  };
  const hold = { step: 'hold', position: 4, doing: 'running', attempt: 1, seconds: 12, looks } as const;
  const lines = frame(shown({ picture: { ...PICTURE, under_way: [hold] } }), space(200, 24));
  expect(lines).toContain(
    '▸ [4] hold: waits until shell.look gives exit_code == 0; last seen: exit_code = 1; given up at 2026-01-14 03:17 UTC',
  );
});

test('at 80 columns and 24 rows', () => {
  expect(frame(shown({ asks: [ASK] }), space(80, 24))).toEqual([
    '── database-destroyed in production · run-20260114-030512-9f3c  03:07:12 UTC ──',
    'RTO 30m: 12m 5s gone, 17m 55s left (1m 1s of it waiting for people)',
    '[########################....................................]',
    'Healthy in 3m to 8m, as the plan expects',
    'Done 3 of 9',
    '▸ [4] restore (Restore the base backup) (try 2): 42s of at most 3m',
    '    file 2 of 40',
    '    file 3 of 40',
    '    file 4 of 40',
    'Next [5] replay (Replay the log)',
    'To be put back: the role app is blocked',
    '? switch waits for approval by commander (ada, bob) until 03:15:00 UTC',
    '  lifeboat approve run-20260114-030512-9f3c switch --by NAME --environment production',
  ]);
});

test('at 120 columns and 40 rows the title has room', () => {
  const [title] = frame(shown(), space(120, 40));
  expect(title).toBe(
    `── database-destroyed in production · run-20260114-030512-9f3c ${'─'.repeat(40)} 03:07:12 UTC ──`,
  );
});

test('at 40 columns sentences are broken between words, and a command stays whole', () => {
  const lines = frame(shown({ asks: [ASK] }), space(40, 30));
  expect(lines).toContain('? switch waits for approval by');
  expect(lines).toContain('commander (ada, bob) until 03:15:00 UTC');
  expect(lines.at(-1)).toBe(`  ${ASK.commands[0]}`);
  for (const line of lines.slice(0, -1)) expect(textWidth(line)).toBeLessThan(40);
});

describe('it fits', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ ...PICTURE.under_way[0], step: `part-${i}` }) as never);
  test.each([
    [80, 24],
    [120, 40],
    [40, 24],
    [80, 12],
    [40, 10],
    [20, 6],
    [20, 2],
  ])('%d columns, %d rows, whatever there is to show', (columns, rows) => {
    const asks = [{ ...ASK, sentence: 'word '.repeat(60).trim() }];
    for (const one of [
      shown({ asks: [ASK] }),
      shown({ asks }),
      shown({ picture: { ...PICTURE, under_way: many }, asks }),
    ]) {
      const lines = frame(one, space(columns, rows));
      expect(lines.length).toBeGreaterThan(0);
      if (rows > 2 + Math.ceil((2 + (ASK.commands[0]?.length ?? 0)) / columns))
        expect(rowsAt(lines, columns)).toBeLessThanOrEqual(rows - 2);
      expect(lines.at(-1)).toBe(`  ${ASK.commands[0]}`);
    }
  });

  test('by leaving out output first, then what comes next', () => {
    const at = (rows: number) => frame(shown({ asks: [ASK] }), space(80, rows)).join('\n');
    expect(at(18)).toContain('file 4 of 40');
    expect(at(16)).not.toContain('file 4 of 40');
    expect(at(16)).toContain('Next [5]');
    expect(at(12)).not.toContain('Next [5]');
    expect(at(12)).toContain('RTO 30m');
  });
});

describe('what it says', () => {
  const clock = (more: Partial<RunPicture['clock']>): string =>
    frame(shown({ picture: { ...PICTURE, clock: { ...PICTURE.clock, ...more } } }), space(100, 40)).join('\n');

  test('a warning before the promise is broken, and the breach itself', () => {
    expect(clock({ outlook: 'may be missed' })).toContain('! The RTO may be missed.');
    expect(clock({ outlook: 'will be missed' })).toContain('! The RTO will be missed.');
    const missed = clock({ outlook: 'missed', elapsed_seconds: 1925 });
    expect(missed).toContain('RTO 30m: MISSED by 2m 5s, 32m 5s since the damage');
    expect(missed).toContain(`[${'#'.repeat(60)}]`);
  });

  test('no more than is known of the end', () => {
    const forecast = { from_seconds: 180, unknown: ['how long load takes', 'x', 'y'] };
    expect(clock({ forecast })).toContain('Healthy in at least 3m: nobody knows how long load takes, and 2 more');
    expect(clock({ forecast: { from_seconds: 0, to_seconds: 60, unknown: [] } })).toContain(
      'Healthy in at most 1m, as',
    );
    expect(clock({ forecast: { from_seconds: 0, to_seconds: 0.4, unknown: [] } })).toContain('Healthy in a moment');
    expect(clock({ forecast: { from_seconds: 60, to_seconds: 60, unknown: [] } })).toContain('Healthy in about 1m');
  });

  test('that it is healthy, and that nothing was promised', () => {
    const { forecast: _, ...rest } = PICTURE.clock;
    const healthy = { ...rest, outlook: 'met' as const, healthy_at: '2026-01-14T03:07:00.000Z' };
    expect(frame(shown({ picture: { ...PICTURE, clock: healthy } }), space(100, 40)).join('\n')).toContain(
      'RTO: healthy after 12m 5s, 30m promised',
    );
    const { rto_seconds: _rto, ...free } = rest;
    const lines = frame(shown({ picture: { ...PICTURE, clock: free } }), space(100, 40));
    expect(lines[1]).toBe('12m 5s since the damage; no RTO is promised (1m 1s of it waiting for people)');
    expect(lines[2]).toBe('Done 3 of 9');
  });

  test('a step that takes longer, that is tried again, that is taken back, that has no place in the plan', () => {
    const under_way: RunPicture['under_way'] = [
      { step: 'a', doing: 'running', attempt: 1, seconds: 200, expect_seconds: 180 },
      { step: 'b', doing: 'retrying', attempt: 1, again_at: '2026-01-14T03:09:00.000Z' },
      { step: 'c', doing: 'taking back', attempt: 1 },
      { step: 'd', doing: 'running', attempt: 1, seconds: 3 },
      {
        step: 'e',
        doing: 'running',
        attempt: 1,
        seconds: 300,
        expect_seconds: 1,
        held_until: '2026-01-16T03:00:00.000Z',
      },
    ];
    const text = frame(shown({ picture: { ...PICTURE, under_way } }), space(100, 40)).join('\n');
    for (const line of [
      '▸ a: 3m 20s of at most 3m, longer than expected\n',
      '▸ b: tried again at 03:09:00 UTC\n',
      '▸ c: is being taken back\n',
      '▸ d: 3s\n',
      '▸ e: waits until 2026-01-16 03:00 UTC\n',
    ])
      expect(text).toContain(line);
  });

  test('one thing at a time, with the number of others; a command ready to be copied', () => {
    const asks: Ask[] = [ASK, { ...ASK, step: 'b' }, { kind: 'resume', sentence: 'then', commands: [] }];
    const lines = frame(shown({ asks }), space(120, 40, { ready: (text) => `${text} --state /state` }));
    expect(lines.at(-2)).toContain('(and 1 more: lifeboat next)');
    expect(lines.at(-1)).toBe(`  ${ASK.commands[0]} --state /state`);
  });

  test('the same words without colour', () => {
    const paint = { ...plainPaint, bad: (text: string) => `<${text}>` };
    const picture = { ...PICTURE, clock: { ...PICTURE.clock, outlook: 'will be missed' as const } };
    const coloured = frame(shown({ picture }), space(80, 24, { paint }));
    expect(coloured.map((line) => line.replace(/^<(.*)>$/, '$1'))).toEqual(frame(shown({ picture }), space(80, 24)));
    expect(coloured[1]).toMatch(/^</);
  });
});
