/*
 * The application: a small HTTP service that never stops writing. Its own process.
 * Environment: DATABASE_URL, LEDGER (file), PORT, RATE (commits a second).
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { LedgerWriter } from './ledger.ts';

const WRITERS = 4;
const { DATABASE_URL, LEDGER, PORT, RATE = '80' } = process.env;
if (!DATABASE_URL || !LEDGER || !PORT) throw new Error('DATABASE_URL, LEDGER and PORT must be set');

const pool = new Pool({
  connectionString: DATABASE_URL,
  application_name: 'corporate-intel-api',
  max: WRITERS + 2,
  connectionTimeoutMillis: 3000,
  statement_timeout: 30_000,
});
pool.on('error', () => undefined);
const ledger = await LedgerWriter.open(LEDGER);
const seen = { refused: 0, failed: 0 };
let companies: readonly string[] = [];
let recent: { readonly id: string; readonly company: string; readonly until: number }[] = [];
let running = true;

async function writeForever(): Promise<void> {
  for (let turn = 0; running; turn++) {
    const began = Date.now();
    await writeOnce(turn).catch(outage);
    await pause(Math.max(0, (1000 * WRITERS) / Number(RATE) - (Date.now() - began)));
  }
}

/** A company that is gone refuses its filing: that commit was never acknowledged. Anything else is an outage, so wait a little. */
async function outage(error: { code?: string }): Promise<void> {
  if (error.code === '23503') {
    seen.refused++;
    return;
  }
  seen.failed++;
  await pause(100);
}

async function writeOnce(turn: number): Promise<void> {
  if (companies.length === 0 || turn % 200 === 0) await readCompanies();
  const company = companies[Math.floor(Math.random() * companies.length)] as string;
  if (turn % 20 === 19) return reviewFiling();
  return turn % 3 === 2 ? writeMetric(company) : writeFiling(company);
}

async function readCompanies(): Promise<void> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM companies WHERE active ORDER BY id');
  companies = rows.map((row) => row.id);
  if (companies.length === 0) throw new Error('there are no companies');
}

async function writeFiling(company: string): Promise<void> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO filings (id, company_id, form, title, body, facts, source) VALUES ($1, $2, '8-K', $3, $4, $5, 'app')`,
    [id, company, `Notice ${id.slice(0, 8)}`, 'Übermittelt – "as is"', { received: true }],
  );
  ledger.note({ table: 'filings', id, at: new Date().toISOString() });
  recent = [...recent.slice(-20), { id, company, until: Date.now() + 1000 }];
}

async function writeMetric(company: string): Promise<void> {
  const id = randomUUID();
  const filing = recent.findLast((one) => one.company === company)?.id ?? null;
  await pool.query(
    `INSERT INTO metrics (id, company_id, filing_id, name, value, ratio, source) VALUES ($1, $2, $3, 'price', $4, $5, 'app')`,
    [id, company, filing, (Math.random() * 1e6).toFixed(4), Math.random()],
  );
  ledger.note({ table: 'metrics', id, at: new Date().toISOString() });
}

/** Updates only what was written a moment ago, so that nothing older changes by itself. */
async function reviewFiling(): Promise<void> {
  const filing = recent.findLast((one) => one.until > Date.now());
  if (filing) await pool.query(`UPDATE filings SET status = 'reviewed' WHERE id = $1`, [filing.id]);
}

/** Healthy means: something was written just now and was read back. */
async function health(): Promise<{ status: number; body: object }> {
  try {
    const { rows } = await pool.query<{ beat: string }>(
      `INSERT INTO heartbeats (id, beat, at) VALUES (1, 1, clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET beat = heartbeats.beat + 1, at = clock_timestamp() RETURNING beat`,
    );
    const read = await pool.query('SELECT count(*)::int AS companies FROM companies');
    return { status: 200, body: { status: 'ok', beat: Number(rows[0]?.beat), companies: read.rows[0].companies } };
  } catch (error) {
    return { status: 503, body: { status: 'down', why: (error as { code?: string }).code ?? 'unreachable' } };
  }
}

const server = createServer(async (request, response) => {
  const path = request.url ?? '/';
  const answer =
    path === '/health'
      ? await health()
      : path === '/stats'
        ? { status: 200, body: { acknowledged: ledger.count, ...seen } }
        : { status: 404, body: { status: 'unknown path' } };
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
});
server.listen(Number(PORT), '127.0.0.1', () => process.send?.('ready'));
const writers = Array.from({ length: WRITERS }, writeForever);

async function stop(): Promise<void> {
  if (!running) return;
  running = false;
  server.close();
  await Promise.all(writers);
  await ledger.close();
  process.exit(0);
}

process.on('SIGTERM', stop);
// Ctrl-C reaches the whole group; whoever started us decides when we stop.
process.on('SIGINT', () => undefined);
process.on('disconnect', stop);
