import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import type { LabPostgres } from '../postgres.ts';

/** How much data there is. */
export interface SeedSize {
  readonly companies: number;
  readonly filings: number;
  readonly metrics: number;
}

export const FULL_SEED: SeedSize = { companies: 320, filings: 10, metrics: 3 };
export const TINY_SEED: SeedSize = { companies: 40, filings: 3, metrics: 2 };

/** Passwords of the roles, made anew for each world. */
export interface Passwords {
  readonly superuser: string;
  readonly application: string;
  readonly analyst: string;
  readonly lifeboat: string;
}

export const makePassword = (): string => randomBytes(18).toString('base64url');

export const DATABASE = 'corporate_intel';

/** Makes the database, its roles and its data. */
export async function makeDatabase(server: LabPostgres, passwords: Passwords, seed: SeedSize): Promise<void> {
  await withClient(server.url('postgres', passwords.superuser), (client) =>
    client.query(`CREATE DATABASE ${DATABASE}`),
  );
  await withClient(server.url('postgres', passwords.superuser, DATABASE), async (client) => {
    await client.query(await sqlFile('schema.sql'));
    for (const [name, value] of Object.entries(seed))
      await client.query("SELECT set_config('lab.' || $1, $2, false)", [name, String(value)]);
    await client.query(await sqlFile('seed.sql'));
    await client.query('ANALYZE');
    await makeRoles(client, passwords, server.major);
  });
}

/** Opens a connection for one piece of work. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const sqlFile = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

/**
 * `lifeboat` is no superuser. REPLICATION lets it copy and stream, CREATEROLE and pg_signal_backend let it stop a role,
 * pg_read_all_data and pg_write_all_data let it read what was lost and put it back, pg_monitor shows settings and sessions.
 */
async function makeRoles(client: Client, passwords: Passwords, major: number): Promise<void> {
  // These statements hold passwords, and a server of the lab may log all statements.
  await client.query('SET log_statement = none');
  const login = (role: string, password: string, more = '') =>
    client.query(`CREATE ROLE ${role} LOGIN ${more} PASSWORD ${client.escapeLiteral(password)}`);
  await login('corporate_app', passwords.application);
  await login('analyst', passwords.analyst);
  await login('lifeboat', passwords.lifeboat, 'REPLICATION CREATEROLE');
  await client.query(`
    GRANT SELECT, INSERT, UPDATE, DELETE ON companies, filings, metrics, heartbeats TO corporate_app;
    GRANT SELECT, UPDATE, DELETE ON companies TO analyst;
    GRANT SELECT, UPDATE (status) ON filings TO analyst;
    GRANT SELECT, UPDATE (unit) ON metrics TO analyst;
    GRANT pg_monitor, pg_signal_backend, pg_read_all_data, pg_write_all_data TO lifeboat`);
  // From 16 on a role may only alter the roles that it administers.
  if (major >= 16) await client.query('GRANT analyst TO lifeboat WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
}
