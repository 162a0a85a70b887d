import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApplication } from '../../lab/corporate-intel/application.ts';
import {
  DATABASE,
  makeDatabase,
  makePassword,
  type Passwords,
  TINY_SEED,
  withClient,
} from '../../lab/corporate-intel/database.ts';
import { readLedger } from '../../lab/corporate-intel/ledger.ts';
import { doLaterWork, seedDigests, strikeDeletion, TABLES } from '../../lab/corporate-intel/strike.ts';
import { failedClaims, judgeContent, judgeDeletion, judgeLedger } from '../../lab/judge.ts';
import { type LabPostgres, startPostgres } from '../../lab/postgres.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../../lab/world-folder.ts';

/*
 * The judge must be able to say no. The damage is real; "recovered" here means put back from a copy made beforehand,
 * and then spoiled in one way at a time.
 */
let folder: WorldFolder;
let server: LabPostgres;
const passwords: Passwords = {
  superuser: makePassword(),
  application: makePassword(),
  analyst: makePassword(),
  lifeboat: makePassword(),
};
const superuser = () => server.url('postgres', passwords.superuser, DATABASE);
const sql = (text: string) => withClient(superuser(), (client) => client.query(text));

beforeAll(async () => {
  folder = await makeWorldFolder();
  server = await startPostgres({
    folder,
    port: await freePort(),
    password: passwords.superuser,
    settings: ['fsync = off'],
  });
  await makeDatabase(server, passwords, TINY_SEED);
}, 60_000);

afterAll(() => folder?.close(), 30_000);

const putBack = TABLES.map((table) => {
  const columns = {
    companies: 'id, name, ticker, sector, country, founded, valuation, profile, logo, active, created_at',
  };
  const list = table === 'companies' ? columns.companies : '*';
  return `INSERT INTO ${table} ${table === 'companies' ? `(${list})` : ''} OVERRIDING SYSTEM VALUE SELECT ${list} FROM copy.${table} ON CONFLICT DO NOTHING;`;
}).join('\n');

describe('the judge of a deletion', () => {
  const spoilers: readonly (readonly [string, string, RegExp])[] = [
    ['a metric is missing', `DELETE FROM metrics WHERE id = (SELECT id FROM gone.metrics LIMIT 1)`, /content it had/],
    [
      'a value differs',
      `UPDATE filings SET title = title || ' ' WHERE id = (SELECT id FROM gone.filings WHERE title <> '' LIMIT 1)`,
      /content it had/,
    ],
    [
      'a row was put back twice',
      `DELETE FROM metrics WHERE id = (SELECT min(id::text)::uuid FROM gone.metrics); INSERT INTO metrics SELECT * FROM copy.metrics ON CONFLICT DO NOTHING`,
      /exactly once/,
    ],
    [
      'a later correction was taken back',
      `UPDATE filings SET status = 'received' WHERE id = (SELECT id FROM filings WHERE status = 'corrected' LIMIT 1)`,
      /on purpose/,
    ],
    ['the actor stays blocked', 'ALTER ROLE analyst NOLOGIN', /log in again/],
    [
      'an orphan is left',
      `SET session_replication_role = replica; DELETE FROM companies WHERE id = (SELECT min(id) FROM companies)`,
      /not there/,
    ],
  ];

  test.each(spoilers)('says no when %s', async (_what, spoil, claim) => {
    await sql(
      'DROP SCHEMA IF EXISTS copy, gone CASCADE; CREATE SCHEMA copy; CREATE SCHEMA gone; ALTER ROLE analyst LOGIN',
    );
    for (const table of TABLES) await sql(`CREATE TABLE copy.${table} AS SELECT * FROM ${table}`);
    const deletion = await strikeDeletion(server.url('analyst', passwords.analyst, DATABASE));
    await deletion.closeSession();
    for (const table of TABLES)
      await sql(`CREATE TABLE gone.${table} AS SELECT * FROM copy.${table} WHERE id NOT IN (SELECT id FROM ${table})`);
    const later = await doLaterWork(server.url('corporate_app', passwords.application, DATABASE));
    const before = await judgeDeletion(superuser(), deletion, later);
    expect(before.rowsRestored).toBe(0);
    await sql(putBack.replaceAll('copy.', 'gone.'));
    const recovered = await judgeDeletion(superuser(), deletion, later);
    expect(failedClaims(recovered.claims)).toEqual([]);
    expect(recovered.rowsRestored).toBe(deletion.rows);
    await sql(spoil);
    const spoiled = await judgeDeletion(superuser(), deletion, later);
    expect(failedClaims(spoiled.claims).map(({ claim }) => claim)).toContainEqual(expect.stringMatching(claim));
    await sql(`SET session_replication_role = replica; ${putBack}`);
  });
});

test('the judge of content says no when anything old differs', async () => {
  const before = await seedDigests(superuser());
  expect(failedClaims((await judgeContent(superuser(), before)).claims)).toEqual([]);
  await sql(
    `UPDATE companies SET valuation = valuation + 0.000001 WHERE id = (SELECT max(id) FROM companies WHERE valuation IS NOT NULL)`,
  );
  expect(failedClaims((await judgeContent(superuser(), before)).claims)).toHaveLength(1);
});

test('every line of the ledger is a commit, and a commit that is gone is counted', async () => {
  const ledger = `${folder.path}/ledger.ndjson`;
  const databaseUrl = server.url('corporate_app', passwords.application, DATABASE);
  const application = await startApplication({ folder, databaseUrl, port: await freePort(), ledger, rate: 200 });
  await application.moreCommits(50);
  expect(await application.isHealthy()).toBe(true);
  await application.stop();
  const entries = await readLedger(ledger);
  const { rows } = await sql(
    `SELECT (SELECT count(*) FROM filings WHERE source = 'app')::int + (SELECT count(*) FROM metrics WHERE source = 'app')::int AS rows`,
  );
  expect(entries).toHaveLength(rows[0].rows);
  expect(await judgeLedger(superuser(), entries)).toMatchObject({ lost: [], lossSeconds: 0 });
  const invented = { table: 'metrics' as const, id: randomUUID(), at: new Date(Date.now() + 5000).toISOString() };
  const verdict = await judgeLedger(superuser(), [...entries, invented]);
  expect(verdict.lost).toEqual([invented]);
  expect(verdict.lossSeconds).toBeGreaterThan(4);
});
