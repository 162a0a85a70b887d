import { expect, test } from 'vitest';
import { progressLine, progressLines } from './restore-progress.ts';

test.each([
  [{ inPlace: 0, whole: 1e9, milliseconds: 0 }, '0 % of the files'],
  [{ inPlace: 0, whole: 1e9, milliseconds: 500 }, '0 % of the files'],
  [{ inPlace: 4e8, whole: 1e9, milliseconds: 1000 }, '40 % of the files, 400 MB/s, about 2s left'],
  [{ inPlace: 4.9e8, whole: 1e9, milliseconds: 60_000 }, '40 % of the files, 8 MB/s, about 1m 2s left'],
  [{ inPlace: 1e9, whole: 1e9, milliseconds: 2000 }, '100 % of the files, 500 MB/s'],
  [{ inPlace: 1000, whole: 0, milliseconds: 0 }, '100 % of the files'],
  [{ inPlace: 2e9, whole: 1e9, milliseconds: 1000 }, '100 % of the files, 2000 MB/s'],
])('%o is told as %s', (so, line) => {
  expect(progressLine(so)).toBe(line);
});

test('each tenth is told once, however the bytes come', () => {
  const lines: string[] = [];
  const still = { now: () => new Date('2026-01-14T03:05:00Z'), sleep: async () => undefined };
  const tell = progressLines(1000, still, (line) => lines.push(line));
  for (const inPlace of [1, 99, 100, 101, 350, 350, 999, 1000, 1001]) tell(inPlace);
  expect(lines).toEqual(['10', '30', '90', '100'].map((done) => `${done} % of the files`));
});
