import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['1w', 604_800_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', '5', '5 m', 'm', '-5m', '5x', '1h 30m', '5m!', '1e3s'])('%j is not a duration', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [850, '850ms'],
    [4_200, '4.2s'],
    [59_999, '60s'],
    [60_000, '1m'],
    [1_865_000, '31m 5s'],
    [3_599_600, '1h'],
    [7_800_000, '2h 10m'],
    [90_000_000, '1d 1h'],
    [-4_200, '-4.2s'],
  ])('%i ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('never shows more than two units and is never off by more than the smaller one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3e9 }), (ms) => {
        const text = formatDuration(ms).replaceAll(' ', '');
        const back = parseDuration(text);
        expect(back).toBeDefined();
        expect(Math.abs((back as number) - ms)).toBeLessThanOrEqual(Math.max(3_600_000 * 24, ms * 0.1));
      }),
    );
  });
});
