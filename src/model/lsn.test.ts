import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatLsn, parseLsn } from './lsn.ts';

test.each([
  ['0/0', 0n],
  ['0/3000028', 0x3000028n],
  ['16/B374D848', 0x16b374d848n],
] as const)('%s', (text, position) => {
  expect(parseLsn(text)).toBe(position);
  expect(formatLsn(position)).toBe(text);
});

test.each(['', '0', '0/', '/0', 'G/0', '0/123456789', ' 0/0', '0/0 '])('%j is not a position', (text) =>
  expect(() => parseLsn(text)).toThrow(RangeError),
);

test('every position comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (position) => {
      expect(parseLsn(formatLsn(position))).toBe(position);
    }),
  );
});
