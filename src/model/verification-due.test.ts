import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { verificationDue } from './verification-due.ts';

const plan = (...verify: object[]) =>
  ({ components: { database: { backups: [{ method: 'postgres.base_backup', verify }] } } }) as unknown as Plan;
const record = (at: string, held = true) => ({ backup: 'b', component: 'database', at, held, proofs: [] });
const now = new Date('2026-01-14T03:00:00.000Z');

test('nothing is due where the plan asks for no restore', () => {
  expect(verificationDue(plan(), 'database', { records: [], now })).toBeUndefined();
  expect(verificationDue(plan({ how: 'checksum', every: '1h' }), 'database', { records: [], now })).toBeUndefined();
  expect(verificationDue(plan({ how: 'restore' }), 'database', { records: [], now })).toBeUndefined();
  expect(verificationDue(plan(), 'another', { records: [], now })).toBeUndefined();
});

test('what was never restored is overdue', () => {
  const due = verificationDue(plan({ how: 'restore', every: '1d' }), 'database', { records: [], now });
  expect(due).toEqual({ component: 'database', every: '1d', due: now.toISOString(), overdue: true });
});

test('the shortest time counts, from the newest proof that held', () => {
  const wanted = plan({ how: 'restore', every: 'weekly' }, { how: 'restore', every: '1d' });
  const good = '2026-01-13T04:00:00.000Z';
  const records = [record('2026-01-01T00:00:00.000Z'), record(good), record('2026-01-14T02:00:00.000Z', false)];
  expect(verificationDue(wanted, 'database', { records, now })).toEqual({
    component: 'database',
    every: '1d',
    last: good,
    due: '2026-01-14T04:00:00.000Z',
    overdue: false,
  });
  const later = new Date('2026-01-14T04:00:00.000Z');
  expect(verificationDue(wanted, 'database', { records, now: later })?.overdue).toBe(true);
});
