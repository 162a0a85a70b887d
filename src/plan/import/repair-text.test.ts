import { describe, expect, test } from 'vitest';
import type { WrongReading } from '../../lib/misread.ts';
import { repairText } from './repair-text.ts';

/** What happened to the documents: their UTF-8 was read in another character set. */
const misread = (text: string, as: WrongReading): string => new TextDecoder(as).decode(new TextEncoder().encode(text));

const SYMBOLS = [...'🚨📋🆘🔥🔄💾🔍📦🔙📝📞↓→❌✅📸🧪├─│└⚠🏥‘’“”–—…•'];

describe.each(['macintosh', 'windows-1252'] as const)('UTF-8 read as %s', (as) => {
  test.each(SYMBOLS)('%s comes back byte for byte', (symbol) => {
    expect(repairText(`a ${misread(symbol, as)} b`).text).toBe(`a ${symbol} b`);
  });

  test('a box drawing is one repair per run, with its line', () => {
    const { text, repairs } = repairText(misread('x\n├── Lead\n│   └── DBA', as));
    expect(text).toBe('x\n├── Lead\n│   └── DBA');
    expect(repairs.map(({ lines, to }) => [lines.first, to])).toEqual([
      [2, '├──'],
      [3, '│'],
      [3, '└──'],
    ]);
  });

  test('letters with accents come back when the document shows the damage', () => {
    const text = '✅ naïve café für Ärzte';
    expect(repairText(misread(text, as)).text).toBe(text);
  });

  test('repaired text is left alone', () => {
    const text = SYMBOLS.join(' ');
    expect(repairText(repairText(misread(text, as)).text)).toEqual({ text, repairs: [] });
  });
});

test.each([
  ['naïve café – “quotes”'],
  ['« était » “école” l’été à Ærø, Ça coûte 5 €'],
  ['🚨 ✅ → ├── │ └──'],
  ['São Paulo, NÃO, Â'],
  ['∆x ≈ 3 √2 ± 1'],
  ['日本語 текст'],
])('correct text is left alone: %s', (text) => {
  expect(repairText(text)).toEqual({ text, repairs: [] });
});

test('only the damaged runs of a mixed document change', () => {
  const text = `café “ok” ✅ ${misread('→', 'windows-1252')} done`;
  expect(repairText(text).text).toBe('café “ok” ✅ → done');
});
