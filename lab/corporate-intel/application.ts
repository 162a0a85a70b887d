import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorldFolder } from '../world-folder.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';

/** The running application, seen from outside. */
export interface Application {
  readonly healthUrl: string;
  readonly ledger: string;
  acknowledged(): Promise<readonly LedgerEntry[]>;
  /** Waits until it has been told of this many more commits. */
  moreCommits(count: number, signal?: AbortSignal): Promise<void>;
  isHealthy(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface StartApplication {
  readonly folder: WorldFolder;
  readonly databaseUrl: string;
  readonly port: number;
  readonly ledger: string;
  readonly rate: number;
}

export async function startApplication(options: StartApplication): Promise<Application> {
  const { folder, port, ledger } = options;
  const child = await folder.spawn(process.execPath, [fileURLToPath(new URL('app.ts', import.meta.url))], {
    env: { DATABASE_URL: options.databaseUrl, LEDGER: ledger, PORT: String(port), RATE: String(options.rate) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the application ended with code ${code}`)));
  });
  const base = `http://127.0.0.1:${port}`;
  const acknowledged = () => readLedger(ledger);
  return {
    healthUrl: `${base}/health`,
    ledger,
    acknowledged,
    moreCommits: (count, signal) => waitForCommits(acknowledged, count, signal),
    isHealthy: async () => (await fetch(`${base}/health`).catch(() => undefined))?.status === 200,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function waitForCommits(
  acknowledged: () => Promise<readonly LedgerEntry[]>,
  count: number,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = (await acknowledged()).length + count;
  for (const end = Date.now() + 60_000; (await acknowledged()).length < wanted; ) {
    if (Date.now() > end) throw new Error(`the application was not told of ${count} more commits within a minute`);
    await pause(50, undefined, signal ? { signal } : {});
  }
}
