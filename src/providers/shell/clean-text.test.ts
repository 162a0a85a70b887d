import { expect, test } from 'vitest';
import { cleaner } from './clean-text.ts';

const through = (chunks: readonly (string | Uint8Array)[], secrets: readonly string[] = []): string => {
  const clean = cleaner(secrets);
  return chunks.map((chunk) => clean.push(Buffer.from(chunk as string))).join('') + clean.end();
};

test('a secret is taken out wherever the pieces are cut', () => {
  const text = 'the password is hunter2, hunter2+ and hunter.\nhunter2';
  for (let at = 0; at <= text.length; at++)
    expect(through([text.slice(0, at), text.slice(at)], ['hunter2', 'hunter2+'])).toBe(
      'the password is [redacted], [redacted] and hunter.\n[redacted]',
    );
});

test('a secret in a line that is longer than what is held back is taken out', () => {
  const long = 'x'.repeat(65_530);
  for (const more of [0, 3, 6, 9])
    expect(through([`${long}${'y'.repeat(more)}hun`, 'ter2', 'z'.repeat(70_000)], ['hunter2'])).toBe(
      `${long}${'y'.repeat(more)}[redacted]${'z'.repeat(70_000)}`,
    );
});

test('a character that is cut in two is whole again', () => {
  const bytes = Buffer.from('é\n');
  expect(through([bytes.subarray(0, 1), bytes.subarray(1)])).toBe('é\n');
});

test('tabs, line ends and returns stay; orders to a terminal go', () => {
  expect(through(['a\tb\r\nc\rd\u001b[2J\u001b[31;1mred\u0007\u009b'])).toBe('a\tb\r\nc\rdred\uFFFD\uFFFD');
});
