import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogRef } from '../model/repository.ts';
import { stretch } from './examples.fake.ts';
import { logPieces, reachOf } from './log-pieces.ts';

const line = { system: '73', timeline: 1 };
const spans = (pieces: readonly LogRef[]) => pieces.map((piece) => [Number(piece.from), Number(piece.to)]);

/** Random stretches that together cover a range: cut at random places, with random overlaps and duplicates added, shuffled. */
const coveredRange = fc
  .record({
    from: fc.integer({ min: 0, max: 1000 }),
    lengths: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 15 }),
    extra: fc.array(fc.tuple(fc.nat(800), fc.integer({ min: 1, max: 100 })), { maxLength: 15 }),
  })
  .chain(({ from, lengths, extra }) => {
    const to = from + lengths.reduce((sum, length) => sum + length, 0);
    let at = from;
    const cut = lengths.map((length) => {
      at += length;
      return stretch(at - length, at);
    });
    const inside = extra
      .map(([offset, length]) => stretch(Math.min(from + offset, to - 1), Math.min(from + offset + length, to)))
      .filter((log) => log.from < log.to);
    const all = [...cut, ...inside];
    return fc.record({
      from: fc.constant(from),
      to: fc.constant(to),
      cut: fc.constant(cut),
      logs: fc.shuffledSubarray(all, { minLength: all.length }),
    });
  });

function isContiguous(pieces: readonly LogRef[], from: bigint): boolean {
  let reached = from;
  for (const piece of pieces) {
    if (piece.from > reached || piece.to <= reached) return false;
    reached = piece.to;
  }
  return true;
}

describe('the pieces of log for a range', () => {
  test('are in order and overlap no more than needed', () => {
    const logs = [stretch(20, 30), stretch(0, 10), stretch(5, 22), stretch(8, 12), stretch(28, 40)];
    expect(spans(logPieces(logs, line, 0n))).toEqual([
      [0, 10],
      [5, 22],
      [20, 30],
      [28, 40],
    ]);
    expect(spans(logPieces(logs, line, 9n, 21n))).toEqual([[5, 22]]);
    expect(spans(logPieces(logs, line, 9n, 22n))).toEqual([[5, 22]]);
    expect(spans(logPieces(logs, line, 9n, 23n))).toEqual([
      [5, 22],
      [20, 30],
    ]);
    expect(logPieces(logs, line, 9n, 9n)).toEqual([]);
    expect(logPieces(logs, line, 40n)).toEqual([]);
  });

  test('are of the system and the timeline that were asked for', () => {
    const logs = [stretch(0, 10, { timeline: 2 }), stretch(0, 20, { system: '74' }), stretch(0, 5)];
    expect(spans(logPieces(logs, line, 0n))).toEqual([[0, 5]]);
  });

  test('end at a hole, and do not begin behind one', () => {
    const logs = [stretch(10, 20), stretch(21, 30)];
    expect(spans(logPieces(logs, line, 10n))).toEqual([[10, 20]]);
    expect(logPieces(logs, line, 9n)).toEqual([]);
    expect(reachOf([], 9n)).toBe(9n);
  });

  test('of the same stretch stored twice, take the later one', () => {
    const early = stretch(0, 10, { storedAt: '2026-01-14T03:00:00.000Z' });
    const late = stretch(0, 10, { storedAt: '2026-01-14T04:00:00.000Z' });
    expect(logPieces([early, late], line, 0n)).toEqual([late]);
    expect(logPieces([late, early], line, 0n)).toEqual([late]);
  });

  test('always cover a range that was cut and overlapped at random, without a superfluous one', () => {
    fc.assert(
      fc.property(coveredRange, ({ from, to, logs }) => {
        const pieces = logPieces(logs, line, BigInt(from), BigInt(to));
        expect(isContiguous(pieces, BigInt(from))).toBe(true);
        expect(reachOf(pieces, BigInt(from))).toBe(BigInt(to));
        for (let index = 0; index + 2 < pieces.length; index++)
          expect((pieces[index] as LogRef).to < (pieces[index + 2] as LogRef).from).toBe(true);
      }),
    );
  });

  test('of a range that lacks bytes reach exactly the first missing one', () => {
    const cuts = fc.tuple(coveredRange, fc.nat(), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(cuts, ([{ from, to, logs }, place, width]) => {
        const hole = from + (place % (to - from));
        const holed = logs.flatMap((log) => withoutBytes(log, hole, hole + width));
        const pieces = logPieces(holed, line, BigInt(from), BigInt(to));
        expect(isContiguous(pieces, BigInt(from))).toBe(true);
        expect(reachOf(pieces, BigInt(from))).toBe(BigInt(hole));
      }),
    );
  });
});

/** What is left of a stretch when nobody stored the bytes [from, to). */
function withoutBytes(log: LogRef, from: number, to: number): LogRef[] {
  const left = stretch(Number(log.from), Math.min(Number(log.to), from));
  const right = stretch(Math.max(Number(log.from), to), Number(log.to));
  return [left, right].filter((part) => part.from < part.to);
}
