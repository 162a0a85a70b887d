import type { Client } from 'pg';
import { Client as PgClient } from 'pg';
import { withClient } from './database.ts';

export const TABLES = ['companies', 'filings', 'metrics'] as const;
export type Table = (typeof TABLES)[number];

/** Content of rows as one short text each, by primary key. */
export type Digests = Readonly<Record<Table, ReadonlyMap<string, string>>>;

/** What the accidental deletion really did, counted by SQL in its own transaction. */
export interface Deletion {
  readonly xid: number;
  /** Just before and just after the commit, by our clock. */
  readonly startedAt: string;
  readonly committedAt: string;
  readonly rows: number;
  readonly deleted: Digests;
  /** The analyst's session is left open, as people do. True once the server has ended it. */
  sessionEnded(): boolean;
  closeSession(): Promise<void>;
}

/**
 * The analyst deletes every company of one sector, and filings and metrics go with them.
 * The rows are locked before they are counted, so nobody can add one between the count and the delete.
 */
export async function strikeDeletion(analystUrl: string): Promise<Deletion> {
  const session = new PgClient({ connectionString: analystUrl, application_name: 'query tool' });
  let ended = false;
  session.on('error', () => undefined);
  session.on('end', () => {
    ended = true;
  });
  await session.connect();
  await session.query('BEGIN');
  await session.query(`SELECT FROM companies WHERE sector = 'Shipping' ORDER BY id FOR UPDATE`);
  const doomed = `SELECT id FROM companies WHERE sector = 'Shipping'`;
  await session.query(`SELECT FROM filings WHERE company_id IN (${doomed}) ORDER BY id FOR UPDATE`);
  await session.query(`SELECT FROM metrics WHERE company_id IN (${doomed}) ORDER BY id FOR UPDATE`);
  const deleted = {
    companies: await digests(session, 'companies', `sector = 'Shipping'`),
    filings: await digests(session, 'filings', `company_id IN (${doomed})`),
    metrics: await digests(session, 'metrics', `company_id IN (${doomed})`),
  };
  const { rows } = await session.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  await session.query(`DELETE FROM companies WHERE sector = 'Shipping'`);
  const startedAt = new Date().toISOString();
  await session.query('COMMIT');
  const total = TABLES.reduce((sum, table) => sum + deleted[table].size, 0);
  return {
    xid: Number(rows[0]?.xid),
    startedAt,
    committedAt: new Date().toISOString(),
    rows: total,
    deleted,
    sessionEnded: () => ended,
    closeSession: () => session.end().catch(() => undefined),
  };
}

/** Harmless work done after the strike, which a recovery must not take back. */
export interface LaterWork {
  readonly corrected: readonly string[];
  readonly removed: readonly string[];
}

/** The application corrects some old filings and removes some old metrics of companies that are still there. */
export function doLaterWork(applicationUrl: string): Promise<LaterWork> {
  return withClient(applicationUrl, async (client) => {
    const corrected = await client.query<{ id: string }>(
      `UPDATE filings SET status = 'corrected' WHERE id IN (SELECT id FROM filings WHERE source = 'seed' ORDER BY id LIMIT 20) RETURNING id`,
    );
    const removed = await client.query<{ id: string }>(
      `DELETE FROM metrics WHERE id IN (SELECT id FROM metrics WHERE source = 'seed' ORDER BY id LIMIT 3) RETURNING id`,
    );
    return { corrected: corrected.rows.map((row) => row.id), removed: removed.rows.map((row) => row.id) };
  });
}

/** Content of every row that fits the condition, all columns, as PostgreSQL writes them in one fixed manner. */
export async function digests(client: Client, table: Table, condition: string): Promise<ReadonlyMap<string, string>> {
  await client.query(`SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3`);
  const { rows } = await client.query<{ id: string; digest: string }>(
    `SELECT id::text AS id, md5(t::text) AS digest FROM ${table} AS t WHERE ${condition}`,
  );
  return new Map(rows.map((row) => [row.id, row.digest]));
}

/** Content of everything that the application does not touch by itself. */
export function seedDigests(superuserUrl: string): Promise<Digests> {
  return withClient(superuserUrl, async (client) => {
    await client.query('BEGIN');
    return {
      companies: await digests(client, 'companies', 'true'),
      filings: await digests(client, 'filings', `source = 'seed'`),
      metrics: await digests(client, 'metrics', `source = 'seed'`),
    };
  });
}
