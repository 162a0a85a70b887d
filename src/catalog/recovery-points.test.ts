import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import { base, catalogued, dump, history, stretch, verified } from './examples.fake.ts';
import { recoveryPoints } from './recovery-points.ts';
import { parseHistory } from './timelines.ts';

const T = (minute: number): string => `2026-01-14T03:${String(minute).padStart(2, '0')}:00.000Z`;
const brief = (points: readonly RecoveryPoint[]) =>
  points.map(({ id, from, to, log }) => [id, from.slice(14, 16), to.slice(14, 16), log?.timeline, log?.from, log?.to]);

describe('recovery points', () => {
  test('of nothing are none', () => {
    expect(recoveryPoints(catalogued({}))).toEqual([]);
  });

  test('a dump is a single moment; rows that were saved are none', () => {
    const salvage = { ...dump('s', T(6)), method: 'postgres.salvage' as const };
    expect(recoveryPoints(catalogued({ manifests: [dump('d', T(5)), salvage] }))).toEqual([
      {
        id: 'd',
        component: 'database',
        method: 'postgres.dump',
        backup: 'd',
        from: T(5),
        to: T(5),
        bytes: 100,
        verified: { state: 'never' },
      },
    ]);
  });

  test('a base backup without log is the moment at which it is consistent', () => {
    expect(recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))] }))).toEqual([
      {
        id: 'b',
        component: 'database',
        method: 'postgres.base_backup',
        backup: 'b',
        from: T(5),
        to: T(5),
        log: { system: '73', timeline: 1, from: '0/10A', to: '0/10A' },
        bytes: 100,
        verified: { state: 'never' },
      },
    ]);
  });

  test('with log it is a span, up to the time at which its last stretch was stored', () => {
    const logs = [stretch(0, 0x120, { storedAt: T(6) }), stretch(0x118, 0x200, { storedAt: T(9) })];
    const [point, ...others] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs }));
    expect(others).toEqual([]);
    expect(point).toEqual({
      id: 'b@1',
      component: 'database',
      method: 'postgres.base_backup+wal',
      backup: 'b',
      from: T(5),
      to: T(9),
      log: { system: '73', timeline: 1, from: '0/10A', to: '0/200' },
      bytes: 120,
      verified: { state: 'never' },
    });
  });

  test('a store that tells no times, or earlier ones, leaves the time of the backup', () => {
    for (const logs of [[stretch(0, 0x200)], [stretch(0, 0x200, { storedAt: T(1) })]]) {
      const [point] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs }));
      expect(point).toMatchObject({ to: T(5), log: { to: '0/200' } });
    }
  });

  test('log that ends before the backup is consistent adds nothing', () => {
    const logs = [stretch(0, 0x10a, { storedAt: T(9) })];
    const [point] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs }));
    expect(point).toMatchObject({ method: 'postgres.base_backup', to: T(5), bytes: 100 });
  });

  test('log of another system, component or timeline does not count', () => {
    const logs = [
      stretch(0, 0x200, { system: '74' }),
      stretch(0, 0x200, { component: 'other' }),
      stretch(0, 0x200, { timeline: 2 }),
    ];
    const [point] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs }));
    expect(point?.method).toBe('postgres.base_backup');
  });

  test('a hole ends the span and is named, also right behind the backup', () => {
    const holed = [stretch(0, 0x150, { storedAt: T(6) }), stretch(0x151, 0x200, { storedAt: T(9) })];
    const [span] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs: holed }));
    expect(span).toMatchObject({
      to: T(6),
      log: { to: '0/150' },
      gap: 'log from 0/150 to 0/151 of timeline 1 is missing',
    });
    const late = [stretch(0x180, 0x200)];
    const [moment] = recoveryPoints(catalogued({ manifests: [base('b', 0x100, T(5))], logs: late }));
    expect(moment).toMatchObject({
      method: 'postgres.base_backup',
      gap: 'log from 0/100 to 0/180 of timeline 1 is missing',
    });
  });

  test('the newest reachable moment comes first, then the newest backup', () => {
    const manifests = [base('old', 0x100, T(5)), base('new', 0x200, T(10)), dump('d', T(30))];
    const logs = [stretch(0, 0x300, { storedAt: T(20) })];
    expect(recoveryPoints(catalogued({ manifests, logs })).map((point) => point.id)).toEqual(['d', 'new@1', 'old@1']);
  });

  test('the newest verification of a backup counts', () => {
    const manifests = [base('b', 0x100, T(5)), dump('d', T(5))];
    const verifications = [verified('b', T(20), false), verified('b', T(10), true), verified('d', T(10), true)];
    const points = recoveryPoints(catalogued({ manifests, verifications }));
    expect(points.map((point) => [point.id, point.verified])).toEqual([
      ['b', { state: 'failed', at: T(20) }],
      ['d', { state: 'restored', at: T(10) }],
    ]);
  });

  test('a base backup that does not say which log it needs is damaged, not guessed at', () => {
    for (const facts of [{ startLsn: 'nowhere' }, { endLsn: null }, { system: 73 }, { timeline: '1' }]) {
      const manifests = [base('b', 0x100, T(5), { facts })];
      expect(() => recoveryPoints(catalogued({ manifests }))).toThrow('backup b');
    }
  });
});

