import { expect, test } from 'vitest';
import type { GaugeResult } from '../usecases/gauge.ts';
import { pointsCommand } from './commands/points.ts';
import { gaugeText } from './gauge-text.ts';
import { plainPaint } from './screen.ts';

const base: GaugeResult = {
  component: 'database',
  at: '2026-01-14T03:00:00.000Z',
  safe: '0/10',
  position: '0/20',
  bytes: 16,
  lost: { seconds: 0.4, transactions: 31, more: false },
  objective_seconds: 60,
  alarm: false,
};
const text = (over: Partial<GaugeResult> = {}): string => gaugeText({ ...base, ...over }, plainPaint);

test('one sentence, the promise, and what it rests on', () => {
  expect(text()).toBe(
    [
      '✔ If database died now, you would lose 0.4 s: 31 transactions.',
      '  Promised: at most 1m.',
      '  Safe up to 0/10; the server has written up to 0/20 (16 bytes more) at 2026-01-14T03:00:00.000Z.',
    ].join('\n'),
  );
});

test('nothing lost, more than was counted, and what nobody knows', () => {
  expect(text({ lost: { seconds: 0, transactions: 0, more: false } })).toContain('nothing would be lost');
  expect(text({ lost: { seconds: 9, transactions: 5, more: true } })).toContain(
    'you would lose 9 s: more than 5 transactions',
  );
  const { lost: _, safe: __, ...unknown } = base;
  const said = gaugeText({ ...unknown, alarm: true }, plainPaint);
  expect(said).toContain('✘ If database died now, how much would be lost is not known.');
  expect(said).toContain('Take a first backup: lifeboat backup database');
});

test('a slot that nobody reads, or that has no bound, is told', () => {
  expect(text({ slot: { active: false, bytes: 5 } })).toContain(
    'Nobody receives its log: lifeboat backup database --stream',
  );
  expect(text({ slot: { active: true, bytes: 5 } })).toContain('until its disk is full. Set max_slot_wal_keep_size.');
  expect(text({ slot: { active: true, bytes: 5, limit: 99 } })).toContain(
    'keeps 5 bytes of log for the stream, and gives it up at 99.',
  );
});

test('an alarm is an exit code', () => {
  expect([pointsCommand.exit?.(base), pointsCommand.exit?.({ ...base, alarm: true })]).toEqual([0, 1]);
});
