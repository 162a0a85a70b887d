import { expect, test } from 'vitest';
import { memoryRepository, takeBackup, testClock } from '../backup/repository.fake.ts';
import { openRepository } from '../backup/repository.ts';
import { loadRecoveryPoints } from './load.ts';

test('the recovery points of a component are read from the repository, without a key', async () => {
  const clock = testClock('2026-01-14T04:00:00.000Z');
  const { repository, store } = await memoryRepository({ clock });
  const facts = { system: '73', timeline: 1, startLsn: '0/100', endLsn: '0/10A' };
  await takeBackup(repository, { 'base.tar': 'x' }, { id: 'b', method: 'postgres.base_backup', facts });
  await takeBackup(repository, { p: 'x' }, { id: 'other', component: 'other' });
  const log = { component: 'database', system: '73' };
  await repository.putLog({ ...log, timeline: 1, from: 0x100n, bytes: Buffer.alloc(0x100) });
  await repository.putTimelineHistory('database', '73', 2, '1\t0/200\tno recovery target specified\n');
  clock.set('2026-01-14T05:00:00.000Z');
  await repository.putLog({ ...log, timeline: 2, from: 0x200n, bytes: Buffer.alloc(0x100) });
  const at = '2026-01-14T06:00:00.000Z';
  await repository.putVerification({ backup: 'b', component: 'database', at, held: true, proofs: [] });

  const keyless = await openRepository(store, { recipients: [], clock });
  expect(await loadRecoveryPoints(keyless, 'database')).toMatchObject([
    {
      id: 'b@2',
      from: '2026-01-14T03:00:00.000Z',
      to: '2026-01-14T05:00:00.000Z',
      log: { timeline: 2, to: '0/300' },
      verified: { state: 'restored', at },
    },
  ]);
  expect(await loadRecoveryPoints(keyless, 'nothing')).toEqual([]);
});
