import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { BINARIES, PASSWORD } from '../../integration/postgres-stream-server.ts';
import type { Command } from './contestant.ts';

export interface Serving {
  readonly into: string;
  readonly port: number;
  readonly target: string;
  /** How the server fetches log that is not in its own folder. Absent: as the tool has written into its settings. */
  readonly restoreCommand?: string;
}

/** A restored server that replays to the target and then accepts writes. */
export function serverCommand({ into, port, target, restoreCommand }: Serving): Command {
  const settings = {
    port: String(port),
    archive_mode: 'off',
    recovery_target_lsn: target,
    recovery_target_inclusive: 'off',
    recovery_target_action: 'promote',
    ...(restoreCommand === undefined ? {} : { restore_command: restoreCommand }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return { program: join(BINARIES, 'postgres'), args: ['-D', into, ...args], asServer: true, stays: true };
}

const LONGEST_MS = 10 * 60_000;

/** Resolves when a write is accepted. Throws when that takes more than ten minutes, or the rows are not those of the target. */
export async function untilItAcceptsWrites(port: number, orders: number): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    if (await accepts(port)) break;
    if (performance.now() > end) throw new Error(`nothing accepts writes on port ${port}`);
    await pause(20);
  }
  const client = await connect(port);
  const { rows } = await client.query('SELECT count(*)::int AS n FROM orders');
  await client.end();
  if (rows[0].n !== orders) throw new Error(`${rows[0].n} orders came back, and there were ${orders}`);
}

async function accepts(port: number): Promise<boolean> {
  try {
    const client = await connect(port);
    try {
      await client.query('CREATE TABLE IF NOT EXISTS bench_write (at timestamptz DEFAULT now())');
      await client.query('INSERT INTO bench_write DEFAULT VALUES');
      return true;
    } finally {
      await client.end();
    }
  } catch {
    return false; // not yet, or read only still
  }
}

async function connect(port: number): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
