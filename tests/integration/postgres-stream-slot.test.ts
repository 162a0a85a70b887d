import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import { receiveWal } from '../../src/providers/postgres/stream/receive-wal.ts';
import { type TestWorld, testWorld } from './postgres-actions-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld({ major: 18, settings: { idle_replication_slot_timeout: '1s' } });
}, 60_000);
afterAll(async () => world?.close());

const position = async (): Promise<bigint> =>
  parseLsn((await world.sql<{ l: string }>('SELECT pg_current_wal_flush_lsn()::text AS l'))[0]?.l ?? '');

async function invalidated(slot: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    await world.sql('CHECKPOINT');
    const [found] = await world.sql<{ why: string | null; kept: string | null }>(
      'SELECT invalidation_reason AS why, restart_lsn::text AS kept FROM pg_replication_slots WHERE slot_name = $1',
      [slot],
    );
    if (found?.why === 'idle_timeout') return expect(found.kept).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server keeps the slot');
}

test('a slot that was idle for too long keeps its place and is of no use: the SQL that drops it is told, and helps', async () => {
  const component = 'database';
  const request = {
    connection: world.uri,
    repository: world.store.repository,
    component,
    clock: systemClock,
    signal: new AbortController().signal,
  };
  await receiveWal({ ...request, until: await position() });
  await invalidated('lifeboat_database');
  await world.sql('CREATE TABLE later (id int)');
  const goal = await position();
  const drop = `SELECT pg_drop_replication_slot('lifeboat_database');`;
  await expect(receiveWal({ ...request, until: goal })).rejects.toMatchObject({
    code: 'LOG_GAP',
    message: expect.stringContaining('has invalidated the slot lifeboat_database'),
    hint: expect.stringContaining(drop),
  });
  await world.sql(drop);
  expect((await receiveWal({ ...request, until: goal })).flushed).toBeGreaterThanOrEqual(goal);
}, 60_000);
