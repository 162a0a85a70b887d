import { seconds } from '../../src/lib/duration.ts';
import { pointsWorld } from '../integration/postgres-points-world.ts';

/**
 * Names the destructive transaction among many, from the encrypted repository and with the database down.
 * `node tests/bench/points-find.ts [TRANSACTIONS]`
 */
const transactions = Number(process.argv[2] ?? 100_000);
const all = await pointsWorld({ max_wal_size: '8GB', wal_keep_size: '8GB' });
const load = (count: number) =>
  all.server.sql(`DO $$ BEGIN FOR i IN 1..${count} LOOP
    UPDATE accounts SET balance = balance + i WHERE id = 1 + (i * 7919) % 100000;
    INSERT INTO history (body) VALUES (md5(i::text));
    COMMIT; END LOOP; END $$`);
try {
  const { sql } = all.server;
  await sql('CREATE TABLE accounts (id int PRIMARY KEY, balance bigint, filler text)');
  await sql("INSERT INTO accounts SELECT g, 0, repeat('x', 80) FROM generate_series(1, 100000) g");
  await sql('CREATE TABLE history (id bigserial PRIMARY KEY, body text)');
  await sql('CREATE TABLE companies AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, 500) g');
  await sql('CREATE TABLE prices AS SELECT * FROM companies');
  await sql('CREATE TABLE sessions AS SELECT * FROM companies');
  await sql('CREATE TABLE invoices AS SELECT * FROM companies');
  await sql('CREATE DATABASE reports');
  await sql('ANALYZE');
  await all.backup('bench');
  const acts = [
    'DELETE FROM companies',
    "UPDATE prices SET name = ''",
    'TRUNCATE sessions',
    'DROP TABLE invoices',
    'DROP DATABASE reports',
  ];
  for (const act of acts) {
    await load(transactions / acts.length);
    await sql(act);
  }
  await all.archive();
  await all.server.stop('SIGKILL');
  for (let round = 1; round <= 3; round++) {
    const [begun, cpu] = [performance.now(), process.cpuUsage()];
    const { found, bytes, transactions: read } = await all.find();
    const took = performance.now() - begun;
    const used = process.cpuUsage(cpu);
    const named = found.filter(({ suspicious }) => suspicious);
    if (named.length !== acts.length) throw new Error(`named ${named.length} transactions: ${JSON.stringify(named)}`);
    const rate = (ms: number) => `${Math.round(bytes / 1e3 / ms)} MB/s`;
    const memory = Math.round(process.memoryUsage().rss / 1e6);
    console.log(
      `${named.length} of ${read} transactions named in ${(took / seconds(1)).toFixed(2)} s: ${rate(took)}, ${rate((used.user + used.system) / 1e3)} of CPU, ${memory} MB of memory`,
    );
  }
} finally {
  await all.remove();
}
