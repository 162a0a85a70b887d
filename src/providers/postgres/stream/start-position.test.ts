import { describe, expect, test } from 'vitest';
import type { BackupManifest, LogRef } from '../../../model/repository.ts';
import { chooseStart, chooseStartAfterLoss, logEnd, type StartFacts } from './start-position.ts';

const MB = 1n << 20n;
const at = (segments: number, more = 0n) => BigInt(segments) * 16n * MB + more;
const log = (timeline: number, from: bigint, to: bigint): LogRef => ({
  key: `${timeline}/${from}`,
  component: 'db',
  system: '1',
  timeline,
  from,
  to,
  storedBytes: 1,
});
const base = (segments: number, timeline = 1): BackupManifest => ({
  format: 1,
  id: 'b',
  component: 'db',
  method: 'postgres.base_backup',
  startedAt: '',
  finishedAt: '',
  facts: { system: '1', timeline, startLsn: `0/${at(segments, 40n).toString(16)}` },
  parts: [],
});
const facts = (more: Partial<StartFacts>): StartFacts => ({
  identity: { system: '1', timeline: 1, position: at(9, 5n) },
  segmentBytes: 16 << 20,
  logs: [],
  history: new Map(),
  backups: [],
  slot: undefined,
  ...more,
});
const slot = (segments: number) => ({ name: 's', restart: { position: at(segments, 77n), timeline: 1 } });

describe('where a stream begins', () => {
  test('where the stored log ends, from the start of that segment', () =>
    expect(chooseStart(facts({ logs: [log(1, at(2), at(3)), log(1, at(3), at(3, 500n))], slot: slot(1) }))).toEqual({
      timeline: 1,
      position: at(3),
      durable: at(3, 500n),
    }));
  test('without log, at the slot', () =>
    expect(chooseStart(facts({ slot: slot(4) }))).toEqual({ timeline: 1, position: at(4), durable: at(4) }));
  test('without log, at the base backup when that is older than what the slot keeps', () =>
    expect(chooseStart(facts({ slot: slot(4), backups: [base(2), base(3)] })).position).toBe(at(3)));
  test('with neither, where the server is', () => expect(chooseStart(facts({})).position).toBe(at(9)));
  test('a dump is no place to begin at', () =>
    expect(chooseStart(facts({ backups: [{ ...base(2), method: 'postgres.dump' }] })).position).toBe(at(9)));
  test('on the timeline before, as far as the server followed it', () => {
    const second = {
      identity: { system: '1', timeline: 3, position: at(9) },
      history: new Map([
        [1, at(3)],
        [2, at(5)],
      ]),
    };
    expect(chooseStart(facts({ ...second, logs: [log(1, at(2), at(3))] }))).toMatchObject({
      timeline: 1,
      durable: at(3),
    });
    expect(chooseStart(facts({ ...second, logs: [log(1, at(2), at(4, 9n))] }))).toMatchObject({
      timeline: 1,
      durable: at(3),
    });
    expect(chooseStart(facts({ ...second, logs: [log(2, at(2), at(4)), log(1, at(1), at(2))] }))).toMatchObject({
      timeline: 2,
    });
    expect(chooseStart(facts({ ...second, logs: [log(7, at(2), at(8))] })).timeline).toBe(3);
  });
});

describe('where it begins when the log that was due is gone', () => {
  const logs = [log(1, at(2), at(3))];
  test('at the slot, when a base backup was taken since', () =>
    expect(chooseStartAfterLoss(facts({ logs, backups: [base(2), base(6)], slot: slot(6) }))).toEqual({
      timeline: 1,
      position: at(6),
      durable: at(6),
    }));
  test('nowhere, when none was', () => {
    expect(chooseStartAfterLoss(facts({ logs, backups: [base(2)], slot: slot(6) }))).toBeUndefined();
    expect(chooseStartAfterLoss(facts({ logs, slot: slot(6) }))).toBeUndefined();
    expect(chooseStartAfterLoss(facts({ backups: [base(2)] }))).toBeUndefined();
  });
  test('at the later base backup, when the slot was moved back to the log that is gone', () => {
    expect(chooseStartAfterLoss(facts({ logs, backups: [base(6)], slot: slot(3) }))?.position).toBe(at(6));
    expect(chooseStartAfterLoss(facts({ logs, backups: [base(2)], slot: slot(3) }))).toBeUndefined();
  });
  test('at the slot, when nothing was ever stored', () =>
    expect(chooseStartAfterLoss(facts({ slot: slot(6) }))?.position).toBe(at(6)));
});

test('the end of the log is the furthest of a timeline', () => {
  expect(logEnd([log(1, 1n, 9n), log(1, 3n, 5n), log(2, 1n, 99n)], 1)).toBe(9n);
  expect(logEnd([], 1)).toBeUndefined();
});
