import { afterAll, beforeAll, expect, test } from 'vitest';
import { readGauge } from '../../src/providers/postgres/gauge.ts';
import { logSource } from '../../src/providers/postgres/wal/source.ts';
import { scanTransactions } from '../../src/providers/postgres/wal/transactions.ts';
import { type PointsWorld, pointsWorld } from './postgres-points-world.ts';

let all: PointsWorld;
const { signal } = new AbortController();
const gauge = () => readGauge(all.world, 'database', signal);

beforeAll(async () => {
  all = await pointsWorld({ wal_keep_size: '1GB' });
  await all.server.sql('CREATE TABLE orders (id bigserial PRIMARY KEY, body text)');
}, 60_000);
afterAll(() => all.remove());

interface Acknowledged {
  readonly xid: number;
  readonly at: number;
}

/** Writers that note what the server has acknowledged, until it dies. */
function writers(count: number): { readonly acknowledged: Acknowledged[]; over: Promise<unknown> } {
  const acknowledged: Acknowledged[] = [];
  const one = async (): Promise<void> => {
    const client = await all.server.client();
    try {
      for (;;) {
        const { rows } = await client.query(
          "INSERT INTO orders (body) VALUES ('x') RETURNING pg_current_xact_id()::text AS x",
        );
        acknowledged.push({ xid: Number(rows[0].x), at: Date.now() });
      }
    } catch {
      await client.end().catch(() => undefined); // the server was killed
    }
  };
  return { acknowledged, over: Promise.all(Array.from({ length: count }, one)) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function stored(): Promise<ReadonlySet<number>> {
  const logs = await all.store.repository.logs('database');
  const found = await scanTransactions(logSource(all.store.repository, logs));
  return new Set(found.map(({ xid }) => xid));
}

test('without a backup nobody can tell, and with one and no load nothing is lost', async () => {
  expect(await gauge()).not.toHaveProperty('lost');
  await all.backup('first');
  await all.archive();
  expect((await gauge()).lost).toEqual({ seconds: 0, transactions: 0, more: false });
}, 60_000);

test.each([1, 2, 3])(
  'killed under load, time %i: never less than what is really lost',
  async () => {
    const { acknowledged, over } = writers(3);
    await until(() => acknowledged.length > 100);
    await all.archive();
    await until(() => acknowledged.length > 300);
    const before = [...acknowledged];
    const { lost, at } = await gauge();
    const after = acknowledged.length;
    await all.server.stop('SIGKILL');
    await over;
    const safe = await stored();
    const gone = before.filter(({ xid }) => !safe.has(xid));
    expect(gone.length).toBeGreaterThan(0);
    expect(lost?.transactions).toBeGreaterThanOrEqual(gone.length);
    expect((lost?.seconds ?? 0) * 1000).toBeGreaterThanOrEqual(Date.parse(at) - Math.min(...gone.map((one) => one.at)));
    // It is no guess either: what it counts had been acknowledged, or was about to be.
    expect(lost?.transactions).toBeLessThanOrEqual(after - before.length + gone.length + 3);
    await all.server.start();
  },
  60_000,
);
