import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Keep } from '../model/plan.ts';
import type { BackupManifest } from '../model/repository.ts';
import { base, catalogued, dump, history, stretch, verified } from './examples.fake.ts';
import { type Catalogued, recoveryPoints } from './recovery-points.ts';
import { type KeepRule, type Retention, type RetentionRequest, retentionOf } from './retention.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = new Date('2026-06-15T12:00:00.000Z');
const ago = (days: number): string => new Date(NOW.getTime() - days * DAY).toISOString();
const SEGMENT = 256;

const judged = (given: Partial<Catalogued>, rule: KeepRule, more: Partial<RetentionRequest> = {}): Retention =>
  retentionOf({ stored: catalogued(given), ruleOf: () => rule, now: NOW, ...more });
const removed = (retention: Retention): readonly string[] => retention.remove.map(({ backup }) => backup.id);
const kept = (retention: Retention): Readonly<Record<string, string>> =>
  Object.fromEntries(retention.keep.map(({ backup, why }) => [backup.id, why.join('; ')]));

/** One dump a day, named by how many days ago it was taken; the one of yesterday was proven. */
const days = (count: number) => ({
  manifests: Array.from({ length: count }, (_, day) => dump(`d${day}`, ago(day))),
  verifications: [verified('d1', ago(0.5), true)],
});

describe('what stays', () => {
  test.each<[Keep, readonly string[]]>([
    [{ last: 3 }, ['d0', 'd1', 'd2']],
    [{ within: '2d' }, ['d0', 'd1', 'd2']],
    [{ daily: 4 }, ['d0', 'd1', 'd2', 'd3']],
    // 15 June 2026 is a Monday.
    [{ weekly: 3 }, ['d0', 'd1', 'd8']],
    [{ monthly: 3 }, ['d0', 'd1', 'd15', 'd46']],
    [{ yearly: 2 }, ['d0', 'd1', 'd166']],
    [{ last: 1, monthly: 2 }, ['d0', 'd1', 'd15']],
  ])('%j', (keep, stay) => {
    const { manifests, verifications } = days(200);
    expect(Object.keys(kept(judged({ manifests, verifications }, keep)))).toEqual(stay);
  });

  test('says why, the newest first, and removes the oldest first', () => {
    const retention = judged(days(5), { last: 2, daily: 1 });
    expect(kept(retention)).toEqual({
      d0: 'one of the last 2; the newest of day 2026-06-15; the newest',
      d1: 'one of the last 2; the newest that was proven by a restore',
    });
    expect(removed(retention)).toEqual(['d4', 'd3', 'd2']);
    expect(retention.remove[0]?.why).toEqual([`no rule names it, and d1 of ${ago(1)} was proven by a restore`]);
    expect(retention.guards.map(({ id }) => id)).toEqual(['d1']);
  });

  test('nothing goes while nothing newer was proven by a restore', () => {
    const { manifests } = days(5);
    expect(removed(judged({ manifests }, { last: 1 }))).toEqual([]);
    const proven = verified('d3', ago(0), true);
    expect(removed(judged({ manifests, verifications: [proven] }, { last: 1 }))).toEqual(['d4']);
    expect(kept(judged({ manifests, verifications: [proven] }, { last: 1 })).d2).toBe(
      'nothing newer was proven by a restore',
    );
  });

  test('a proof that was overtaken by a failure is none; a failed backup takes nobody’s place', () => {
    const { manifests } = days(5);
    const verifications = [
      verified('d1', ago(0.9), true),
      verified('d1', ago(0.1), false),
      verified('d2', ago(0.2), true),
    ];
    const retention = judged({ manifests, verifications }, { last: 2 });
    expect(removed(retention)).toEqual(['d4', 'd3']);
    expect(kept(retention).d1).toBe('nothing newer was proven by a restore');
    expect(kept(retention).d2).toBe('one of the last 2; the newest that was proven by a restore');
  });

  test('a dump that was proven lets no base backup go', () => {
    const manifests = [dump('d0', ago(0)), base('b1', 0x2000, ago(1)), base('b2', 0x1000, ago(2))];
    expect(removed(judged({ manifests, verifications: [verified('d0', ago(0), true)] }, { last: 1 }))).toEqual([]);
  });

  test('what the plan says nothing of, or keeps for ever, or a person saved', () => {
    expect(removed(judged(days(9), undefined))).toEqual([]);
    expect(kept(judged(days(2), 'forever')).d1).toBe('the plan keeps it for ever');
    const manifests = days(9).manifests.map((one): BackupManifest => ({ ...one, method: 'postgres.salvage' }));
    expect(removed(judged({ ...days(9), manifests }, { last: 1 }))).toEqual([]);
  });

  test('what is locked', () => {
    const retention = judged(days(9), { last: 1 }, { lockDays: 6 });
    expect(removed(retention)).toEqual(['d8', 'd7', 'd6']);
    expect(kept(retention).d5).toBe(`locked until ${ago(-1)}`);
  });
});

