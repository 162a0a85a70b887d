/*
 * The judge looks at the world after a recovery with plain SQL and the application's own ledger. It uses nothing of the
 * product, and believes nothing that the product says.
 */
import type { Client } from 'pg';
import { withClient } from './corporate-intel/database.ts';
import type { LedgerEntry } from './corporate-intel/ledger.ts';
import { type Deletion, type Digests, digests, type LaterWork, TABLES } from './corporate-intel/strike.ts';

export interface Claim {
  readonly claim: string;
  readonly held: boolean;
  readonly observed: string;
}

export const failedClaims = (claims: readonly Claim[]): readonly Claim[] => claims.filter((claim) => !claim.held);

/** Acknowledged commits against what is in the database. */
export interface LedgerVerdict {
  readonly acknowledged: number;
  readonly lost: readonly LedgerEntry[];
  /** From the last acknowledged commit that was kept to the last acknowledged one; 0 when none is lost. */
  readonly lossSeconds: number;
}

export function judgeLedger(superuserUrl: string, ledger: readonly LedgerEntry[]): Promise<LedgerVerdict> {
  return withClient(superuserUrl, async (client) => {
    const present = new Set([...(await idsOf(client, 'filings')), ...(await idsOf(client, 'metrics'))]);
    const lost = ledger.filter((entry) => !present.has(entry.id));
    const kept = ledger.filter((entry) => present.has(entry.id)).map((entry) => Date.parse(entry.at));
    const newest = Math.max(...ledger.map((entry) => Date.parse(entry.at)));
    const lossSeconds = lost.length === 0 ? 0 : Math.max(0, newest - kept.reduce((a, b) => Math.max(a, b), 0)) / 1000;
    return { acknowledged: ledger.length, lost, lossSeconds };
  });
}

async function idsOf(client: Client, table: 'filings' | 'metrics'): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(`SELECT id::text AS id FROM ${table} WHERE source = 'app'`);
  return rows.map((row) => row.id);
}

export interface DeletionVerdict {
  readonly claims: readonly Claim[];
  readonly rowsRestored: number;
}

/** Every deleted row is back as it was, exactly once, and nothing done later was taken back. */
export function judgeDeletion(superuserUrl: string, deletion: Deletion, later: LaterWork): Promise<DeletionVerdict> {
  return withClient(superuserUrl, async (client) => {
    await client.query('BEGIN');
    const restored = await compare(client, deletion.deleted);
    return {
      rowsRestored: restored.equal,
      claims: [
        {
          claim: 'every deleted row is back with the content it had',
          held: restored.equal === deletion.rows,
          observed: `${restored.equal} of ${deletion.rows} equal, ${restored.missing} missing, ${restored.changed} different`,
        },
        await insertedOnce(client, deletion),
        await laterWorkKept(client, later),
        ...(await judgeSound(client)),
        await mayLogIn(client, 'analyst'),
      ],
    };
  });
}

export interface ContentVerdict {
  readonly claims: readonly Claim[];
  readonly rowsBefore: number;
  readonly rowsEqual: number;
}

/** All that was there before and is never touched by the application is there again, unchanged. */
export function judgeContent(superuserUrl: string, before: Digests): Promise<ContentVerdict> {
  return withClient(superuserUrl, async (client) => {
    await client.query('BEGIN');
    const seen = await compare(client, before);
    const rowsBefore = TABLES.reduce((sum, table) => sum + before[table].size, 0);
    const same = {
      claim: 'everything that was there before is there again, unchanged',
      held: rowsBefore > 0 && seen.equal === rowsBefore,
      observed: `${seen.equal} of ${rowsBefore} rows equal, ${seen.missing} missing, ${seen.changed} different`,
    };
    return { claims: [same, ...(await judgeSound(client))], rowsBefore, rowsEqual: seen.equal };
  });
}

