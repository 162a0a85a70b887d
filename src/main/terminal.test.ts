import { expect, test } from 'vitest';
import { canAsk, canPaint } from './terminal.ts';

const LARGE = { isTTY: true, columns: 80, rows: 24 };

test('a block is painted only where it can be painted over', () => {
  expect(canPaint(LARGE, 'xterm-256color')).toBe(true);
  expect(canPaint({ ...LARGE, isTTY: false }, 'xterm')).toBe(false);
  expect(canPaint(LARGE, 'dumb')).toBe(false);
  expect(canPaint(LARGE, undefined)).toBe(false);
  expect(canPaint({ ...LARGE, columns: 10 }, 'xterm')).toBe(false);
  expect(canPaint({ isTTY: true }, 'xterm')).toBe(false);
});

test('a person is asked only where both question and answer are on a terminal', () => {
  expect(canAsk({ isTTY: true }, { isTTY: true })).toBe(true);
  expect(canAsk({ isTTY: true }, {})).toBe(false);
  expect(canAsk({}, { isTTY: true })).toBe(false);
});
