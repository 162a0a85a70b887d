import { describe, expect, test } from 'vitest';
import type { KnownError } from '../model/errors.ts';
import { choosePoint, type PointTarget } from './choose-point.ts';
import { base, catalogued, dump, history, stretch } from './examples.fake.ts';
import { type Catalogued, recoveryPoints } from './recovery-points.ts';

const T = (minute: number): string => `2026-01-14T03:${String(minute).padStart(2, '0')}:00.000Z`;
const at = (minute: number): PointTarget => ({ kind: 'time', at: new Date(T(minute)) });
const lsn = (position: number): PointTarget => ({ kind: 'lsn', lsn: BigInt(position) });
const latest: PointTarget = { kind: 'latest' };
const choose = (given: Partial<Catalogued>, target: PointTarget) =>
  choosePoint(recoveryPoints(catalogued(given)), target);

function refusal(given: Partial<Catalogued>, target: PointTarget): KnownError {
  try {
    choose(given, target);
  } catch (error) {
    return error as KnownError;
  }
  throw new Error('a point was chosen');
}

const two = {
  manifests: [base('old', 0x100, T(5)), base('new', 0x200, T(10))],
  logs: [stretch(0, 0x300, { storedAt: T(20) })],
};
const holed = {
  manifests: [base('b', 0x100, T(5))],
  logs: [stretch(0, 0x150, { storedAt: T(8) }), stretch(0x160, 0x300, { storedAt: T(20) })],
};
const failedOver = {
  manifests: [base('b', 0x100, T(5))],
  logs: [stretch(0, 0x280, { storedAt: T(30) }), stretch(0x180, 0x300, { timeline: 2, storedAt: T(20) })],
  histories: [history(2, [1, 0x200])],
};

describe('the latest point', () => {
  test('is the newest reachable moment; of equals the newest backup', () => {
    expect(choose(two, latest).backup).toBe('new');
    expect(choose({ ...two, manifests: [...two.manifests, dump('d', T(25))] }, latest).backup).toBe('d');
    expect(choose({ ...two, manifests: [...two.manifests, dump('d', T(19))] }, latest).backup).toBe('new');
  });

  test('is not on a timeline that was left, even if the old server went on writing', () => {
    expect(choose(failedOver, latest)).toMatchObject({ id: 'b@2', to: T(20) });
  });
});

describe('a point in time', () => {
  test('starts from the newest backup before it that reaches it', () => {
    expect(choose(two, at(15)).backup).toBe('new');
    expect(choose(two, at(10)).backup).toBe('new');
    expect(choose(two, at(20)).backup).toBe('new');
    expect(choose(two, at(9)).backup).toBe('old');
    expect(choose(two, at(5)).backup).toBe('old');
  });

  test('goes back to an older backup when the newer one does not reach it', () => {
    const given = { manifests: [...two.manifests, dump('d', T(12))], logs: two.logs };
    expect(choose(given, at(15)).backup).toBe('new');
    expect(choose(given, at(12)).backup).toBe('d');
  });

  test('stays on the newest timeline, and takes the one that was left only where nothing else reaches', () => {
    expect(choose(failedOver, at(15)).id).toBe('b@2');
    expect(choose(failedOver, at(25)).id).toBe('b@1');
  });

  test('before everything, or after everything, is not found; the error says what there is', () => {
    expect(refusal(two, at(4))).toMatchObject({ code: 'POINT_NOT_FOUND', message: expect.stringContaining(T(4)) });
    const error = refusal(two, at(21));
    expect(error.code).toBe('POINT_NOT_FOUND');
    expect(error.hint).toBe(
      `There is: ${T(10)} to ${T(20)} (0/20A to 0/300 on timeline 1), ${T(5)} to ${T(20)} (0/10A to 0/300 on timeline 1).`,
    );
  });

  test('behind a hole is a gap, named', () => {
    const error = refusal(holed, at(15));
    expect(error.code).toBe('LOG_GAP');
    expect(error.message).toBe(`the log does not reach ${T(15)}: log from 0/150 to 0/160 of timeline 1 is missing`);
    expect(choose(holed, at(8)).id).toBe('b@1');
  });
});

describe('a position', () => {
  test('must lie between the end of a backup and the end of its log', () => {
    expect(choose(two, lsn(0x20a)).backup).toBe('new');
    expect(choose(two, lsn(0x209)).backup).toBe('old');
    expect(choose(two, lsn(0x300)).backup).toBe('new');
    expect(refusal(two, lsn(0x301)).code).toBe('POINT_NOT_FOUND');
    expect(refusal(two, lsn(0x109)).code).toBe('POINT_NOT_FOUND');
    expect(refusal(holed, lsn(0x200)).code).toBe('LOG_GAP');
  });

  test('is nowhere in a dump', () => {
    expect(refusal({ manifests: [dump('d', T(5))] }, lsn(0x200)).code).toBe('POINT_NOT_FOUND');
  });
});

test('of nothing, nothing is chosen', () => {
  for (const target of [latest, at(5), lsn(5)]) expect(refusal({}, target).code).toBe('POINT_NOT_FOUND');
});

test('a long list is cut in the error', () => {
  const manifests = Array.from({ length: 8 }, (_, index) => dump(`d${index}`, T(index)));
  expect(refusal({ manifests }, at(30)).hint).toContain('and 3 more');
});
