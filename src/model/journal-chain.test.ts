import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../lib/json.ts';
import { chainLines, NO_LINES, parseEvent, readChain, sha256Hex } from './journal-chain.ts';
import type { RunEvent } from './run.ts';

const stamp = { run: 'run-1', at: '2026-01-14T03:00:00.000Z', by: 'ana' };
const note = (value: Json): RunEvent => ({ type: 'step.noted', step: 'a', note: value });
const lines = (notes: readonly Json[]) => chainLines(NO_LINES, stamp, notes.map(note));

describe('the chain', () => {
  test('begins with the hash of nothing', () => {
    expect(NO_LINES).toEqual({ seq: 0, hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' });
  });

  test('reads back any text as it was written, and writes it again byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ stringUnit: 'binary' })), (notes) => {
        const written = lines(notes as Json[]);
        const reading = readChain(
          'run-1',
          written.map(({ line }) => line),
        );
        expect(reading).toMatchObject({ whole: true, events: written.map(({ event }) => event) });
        for (const { line, event, hash } of written) {
          expect(JSON.stringify(event)).toBe(line);
          expect(sha256Hex(Buffer.from(line))).toBe(hash);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('goes on where it stood', () => {
    const [first, second] = lines([1, 2]);
    const head = { seq: 1, hash: first?.hash ?? '' };
    expect(chainLines(head, stamp, [note(2)])).toEqual([second]);
    expect(readChain('run-1', [second?.line ?? ''], head)).toMatchObject({ whole: true, head: { seq: 2 } });
  });

  test('names the first line that does not fit', () => {
    const all = lines([1, 2, 3]).map(({ line }) => line);
    expect(readChain('run-1', all.toSpliced(1, 1))).toMatchObject({
      whole: false,
      seq: 2,
      why: 'carries the number 3',
    });
    expect(readChain('run-1', all.with(1, '{}'))).toMatchObject({ whole: false, seq: 2, why: 'is not an event' });
    expect(readChain('run-2', all)).toMatchObject({ whole: false, seq: 1, why: 'belongs to run-1' });
    expect(readChain('run-1', all.with(0, all[0]?.replace(':1}', ':9}') ?? ''))).toMatchObject({
      whole: false,
      seq: 2,
    });
  });

  test.each(['', '[]', 'null', '7', '{"run":"r","seq":1.5,"at":"a","by":"b","prev":"p","type":"t"}'])(
    '%j is no event',
    (text) => expect(parseEvent(text)).toBeUndefined(),
  );
});
