import type { Duration } from '../../../lib/duration.ts';
import { seconds } from '../../../lib/duration.ts';
import { type Session, withSession } from '../connect.ts';
import { connectionOf, type World } from '../world.ts';
import type { ServerStanding } from './client-api.ts';
import { laterOf } from './loss.ts';

/** Asks a server where it stands in the stream. */
export const standing = (
  world: World,
  component: string,
  signal: AbortSignal,
  connectWithin: Duration = seconds(5),
): Promise<ServerStanding> =>
  withSession(
    { address: { uri: connectionOf(world, component) }, what: component, signal, connectWithin, readOnly: true },
    standingIn,
  );

interface Row {
  readonly system: string;
  readonly recovering: boolean;
  readonly file: string | null;
  readonly known_timeline: number;
  readonly position: string | null;
  readonly received: string | null;
  readonly replayed: string | null;
  readonly last_commit: Date | string | null;
  readonly paused: boolean | null;
  readonly receiver: string | null;
  readonly silent_ms: number | null;
  readonly timeout_ms: number;
  readonly slot: string | null;
  readonly synchronous: string;
}

/** What only a primary or only a replica may be asked stands behind a CASE, which PostgreSQL does not look behind. */
const ASK = `
  SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system,
    now.recovering,
    CASE WHEN NOT now.recovering THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()) END AS file,
    COALESCE(receiver.received_tli,
      (SELECT GREATEST(r.min_recovery_end_timeline, c.timeline_id)
       FROM pg_catalog.pg_control_recovery() r, pg_catalog.pg_control_checkpoint() c)) AS known_timeline,
    CASE WHEN NOT now.recovering THEN pg_catalog.pg_current_wal_flush_lsn()::text END AS position,
    pg_catalog.pg_last_wal_receive_lsn()::text AS received,
    pg_catalog.pg_last_wal_replay_lsn()::text AS replayed,
    pg_catalog.pg_last_xact_replay_timestamp() AS last_commit,
    CASE WHEN now.recovering THEN pg_catalog.pg_is_wal_replay_paused() END AS paused,
    CASE WHEN receiver.pid IS NOT NULL THEN COALESCE(receiver.status, 'hidden') END AS receiver,
    (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - receiver.last_msg_receipt_time) * 1000)::float8 AS silent_ms,
    (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'wal_receiver_timeout') AS timeout_ms,
    current_setting('primary_slot_name') AS slot,
    current_setting('synchronous_standby_names') AS synchronous
  FROM (SELECT pg_catalog.pg_is_in_recovery() AS recovering) now
    LEFT JOIN pg_catalog.pg_stat_wal_receiver receiver ON true`;

export async function standingIn(session: Session): Promise<ServerStanding> {
  const [row] = await session.query<Row>(ASK);
  return standingOf(row as Row);
}

function standingOf(row: Row): ServerStanding {
  const replayed = row.position ?? row.replayed ?? '0/0';
  const { receiver, silent_ms: silent, timeout_ms: timeout } = row;
  return {
    system: row.system,
    timeline: row.file === null ? row.known_timeline : Number.parseInt(row.file.slice(0, 8), 16),
    inRecovery: row.recovering,
    // A replica that was restarted has received nothing since, and has all that it replayed.
    received: row.position ?? further(row.received, replayed),
    replayed,
    hasReceived: row.received !== null,
    lastCommitAt: row.last_commit === null ? null : new Date(row.last_commit).toISOString(),
    replayPaused: row.paused ?? false,
    ...(receiver === null
      ? {}
      : { receiver: { status: receiver, silentMs: Math.max(0, silent ?? 0), asksAfterMs: timeout / 2 } }),
    slot: row.slot ?? '',
    synchronousStandbys: row.synchronous,
  };
}

const further = (received: string | null, replayed: string): string =>
  received === null ? replayed : laterOf(received, replayed);
