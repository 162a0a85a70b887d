import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scanTransactions } from '../../src/providers/postgres/wal/transactions.ts';
import { BINARIES, startServer } from '../integration/postgres-stream-server.ts';
import { segments } from '../integration/postgres-wal-oracle.ts';

/** Finds the transaction that deleted, side by side with pg_waldump over the same segments. `node tests/bench/wal-scan.ts [MB]` */
const run = promisify(execFile);
const megabytes = Number(process.argv[2] ?? 400);
const server = await startServer({ wal_keep_size: '4GB', max_wal_size: '4GB' });
try {
  await fill();
  const from = '0/2000000';
  const names = readdirSync(join(server.data, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  for (const name of names) readFileSync(join(server.data, 'pg_wal', name)); // both read from the cache
  const [{ l: to } = { l: '' }] = await server.sql('SELECT pg_current_wal_flush_lsn()::text AS l');
  for (let round = 1; round <= 3; round++) {
    const [ours, bytes] = await timed(scan(from));
    const [theirs] = await timed(dump(from, to));
    const rate = (ms: number) => `${Math.round(bytes / 1000 / ms)} MB/s`;
    console.log(
      `${Math.round(bytes / 1e6)} MB: ours ${rate(ours)}, pg_waldump ${rate(theirs)}, ratio ${(ours / theirs).toFixed(2)}`,
    );
  }
} finally {
  await server.remove();
}

async function fill(): Promise<void> {
  await server.sql('CREATE TABLE t (id bigserial PRIMARY KEY, k int, body text)');
  await server.sql('CREATE TABLE orders AS SELECT g AS id, md5(g::text) AS body FROM generate_series(1, 200000) g');
  const clients = await Promise.all([server.client(), server.client()]);
  let on = true;
  const small = clients.map(async (client) => {
    while (on) {
      await client.query("INSERT INTO t (k, body) VALUES (1, md5('x'))");
      await client.query('UPDATE t SET k = k + 1 WHERE id = (SELECT max(id) FROM t)');
    }
    await client.end();
  });
  for (;;) {
    await server.sql('INSERT INTO t (k, body) SELECT g, md5(g::text) FROM generate_series(1, 100000) g');
    const [row] = await server.sql("SELECT (pg_current_wal_lsn() - '0/2000000') / 1e6 AS mb");
    if (Number(row?.mb) > megabytes) break;
  }
  await server.sql('DELETE FROM orders');
  on = false;
  await Promise.all(small);
}

async function scan(from: string): Promise<number> {
  let bytes = 0;
  async function* source() {
    for (const stretch of await segments(server, from)) {
      bytes += stretch.bytes.length;
      yield stretch;
    }
  }
  const found = await scanTransactions(source(), { onlyDestructive: true });
  const worst = found.flatMap((t) => t.relations).reduce((most, r) => Math.max(most, r.deleted), 0);
  if (worst !== 200_000) throw new Error(`found ${worst} rows`);
  return bytes;
}

/** The usual way: all records through awk, counted by transaction. */
async function dump(from: string, to: string): Promise<number> {
  const script = `"${join(BINARIES, 'pg_waldump')}" -p "${join(server.data, 'pg_wal')}" -s ${from} -e ${to} |
    awk '/desc: DELETE/ { n[$8]++ } END { for (x in n) if (n[x] > m) m = n[x]; print m }'`;
  const { stdout } = await run('sh', ['-c', script]);
  if (Number(stdout) !== 200_000) throw new Error(`pg_waldump: ${stdout}`);
  return 0;
}

async function timed(work: Promise<number>): Promise<[number, number]> {
  const begun = performance.now();
  const result = await work;
  return [performance.now() - begun, result];
}
