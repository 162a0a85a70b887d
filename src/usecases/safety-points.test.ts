import { expect, test } from 'vitest';
import { memoryRepository, takeBackup } from '../backup/repository.fake.ts';
import { fakeClock } from '../lib/clock.fake.ts';
import { safetyPointsIn } from './safety-points.ts';

const BEGUN = new Date('2026-01-14T03:00:00.000Z');
const minutesAfter = (count: number): Date => new Date(BEGUN.getTime() + count * 60_000);

test('none at all', async () => {
  const { repository } = await memoryRepository({ clock: fakeClock() });
  expect(await safetyPointsIn(repository).since('database', BEGUN)).toEqual({ missing: 'there is none at all' });
});

test('one that was begun before the run counts as little as one of another component', async () => {
  const { repository } = await memoryRepository({ clock: fakeClock() });
  await takeBackup(repository, { data: 'x' }, { id: 'old', at: minutesAfter(-1) });
  await takeBackup(repository, { data: 'x' }, { id: 'other', component: 'ledger', at: minutesAfter(1) });
  expect(await safetyPointsIn(repository).since('database', BEGUN)).toEqual({
    missing: expect.stringMatching(/^the newest, old, is of 2026-/),
  });
});

test('the newest that was begun after it', async () => {
  const { repository } = await memoryRepository({ clock: fakeClock() });
  await takeBackup(repository, { data: 'x' }, { id: 'first', at: minutesAfter(1) });
  await takeBackup(repository, { data: 'x' }, { id: 'second', at: minutesAfter(2) });
  expect(await safetyPointsIn(repository).since('database', BEGUN)).toMatchObject({ point: 'second' });
});

test('one that is not whole, or was restored and found wrong, is none; an older good one is', async () => {
  const { repository, store } = await memoryRepository({ clock: fakeClock() });
  const broken = await takeBackup(repository, { data: 'x' }, { id: 'broken', at: minutesAfter(3) });
  await store.remove(broken.parts[0]?.objects[0]?.key as string);
  const points = safetyPointsIn(repository);
  expect(await points.since('database', BEGUN)).toEqual({ missing: expect.stringMatching(/^broken is not whole: /) });
  await takeBackup(repository, { data: 'x' }, { id: 'wrong', at: minutesAfter(2) });
  await repository.putVerification({
    backup: 'wrong',
    component: 'database',
    at: minutesAfter(4).toISOString(),
    held: false,
    proofs: [],
  });
  expect(await points.since('database', BEGUN)).toEqual({
    missing: expect.stringContaining(
      'wrong was restored at 2026-01-14T03:04:00.000Z, and what came back was not right',
    ),
  });
  await takeBackup(repository, { data: 'x' }, { id: 'good', at: minutesAfter(1) });
  expect(await points.since('database', BEGUN)).toMatchObject({ point: 'good' });
});