describe('log', () => {
  const backups = [base('old', 0x1010, ago(20)), base('new', 0x3010, ago(10)), base('newest', 0x4010, ago(5))];
  const segments = backups.map((one) => ({ ...one, facts: { ...one.facts, segmentBytes: SEGMENT } }));
  const logs = Array.from({ length: 0x50 }, (_, at) =>
    stretch(at * SEGMENT, (at + 1) * SEGMENT, { storedAt: ago(30 - at / 4) }),
  );
  const stored = { manifests: segments, logs, verifications: [verified('newest', ago(1), true)] };
  const gone = (retention: Retention) => [Number(retention.log[0]?.from ?? -1), Number(retention.log.at(-1)?.to ?? -1)];

  test('goes up to the segment in which the oldest backup begins that stays', () => {
    expect(gone(judged(stored, { last: 2 }))).toEqual([0, 0x3000]);
    expect(gone(judged(stored, { last: 3 }))).toEqual([0, 0x1000]);
  });

  test('stays where no base backup stays, where it is young, locked, or a backup is under way that may need it', () => {
    expect(judged({ logs, manifests: days(3).manifests }, { last: 1 }).log).toEqual([]);
    expect(gone(judged(stored, { last: 2 }, { underWaySince: new Date(ago(29)) }))).toEqual([0, 4 * SEGMENT]);
    expect(judged(stored, { last: 2 }, { underWaySince: new Date(0) }).log).toEqual([]);
    expect(gone(judged(stored, { last: 2 }, { lockDays: 29 }))).toEqual([0, 4 * SEGMENT]);
    const undated = logs.map(({ storedAt: _, ...log }) => log);
    expect(judged({ ...stored, logs: undated }, { last: 2 }).log).toEqual([]);
  });

  test('of a timeline that was left before, and of a server that is no more, goes', () => {
    const left = stretch(0, SEGMENT, { timeline: 2, storedAt: ago(40) });
    const other = stretch(0x9000, 0x9100, { system: '99', storedAt: ago(40) });
    const retention = judged({ ...stored, logs: [...logs, left, other] }, { last: 2 });
    expect(retention.log).toContain(left);
    expect(retention.log).toContain(other);
  });

  test('of a timeline on which the log goes on stays, from where it branched off', () => {
    const histories = [history(2, [1, 0x4100])];
    const onward = stretch(0x4100, 0x4200, { timeline: 2, storedAt: ago(40) });
    expect(judged({ ...stored, histories, logs: [...logs, onward] }, { last: 2 }).log).not.toContain(onward);
  });
});

