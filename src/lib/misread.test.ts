import { expect, test } from 'vitest';
import { misreadingOf, type WrongReading } from './misread.ts';

const misread = (text: string, as: WrongReading): string => new TextDecoder(as).decode(new TextEncoder().encode(text));

test.each(['macintosh', 'windows-1252'] as const)('UTF-8 that was read as %s is told, with what it was', (as) => {
  const found = misreadingOf(`Call ${misread('→ ✅', as)} now`);
  expect(found?.readAs).toBe(as);
  expect(found?.sequences.map(({ to }) => to).join('')).toBe('→✅');
});

test.each(['', 'plain', 'Größe', 'São Paulo', '→ ✅ 🚨', 'Ã', 'â'])('%s is as it was written', (text) =>
  expect(misreadingOf(text)).toBeUndefined(),
);

test('one character that two letters could be by chance is not enough', () => {
  expect(misreadingOf(misread('ö', 'windows-1252'))).toBeUndefined();
  expect(misreadingOf(misread('öß', 'windows-1252'))?.sequences).toHaveLength(2);
});
