import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { blockRole } from '../../src/providers/postgres/actions/block-role.ts';
import { dump } from '../../src/providers/postgres/actions/dump.ts';
import { extractRows } from '../../src/providers/postgres/actions/extract-rows.ts';
import { findDeletion } from '../../src/providers/postgres/actions/find-deletion.ts';
import { loadRows } from '../../src/providers/postgres/actions/load-rows.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { verifyRows } from '../../src/providers/postgres/actions/verify-rows.ts';
import { verifyServer } from '../../src/providers/postgres/actions/verify-server.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import { newStep, type TestWorld, testWorld } from './postgres-actions-world.ts';

const README = new URL('../../src/providers/postgres/README.md', import.meta.url);
const database = { component: 'database' };

/** The block for people to copy, as this version of the server understands it. */
async function grants(major: number): Promise<string> {
  const sql = /```sql\n(.*?)```/s.exec(await readFile(README, 'utf8'))?.[1] ?? '';
  const [always = '', from16 = ''] = sql.split(/^-- From PostgreSQL 16.*$/m);
  expect(from16).toContain('ADMIN');
  return major >= 16 ? always + from16 : always;
}

describe.each([15, 18])('the grants that the README gives, on PostgreSQL %i', (major) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await testWorld({ major });
    await world.sql(`CREATE TABLE orders (id int PRIMARY KEY, at serial); INSERT INTO orders SELECT generate_series(1, 99);
      CREATE SCHEMA closed; CREATE TABLE closed.notes (id int PRIMARY KEY REFERENCES orders ON DELETE CASCADE);
      INSERT INTO closed.notes SELECT generate_series(1, 99); CREATE ROLE analyst LOGIN`);
    await world.sql(await grants(major));
    await world.sql(`ALTER ROLE lifeboat PASSWORD 'of-lifeboat'`);
  }, 60_000);
  afterAll(async () => world?.close());

  test('are enough to back up, to block a role and to put rows back', async () => {
    const uri = Object.assign(new URL(world.uri), { username: 'lifeboat', password: 'of-lifeboat' }).href;
    const client = openPostgres({ ...world.services, secret: () => uri });
    const step = (name: string) => ({ ...newStep(name), client });
    await world.perform(baseBackup, database, step('base'));
    // pg_dump of 18 is not among the programs out of npm.
    if (major === 15) await world.perform(dump, database, step('dump'));
    await world.sql('DELETE FROM orders WHERE id <= 40');
    await world.perform(blockRole, { ...database, role: 'analyst' }, step('block'));
    const { xid, commit_lsn, rows } = await world.perform(findDeletion, database, step('find'));
    expect(rows).toBe(80);
    const { instance } = await world.perform(restoreSide, { ...database, commit_lsn }, step('side'));
    const at = { ...database, xid, commit_lsn, instance };
    const { salvage } = await world.perform(extractRows, at, step('extract'));
    expect(await world.perform(loadRows, { ...database, salvage }, step('load'))).toMatchObject({ inserted: 80 });
    expect(await world.perform(verifyRows, { ...database, salvage }, step('rows'))).toMatchObject({ equal: 80 });
    expect(await world.perform(verifyServer, database, step('server'))).toMatchObject({ tables: 2, rows: 198 });
  }, 60_000);
});
