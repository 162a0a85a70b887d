import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { KnownError } from '../../src/model/errors.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import type { BackupManifest } from '../../src/model/repository.ts';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { compareLedger } from '../../src/providers/postgres/actions/compare-ledger.ts';
import { confirmLost } from '../../src/providers/postgres/actions/confirm-lost.ts';
import { dump } from '../../src/providers/postgres/actions/dump.ts';
import { openServer } from '../../src/providers/postgres/actions/open-server.ts';
import { restoreServer } from '../../src/providers/postgres/actions/restore-server.ts';
import { verifyServer } from '../../src/providers/postgres/actions/verify-server.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import { serverStatus } from '../../src/providers/postgres/instance/server.ts';
import { archiveUpTo } from '../../src/providers/postgres/stream/archive.ts';
import { contextOf, newStep, type TestWorld, testWorld } from './postgres-actions-world.ts';

const database = { component: 'database' };

describe('a server that is gone', () => {
  let world: TestWorld;
  let ledger: string;
  beforeAll(async () => {
    world = await testWorld({
      major: 15,
      database: {
        verification: [
          {
            name: 'there are orders',
            sql: 'SELECT count(*) AS orders, sum(amount) AS amount FROM orders',
            expect: 'orders > 0 && amount > 0',
          },
        ],
      },
      service: { ledger: '/nowhere' },
    });
    ledger = join(world.root, 'ledger.ndjson');
    (world.services.plan.components.api as { ledger?: string }).ledger = ledger;
    await world.sql('CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric); CREATE ROLE app LOGIN');
  });
  afterAll(async () => world?.close());

  /** Commits an order and notes it as acknowledged, as the application does. */
  async function order(id: number): Promise<void> {
    await world.sql('INSERT INTO orders VALUES ($1, 1.50)', [id]);
    await appendFile(ledger, `${JSON.stringify({ table: 'orders', id, at: new Date().toISOString() })}\n`);
  }

  const stored = async () => {
    const [at] = await world.sql<{ position: string }>('SELECT pg_current_wal_flush_lsn()::text AS position');
    await archiveUpTo({
      connection: world.uri,
      repository: world.store.repository,
      ...database,
      clock: systemClock,
      signal: new AbortController().signal,
      position: parseLsn(at?.position ?? ''),
      timeout: 60_000,
    });
  };

  test('is not called lost while it lives', async () => {
    await expect(world.perform(confirmLost, database)).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });
  });

  test('comes back to the last stored commit, closed until it is opened, its loss counted', async () => {
    await order(1);
    await world.perform(baseBackup, database);
    const dumped = await world.perform(dump, database);
    expect(dumped.bytes).toBeGreaterThan(0);
    for (let id = 2; id <= 20; id++) await order(id);
    await stored();
    for (let id = 21; id <= 25; id++) await order(id); // nobody stored these
    await appendFile(ledger, '{"table":"orders","id":2'); // the application was cut off while it wrote
    await world.destroy();

    const lost = await world.perform(confirmLost, database);
    expect(lost).toEqual({ answers: false, data_folder: 'missing' });

    const blocker = createServer().listen(world.port, '127.0.0.1');
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    expect(await readdir(world.root)).not.toContain('data');
    await new Promise((done) => blocker.close(done));

    const restoring = newStep('restore');
    const restored = await world.perform(restoreServer, database, restoring);
    expect(restored).toMatchObject({ data_folder: world.dataFolder, timeline: 2 });
    expect(restored.last_commit_at).not.toBeNull();
    expect(await world.perform(restoreServer, database, restoring)).toEqual(restored);
    await expect(world.sql('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });

    const verified = await world.perform(verifyServer, database);
    expect(verified).toMatchObject({ tables: 1, rows: 20 });
    expect(verified.checks.map(({ held }) => held)).toEqual([true, true, true]);

    const loss = await world.perform(compareLedger, { ...database, service: 'api' });
    expect(loss).toMatchObject({ acknowledged: 25, found: 20, lost: 5 });
    expect(loss.lost_ids).toEqual(['orders/21', 'orders/22', 'orders/23', 'orders/24', 'orders/25']);
    expect(loss.loss_seconds).toBeGreaterThan(0);

    const opening = newStep('open');
    expect(await world.perform(openServer, database, opening)).toEqual({ address: '127.0.0.1', port: world.port });
    const { pid } = (await serverStatus(world.dataFolder)) as { pid: number };
    await world.perform(openServer, database, opening);
    expect(await serverStatus(world.dataFolder)).toMatchObject({ pid });
    await order(26);
    const taken = await world.perform(baseBackup, database);
    expect(taken.backup).toMatch(/^base-/);

    const ctx = contextOf(world.client, opening);
    if (typeof openServer.undo === 'function') await openServer.undo(ctx, database, { address: '', port: 0 });
    await expect(world.sql('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await world.perform(openServer, database, opening);
    expect(await world.sql('SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 21 }]);
  });

  test('is not restored over what somebody else has put there', async () => {
    await world.destroy();
    await mkdir(world.dataFolder);
    await writeFile(join(world.dataFolder, 'precious'), 'yes');
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await readdir(world.dataFolder)).toEqual(['precious']);
    await rm(world.dataFolder, { recursive: true });
  });

  /** A repository whose base backup is damaged somewhere. */
  const damagedAfter = (pieces: number) =>
    async function* (manifest: BackupManifest, part: string): AsyncGenerator<Buffer> {
      let given = 0;
      for await (const bytes of world.store.repository.read(manifest, part))
        for (let at = 0; at < bytes.length; at += 100_000) {
          if (part === 'base.tar' && ++given > pieces)
            throw new KnownError('OBJECT_DAMAGED', `object ${given} is damaged`, 'Take another.');
          yield bytes.subarray(at, at + 100_000);
        }
    };

  test('comes back to a moment and to a position', async () => {
    const target = { ...database, to: new Date().toISOString() };
    await expect(world.perform(restoreServer, { ...database, to: '1999-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'POINT_NOT_FOUND',
    });
    await expect(world.perform(restoreServer, target)).rejects.toMatchObject({ code: 'POINT_NOT_FOUND' });
    const damaged = { ...world.store.repository, read: damagedAfter(20) };
    const client = openPostgres({ ...world.services, repository: damaged });
    await expect(world.perform(restoreServer, database, { ...newStep(), client })).rejects.toThrow('object 21');
    expect(await readdir(world.dataFolder)).toEqual([]);
    const points = await world.services.catalog.points('database');
    const span = points.find(({ log }) => log !== undefined && log.from !== log.to);
    const restored = await world.perform(restoreServer, { ...database, to: span?.log?.to });
    expect(parseLsn(restored.reached_lsn)).toBeLessThanOrEqual(parseLsn(span?.log?.to ?? ''));
  });
});