describe('whatever is stored and whatever the rule', () => {
  const Rule = fc.record(
    {
      last: fc.integer({ min: 1, max: 4 }),
      within: fc.constantFrom('1d', '10d', '60d'),
      daily: fc.integer({ min: 1, max: 4 }),
      weekly: fc.integer({ min: 1, max: 4 }),
      monthly: fc.integer({ min: 1, max: 4 }),
      yearly: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: ['last'] },
  );
  const Taken = fc.record({
    days: fc.integer({ min: 0, max: 700 }),
    isBase: fc.boolean(),
    timeline: fc.integer({ min: 1, max: 3 }),
    proof: fc.constantFrom(undefined, true, false),
    takes: fc.integer({ min: 0, max: 3 }),
  });
  const Stored = fc.record({
    taken: fc.array(Taken, { maxLength: 14 }),
    branches: fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 700 })),
    holes: fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 3 }),
    /** Days by which the clock of the store is behind: the times of log are no help. */
    behind: fc.constantFrom(0, 10, 800),
  });
  /** The server writes one segment a day; so a day ago and a position are the same. */
  const position = (daysAgo: number): number => (710 - daysAgo) * SEGMENT;

  function world({
    taken,
    branches,
    holes,
    behind,
  }: typeof Stored extends fc.Arbitrary<infer T> ? T : never): Catalogued {
    const manifests = taken.map(({ days: age, isBase, timeline, takes }, at): BackupManifest => {
      const finishedAt = ago(age);
      const startedAt = ago(age + takes);
      if (!isBase) return { ...dump(`d${at}`, finishedAt), startedAt };
      const facts = { timeline, segmentBytes: SEGMENT };
      return base(`b${at}`, position(age + takes) + 16, finishedAt, { facts, startedAt });
    });
    const verifications = taken.flatMap(({ proof, isBase }, at) =>
      proof === undefined ? [] : [verified(`${isBase ? 'b' : 'd'}${at}`, ago(0), proof)],
    );
    const [first, second] = branches.toSorted((a, b) => b - a) as [number, number];
    const on = (timeline: number, oldest: number, newest: number) =>
      Array.from({ length: Math.max(0, oldest - newest) }, (_, day) => oldest - day)
        .filter((day) => !holes.includes(day))
        .map((day) => stretch(position(day), position(day - 1), { timeline, storedAt: ago(day - 1 + behind) }));
    const logs = [...on(1, 709, first), ...on(2, first, second), ...on(3, second, 0)];
    const histories = [history(2, [1, position(first)]), history(3, [1, position(first)], [2, position(second)])];
    return catalogued({ manifests, logs, histories, verifications });
  }

  const without = (stored: Catalogued, backups: ReadonlySet<string>, log: ReadonlySet<string>): Catalogued => ({
    ...stored,
    manifests: stored.manifests.filter(({ id }) => !backups.has(id)),
    logs: stored.logs.filter(({ key }) => !log.has(key)),
  });

  test('each backup that goes has a newer one that was proven and stays, and the newest proven never goes', () => {
    fc.assert(
      fc.property(Stored, Rule, (given, rule) => {
        const stored = world(given);
        const retention = retentionOf({ stored, ruleOf: () => rule as Keep, now: NOW });
        const proven = retention.keep.filter(({ backup }) =>
          stored.verifications.some(({ backup: id, held }) => id === backup.id && held),
        );
        for (const { backup } of retention.remove) {
          const newer = proven.filter((one) => Date.parse(one.backup.finishedAt) > Date.parse(backup.finishedAt));
          expect(newer.some((one) => one.backup.method === backup.method)).toBe(true);
        }
        expect(retention.keep.length + retention.remove.length).toBe(stored.manifests.length);
        const sound = stored.manifests.filter(
          ({ id }) => !stored.verifications.some(({ backup, held }) => backup === id && !held),
        );
        for (const method of ['postgres.base_backup', 'postgres.dump']) {
          const ages = sound.filter((one) => one.method === method).map((one) => Date.parse(one.finishedAt));
          const stay = retention.keep.filter(({ backup }) => backup.method === method);
          expect(stay.length).toBeGreaterThanOrEqual(Math.min(rule.last ?? 0, ages.length));
        }
      }),
    );
  });

  test('every point that stays reaches as far as before, after each single removal, and no hole is made', () => {
    fc.assert(
      fc.property(Stored, Rule, fc.nat(), (given, rule, cut) => {
        const stored = world(given);
        const before = recoveryPoints(stored);
        const retention = retentionOf({ stored, ruleOf: () => rule as Keep, now: NOW });
        const order = [
          ...retention.remove.map(({ backup }) => ({ backup: backup.id })),
          ...retention.log.map(({ key }) => ({ log: key })),
        ];
        const done = order.slice(0, cut % (order.length + 1));
        const backups = new Set(done.flatMap((one) => ('backup' in one ? [one.backup] : [])));
        const log = new Set(done.flatMap((one) => ('log' in one ? [one.log] : [])));
        const after = recoveryPoints(without(stored, backups, log));
        expect(after).toEqual(before.filter(({ backup }) => !backups.has(backup)));
      }),
    );
  });
});
