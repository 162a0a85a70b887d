import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

test('the check value of the polynomial, in one run or several', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.from('1234'), Buffer.from('56789'))).toBe(0xe3069283);
});
