import { expect, test } from 'vitest';
import { decodeDocument } from './decode-document.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ['nothing', bytes(''), 'is empty'],
  ['white space', bytes(' \n\t\n'), 'is empty'],
  ['a byte of another character set', Uint8Array.of(0x61, 0x62, 0xe9, 0x20), 'is not UTF-8: see byte 3'],
  ['a character that is cut off', Uint8Array.of(0x61, 0xe2, 0x82), 'is not UTF-8'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0), 'is UTF-16'],
  ['zero bytes', bytes('a\0b'), 'zero bytes'],
  ['10 MB', new Uint8Array(10 * 1024 * 1024).fill(97), 'has 10485760 bytes'],
])('%s is refused', (_what, document, message) => {
  expect(() => decodeDocument('DR.md', document)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
  );
});

test('a byte order mark goes and line ends become one kind', () => {
  expect(decodeDocument('DR.md', bytes('\ufeff# a\r\nb\rc\n'))).toBe('# a\nb\nc\n');
});
