import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import { type Address, type Session, withSession } from '../connect.ts';
import type { World } from '../world.ts';
import { readControlFile } from './control-file.ts';
import type { Marker } from './marker.ts';
import { logTail, serverStatus } from './server.ts';

/**
 * Settings under which a restored server replays its log and reaches nobody: it archives nothing, follows nobody,
 * subscribes to nothing and waits for no standby. Given at the start only; the restored configuration stays as it was.
 */
export async function recoverySettings(
  marker: Marker,
  dataFolder: string,
  ending: 'pause' | 'promote',
): Promise<Readonly<Record<string, string>>> {
  const { limits } = await readControlFile(dataFolder);
  return {
    ...QUARANTINE,
    ...FAST_REPLAY,
    // Recovery refuses to run with smaller limits than those of the server that wrote the log.
    ...Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)])),
    restore_command: 'false',
    recovery_target: '',
    recovery_target_name: '',
    recovery_target_time: '',
    recovery_target_xid: '',
    recovery_target_lsn: marker.stopBefore ?? '',
    recovery_target_inclusive: 'off',
    recovery_target_action: ending,
    recovery_target_timeline: String(marker.timeline),
    hot_standby: 'on',
  };
}

/**
 * Files are made durable before the server starts, so one call for the whole file system is all that is left to it, where it would
 * open every file. Rarer restart points write a page that changes often once and not again and again.
 */
const FAST_REPLAY: Readonly<Record<string, string>> = {
  // Linux alone has such a call.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
};

/** What keeps a server from having any effect outside itself. */
export const QUARANTINE: Readonly<Record<string, string>> = {
  archive_mode: 'off',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  max_logical_replication_workers: '0',
  ssl: 'off',
};

export interface Reach {
  readonly lsn: string;
  /** ISO 8601, UTC; null when no commit was replayed. */
  readonly lastCommitAt: string | null;
  readonly timeline: number;
}

export interface Watch {
  readonly world: World;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly address: Address;
  readonly marker: Marker;
  readonly signal: AbortSignal;
}

/** Waits until replay has paused at its target, or, without one, until there is no more log. Ends when the server does. */
export async function waitUntilPaused(watch: Watch): Promise<Reach> {
  return poll(watch, async (session) => {
    const [now] = await session.query<{ paused: string; waits: string | null; lsn: string | null }>(
      `SELECT pg_get_wal_replay_pause_state() AS paused, pg_last_wal_replay_lsn()::text AS lsn,
         (SELECT wait_event FROM pg_stat_activity WHERE backend_type = 'startup') AS waits`,
    );
    const { stopBefore } = watch.marker;
    const ended = stopBefore === undefined ? now?.waits === 'RecoveryRetrieveRetryInterval' : now?.paused === 'paused';
    if (!ended || now?.lsn === null || now?.lsn === undefined) return undefined;
    if (stopBefore !== undefined) requireTarget(watch, now.lsn, stopBefore);
    return reach(session);
  });
}

/** A page header may stand between the last replayed record and the target; nothing else may. */
const SLACK = 64n;

function requireTarget({ logFile }: Watch, reached: string, stopBefore: string): void {
  if (parseLsn(reached) + SLACK >= parseLsn(stopBefore)) return;
  throw new KnownError(
    'TARGET_FAILED',
    `replay paused at ${reached}, before its target ${stopBefore}`,
    `The log of the server says why: ${logFile}`,
  );
}

/** Waits until replay has ended and the server is its own master. */
export async function waitUntilPromoted(watch: Watch): Promise<Reach> {
  return poll(watch, async (session) => {
    const [now] = await session.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
    return now?.recovering === false ? reach(session) : undefined;
  });
}

async function poll(watch: Watch, look: (session: Session) => Promise<Reach | undefined>): Promise<Reach> {
  const { world, address, signal } = watch;
  for (;;) {
    const options = { address, what: `${watch.marker.component}: wait for the end of recovery`, signal };
    const reached = await withSession(options, async (session) => {
      for (;;) {
        const found = await look(session);
        if (found !== undefined) return found;
        await world.clock.sleep(15, signal);
      }
    }).catch(async (error) => {
      // Promotion ends no session, and a server that stops ends them all: then its log says more than the broken session.
      if (signal.aborted) throw error;
      if ((await serverStatus(watch.dataFolder)).state === 'stopped') throw await ended(watch, error);
      if (error instanceof KnownError && error.code === 'TARGET_UNREACHABLE') return undefined;
      throw error;
    });
    if (reached !== undefined) return reached;
    await world.clock.sleep(25, signal);
  }
}

async function ended({ dataFolder, logFile }: Watch, cause: unknown): Promise<KnownError> {
  return new KnownError(
    'TARGET_FAILED',
    `the server in ${dataFolder} stopped while it replayed the log\n${await logTail(logFile)}`,
    `The last lines of its log are above; all of it is in ${logFile}.`,
    cause,
  );
}

async function reach(session: Session): Promise<Reach> {
  const [row] = await session.query<{ lsn: string | null; at: Date | null; timeline: number }>(
    `SELECT pg_last_wal_replay_lsn()::text AS lsn, pg_last_xact_replay_timestamp() AS at,
       CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
         ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline`,
  );
  const { lsn, at, timeline } = row as NonNullable<typeof row>;
  return { lsn: lsn ?? '0/0', lastCommitAt: at === null ? null : at.toISOString(), timeline };
}