async function compare(
  client: Client,
  expected: Digests,
): Promise<{ equal: number; missing: number; changed: number }> {
  const result = { equal: 0, missing: 0, changed: 0 };
  for (const table of TABLES) {
    const now = await digests(client, table, 'true');
    for (const [id, digest] of expected[table]) {
      const found = now.get(id);
      result[found === undefined ? 'missing' : found === digest ? 'equal' : 'changed']++;
    }
  }
  return result;
}

/** The audit trigger writes one line for each insert, so a row that was put back twice would show. */
async function insertedOnce(client: Client, deletion: Deletion): Promise<Claim> {
  let rows = 0;
  let doubled = 0;
  for (const table of TABLES) {
    const found = await client.query<{ rows: number; doubled: number }>(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE inserts <> 1)::int AS doubled FROM (
         SELECT count(*) AS inserts FROM audit_log
         WHERE table_name = $1 AND action = 'INSERT' AND "timestamp" >= $2 AND row_data ->> 'id' = ANY ($3)
         GROUP BY row_data ->> 'id') AS restored`,
      [table, deletion.startedAt, [...deletion.deleted[table].keys()]],
    );
    rows += found.rows[0]?.rows ?? 0;
    doubled += found.rows[0]?.doubled ?? 0;
  }
  return {
    claim: 'each row was inserted exactly once',
    held: rows === deletion.rows && doubled === 0,
    observed: `${rows} rows inserted, ${doubled} of them more than once`,
  };
}

async function laterWorkKept(client: Client, later: LaterWork): Promise<Claim> {
  const { rows } = await client.query<{ corrected: number; removed: number }>(
    `SELECT (SELECT count(*) FROM filings WHERE id = ANY ($1) AND status = 'corrected')::int AS corrected,
            (SELECT count(*) FROM metrics WHERE id = ANY ($2))::int AS removed`,
    [later.corrected, later.removed],
  );
  return {
    claim: 'what was changed and removed on purpose later stays so',
    held: rows[0]?.corrected === later.corrected.length && rows[0]?.removed === 0,
    observed: `${rows[0]?.corrected} of ${later.corrected.length} corrections kept, ${rows[0]?.removed} removed rows came back`,
  };
}

/** Foreign keys hold by looking, not by trusting that they were checked; generated columns and sequences are right. */
async function judgeSound(client: Client): Promise<readonly Claim[]> {
  const { rows } = await client.query<{ orphans: number; wrong: number; behind: boolean }>(`
    SELECT (SELECT count(*) FROM filings f WHERE NOT EXISTS (SELECT FROM companies c WHERE c.id = f.company_id))::int
         + (SELECT count(*) FROM metrics m WHERE NOT EXISTS (SELECT FROM companies c WHERE c.id = m.company_id))::int
         + (SELECT count(*) FROM metrics m WHERE filing_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM filings f WHERE f.id = m.filing_id))::int AS orphans,
           (SELECT count(*) FROM companies WHERE search_name IS DISTINCT FROM lower(name))::int AS wrong,
           (SELECT max(id) FROM companies) > (SELECT last_value FROM companies_id_seq) AS behind`);
  const seen = rows[0];
  return [
    {
      claim: 'no row points at one that is not there',
      held: seen?.orphans === 0,
      observed: `${seen?.orphans} rows without parent`,
    },
    {
      claim: 'generated columns and sequences are right',
      held: seen?.wrong === 0 && seen.behind === false,
      observed: `${seen?.wrong} wrong values, sequence ${seen?.behind ? 'behind' : 'ahead'}`,
    },
  ];
}

async function mayLogIn(client: Client, role: string): Promise<Claim> {
  const { rows } = await client.query<{ login: boolean }>(
    'SELECT rolcanlogin AS login FROM pg_roles WHERE rolname = $1',
    [role],
  );
  return {
    claim: `${role} may log in again`,
    held: rows[0]?.login === true,
    observed: rows[0]?.login ? 'may log in' : 'blocked',
  };
}