describe('over a change of timeline', () => {
  const manifests = [base('b', 0x100, T(5))];
  const before = stretch(0, 0x200, { storedAt: T(10) });
  const after = stretch(0x180, 0x300, { timeline: 2, storedAt: T(20) });

  test('the span goes on where the new timeline began', () => {
    const points = recoveryPoints(
      catalogued({ manifests, logs: [before, after], histories: [history(2, [1, 0x200])] }),
    );
    expect(brief(points)).toEqual([['b@2', '05', '20', 2, '0/10A', '0/300']]);
    expect(points[0]?.bytes).toBe(120);
  });

  test('what the old timeline holds beyond is another span', () => {
    const points = recoveryPoints(
      catalogued({ manifests, logs: [before, after], histories: [history(2, [1, 0x190])] }),
    );
    expect(brief(points)).toEqual([
      ['b@2', '05', '20', 2, '0/10A', '0/300'],
      ['b@1', '05', '10', 1, '0/10A', '0/200'],
    ]);
  });

  test('several changes are followed one after another', () => {
    const third = stretch(0x280, 0x400, { timeline: 3, storedAt: T(30) });
    const histories = [history(3, [1, 0x200], [2, 0x300]), history(2, [1, 0x200])];
    const points = recoveryPoints(catalogued({ manifests, logs: [third, after, before], histories }));
    expect(brief(points)).toEqual([['b@3', '05', '30', 3, '0/10A', '0/400']]);
  });

  test('two timelines that left the same one are two spans', () => {
    const other = stretch(0x1c0, 0x280, { timeline: 3, storedAt: T(30) });
    const histories = [history(2, [1, 0x200]), history(3, [1, 0x1f0])];
    const points = recoveryPoints(catalogued({ manifests, logs: [before, after, other], histories }));
    expect(brief(points)).toEqual([
      ['b@3', '05', '30', 3, '0/10A', '0/280'],
      ['b@2', '05', '20', 2, '0/10A', '0/300'],
    ]);
  });

  test('without its history, or when it began elsewhere, it is not followed', () => {
    const expected = [['b@1', '05', '10', 1, '0/10A', '0/200']];
    const impossible = [
      [],
      [history(2, [1, 0x201])],
      [history(2, [1, 0x50])],
      [history(2, [2, 0x200])],
      [{ ...history(2, [1, 0x200]), system: '74' }],
      [{ ...history(2, [1, 0x200]), text: 'nonsense' }],
    ];
    for (const histories of impossible)
      expect(brief(recoveryPoints(catalogued({ manifests, logs: [before, after], histories })))).toEqual(expected);
  });

  test('a hole at the beginning of the new timeline is named', () => {
    const late = stretch(0x240, 0x300, { timeline: 2, storedAt: T(20) });
    const [point] = recoveryPoints(
      catalogued({ manifests, logs: [before, late], histories: [history(2, [1, 0x200])] }),
    );
    expect(point).toMatchObject({ id: 'b@1', gap: 'log from 0/200 to 0/240 of timeline 2 is missing' });
  });

  test('a backup of the new timeline has nothing of the old one', () => {
    const second = base('c', 0x250, T(15), { facts: { timeline: 2 } });
    const points = recoveryPoints(
      catalogued({ manifests: [second], logs: [before, after], histories: [history(2, [1, 0x200])] }),
    );
    expect(brief(points)).toEqual([['c@2', '15', '20', 2, '0/25A', '0/300']]);
  });

  test('a history has comments and empty lines, and is as long as there were changes', () => {
    expect(
      parseHistory('# made by hand\n\n1\t0/3000000\tno recovery target specified\n\n2\t1/A0\tbefore 2026\n'),
    ).toEqual([
      { parent: 1, at: 0x3000000n },
      { parent: 2, at: 0x1000000a0n },
    ]);
    expect(parseHistory('')).toEqual([]);
  });
});

test('any cut and overlap of the log gives the whole span, and any missing byte a gap that names it', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(cuts, fc.array(fc.nat(20), { maxLength: 10 }), fc.nat(), (lengths, overlaps, place) => {
      let at = 0x100;
      const logs = lengths.map((length, index) => {
        at += length;
        return stretch(Math.max(0, at - length - (overlaps[index] ?? 0)), at, { storedAt: T(index + 6) });
      });
      logs.push(stretch(at, at + 100, { storedAt: T(30) }));
      const manifests = [base('b', 0x100, T(5))];
      const hex = (value: number): string => `0/${value.toString(16).toUpperCase()}`;
      const [point] = recoveryPoints(catalogued({ manifests, logs }));
      expect(point).toMatchObject({ to: T(30), log: { to: hex(at + 100) } });
      expect(point).not.toHaveProperty('gap');

      const missing = 0x10b + (place % (at + 99 - 0x10b));
      const holed = logs.flatMap((log) => [
        ...(log.from < missing ? [{ ...log, to: log.to < missing ? log.to : BigInt(missing) }] : []),
        ...(log.to > missing + 1 ? [{ ...log, from: log.from > missing ? log.from : BigInt(missing + 1) }] : []),
      ]);
      const [cutShort] = recoveryPoints(catalogued({ manifests, logs: holed }));
      const gap = `log from ${hex(missing)} to ${hex(missing + 1)} of timeline 1 is missing`;
      expect(cutShort).toMatchObject({ log: { to: hex(missing) }, gap });
    }),
  );
});
