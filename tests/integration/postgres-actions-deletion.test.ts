import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { blockRole } from '../../src/providers/postgres/actions/block-role.ts';
import { discardSide } from '../../src/providers/postgres/actions/discard-side.ts';
import { extractRows } from '../../src/providers/postgres/actions/extract-rows.ts';
import { findDeletion } from '../../src/providers/postgres/actions/find-deletion.ts';
import { loadRows } from '../../src/providers/postgres/actions/load-rows.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { unblockRole } from '../../src/providers/postgres/actions/unblock-role.ts';
import { verifyRows } from '../../src/providers/postgres/actions/verify-rows.ts';
import { newStep, type TestWorld, testWorld } from './postgres-actions-world.ts';

const SCHEMA = `
  CREATE TABLE companies (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, note text, revenue numeric(20,4),
    rate double precision, data jsonb, raw bytea, at timestamptz DEFAULT clock_timestamp(), span interval, tags text[],
    upper_name text GENERATED ALWAYS AS (upper(name)) STORED, parent int REFERENCES companies);
  CREATE TABLE filings (id bigserial PRIMARY KEY, company int NOT NULL REFERENCES companies ON DELETE CASCADE, body text);
  CREATE TABLE metrics (filing bigint NOT NULL REFERENCES filings ON DELETE CASCADE, name text, value numeric,
    PRIMARY KEY (filing, name));
  CREATE TABLE "Odd ""Name" (company int REFERENCES companies ON DELETE CASCADE, "Mixed Case" text);
  CREATE TABLE audit_log (id bigserial PRIMARY KEY, table_name text, action text, row_data jsonb);
  CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit_log (table_name, action, row_data) VALUES (TG_TABLE_NAME, TG_OP, to_jsonb(coalesce(NEW, OLD)));
    RETURN NULL; END $$;
  CREATE TRIGGER audit AFTER INSERT OR DELETE ON companies FOR EACH ROW EXECUTE FUNCTION audit();
  INSERT INTO companies (name, note, revenue, rate, data, raw, span, tags, parent)
    SELECT 'company ' || i, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN E'tab\\there\\nline "quoted" \\\\N' ELSE 'Ünïcödé ☃ ' || i END,
      i * 1234.5678, 1 / i::float8, jsonb_build_object('i', i, 'deep', jsonb_build_array(null, true, 1.50)),
      decode(md5(i::text), 'hex'), make_interval(days => i), ARRAY['a,b', NULL, '{' || i || '}'],
      CASE WHEN i > 10 AND i % 3 = 0 THEN i - 1 END
    FROM generate_series(1, 200) i;
  INSERT INTO filings (company, body) SELECT c, repeat(md5(random()::text), 200) FROM generate_series(1, 200) c, generate_series(1, 5);
  INSERT INTO metrics SELECT f, n, random() FROM generate_series(1, 1000) f, unnest(ARRAY['a', 'b']) n;
  INSERT INTO "Odd ""Name" SELECT c, 'same' FROM generate_series(1, 200) c, generate_series(1, 2);
  CREATE ROLE analyst LOGIN PASSWORD 'x'; CREATE ROLE corporate_app LOGIN;
  GRANT ALL ON ALL TABLES IN SCHEMA public TO analyst;`;

const DIGEST = `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM`;

describe('rows that somebody deleted', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await testWorld({ major: 15, database: { application_roles: ['corporate_app'] } });
    await world.sql(SCHEMA);
  });
  afterAll(async () => world?.close());

  test('come back exactly, and what was written since stays', async () => {
    await world.perform(baseBackup, { component: 'database' });
    const before = await digests(world);
    await world.sql(`INSERT INTO filings (company, body) VALUES (1, 'before')`);
    const [counts] = await world.sql<{ companies: number; filings: number; metrics: number; odd: number }>(
      `SELECT (SELECT count(*)::int FROM companies WHERE id BETWEEN 20 AND 60) AS companies,
        (SELECT count(*)::int FROM filings WHERE company BETWEEN 20 AND 60) AS filings,
        (SELECT count(*)::int FROM metrics m JOIN filings f ON f.id = m.filing WHERE company BETWEEN 20 AND 60) AS metrics,
        (SELECT count(*)::int FROM "Odd ""Name" WHERE company BETWEEN 20 AND 60) AS odd`,
    );
    await world.sql(
      `BEGIN; UPDATE companies SET parent = NULL WHERE parent BETWEEN 20 AND 60 AND id NOT BETWEEN 20 AND 60;
       DELETE FROM companies WHERE id BETWEEN 20 AND 60; COMMIT`,
    );
    await world.sql(`DELETE FROM filings WHERE id = 3`);
    await world.sql(`INSERT INTO companies (name) VALUES ('new one')`);
    const deleted = await world.perform(findDeletion, { component: 'database' });
    const all = (counts?.companies ?? 0) + (counts?.filings ?? 0) + (counts?.metrics ?? 0) + (counts?.odd ?? 0);
    expect(deleted.rows).toBe(all);
    expect(Object.fromEntries(deleted.tables.map(({ table, rows }) => [table, rows]))).toEqual({
      'public.companies': counts?.companies,
      'public.filings': counts?.filings,
      'public.metrics': counts?.metrics,
      'public.Odd "Name': counts?.odd,
    });
    expect(deleted.candidates.map(({ rows }) => rows)).toEqual([3]);

    const side = await world.perform(restoreSide, {
      component: 'database',
      before_xid: deleted.xid,
      commit_lsn: deleted.commit_lsn,
    });
    const found = { component: 'database', xid: deleted.xid, commit_lsn: deleted.commit_lsn };
    const extracted = await world.perform(extractRows, { ...found, instance: side.instance });
    expect(extracted.rows).toBe(all);

    const loading = newStep('load');
    const loaded = await world.perform(loadRows, { component: 'database', salvage: extracted.salvage }, loading);
    expect(loaded).toMatchObject({ inserted: all, already_there: 0, conflicting: 0 });
    const again = await world.perform(loadRows, { component: 'database', salvage: extracted.salvage }, loading);
    expect(again).toEqual(loaded);
    const other = await world.perform(loadRows, { component: 'database', salvage: extracted.salvage });
    expect(other).toMatchObject({ inserted: 0, already_there: all });

    const verified = await world.perform(verifyRows, { component: 'database', salvage: extracted.salvage });
    expect(verified).toMatchObject({ rows: all, equal: all, missing: 0, changed_since: 0, orphans: 0 });
    const [audit] = await world.sql(
      `SELECT count(*)::int AS inserts FROM audit_log WHERE action = 'INSERT' AND (row_data->>'id')::int BETWEEN 20 AND 60`,
    );
    // Once when the test made them: rows that are put back set off no trigger.
    expect(audit?.inserts).toBe(41);

    await world.sql(`DELETE FROM companies WHERE name = 'new one'; DELETE FROM filings WHERE body = 'before'`);
    const after = await digests(world);
    expect(after.odd).toBe(before.odd);
    await world.perform(discardSide, { component: 'database', instance: side.instance });
    expect(await world.client.side(side.instance)).toBeUndefined();
  });
});

async function digests(world: TestWorld): Promise<Record<string, string>> {
  const [companies] = await world.sql(`${DIGEST} (SELECT * FROM companies WHERE parent IS NULL) t`);
  const [odd] = await world.sql(`${DIGEST} "Odd ""Name" t`);
  return { companies: companies?.digest, odd: odd?.digest };
}

void [blockRole, unblockRole];
