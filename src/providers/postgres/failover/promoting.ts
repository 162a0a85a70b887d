import { seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { type Session, withSession } from '../connect.ts';
import { openReplication } from '../stream/replication.ts';
import { readHistory } from '../stream/timeline-history.ts';
import { connectionOf, type World } from '../world.ts';
import type { PromoteRequest, Promotion, ServerStanding } from './client-api.ts';
import { standingIn } from './standing.ts';

/** As long may replay of what was received take, and the promotion itself. The step has a limit of its own. */
const REPLAY_WITHIN = seconds(240);
const PROMOTE_WITHIN = seconds(60);

/** Short, because each of these is time in which nobody can write. */
const LOOK_EVERY_MS = 5;

/** Replays all that was received, and makes the replica a primary. One that is a primary already is left as it is. */
export async function promote(world: World, request: PromoteRequest): Promise<Promotion> {
  const { component, signal } = request;
  const milliseconds = await withSession(
    { address: { uri: connectionOf(world, component) }, what: `${component}: promote`, signal },
    async (session) => {
      const before = await standingIn(session);
      if (!before.inRecovery) return 0;
      const interval = await wakeEarly(session, request);
      if (request.clearSynchronous && before.synchronousStandbys !== '') await clearSynchronous(session, request);
      await replayAll(world, session, request);
      const took = await makePrimary(world, session, request);
      await interval.putBack();
      return took;
    },
  );
  return { ...(await promotionOf(world, component, signal)), milliseconds };
}

/**
 * After its stream has ended, a replica sleeps for wal_retrieve_retry_interval, 5 s as delivered, and a promotion may wait for
 * that. A reload wakes it, and with a short interval it does not fall asleep again.
 */
async function wakeEarly(session: Session, { component, log }: PromoteRequest): Promise<{ putBack(): Promise<void> }> {
  try {
    const [before] = await session.query<{ own: string | null }>(
      `SELECT (SELECT setting FROM pg_catalog.pg_file_settings WHERE name = 'wal_retrieve_retry_interval'
         AND sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1) AS own`,
    );
    await session.query("ALTER SYSTEM SET wal_retrieve_retry_interval = '20ms'");
    await session.query('SELECT pg_catalog.pg_reload_conf()');
    const own = before?.own ?? null;
    // What an earlier try has set is no setting of the owner's.
    const back =
      own === null || own === '20ms'
        ? 'ALTER SYSTEM RESET wal_retrieve_retry_interval'
        : `ALTER SYSTEM SET wal_retrieve_retry_interval = '${own.replaceAll("'", "''")}'`;
    return {
      putBack: async () => {
        await session.query(back);
        await session.query('SELECT pg_catalog.pg_reload_conf()');
      },
    };
  } catch (error) {
    if (!isRefused(error)) throw error;
    log(`${component}: our role may not set wal_retrieve_retry_interval, so the promotion may take 5s longer`);
    return { putBack: async () => undefined };
  }
}

/** insufficient_privilege: it works without, only slower. */
const isRefused = (error: unknown): boolean => (error as { code?: unknown }).code === '42501';

async function clearSynchronous(session: Session, { component, log }: PromoteRequest): Promise<void> {
  await session.query("ALTER SYSTEM SET synchronous_standby_names = ''");
  await session.query('SELECT pg_catalog.pg_reload_conf()');
  log(`${component}: its commits wait for no standby any more (synchronous_standby_names is empty)`);
}

/** Promotion replays the rest itself; waiting for it here means that nobody is kept waiting without knowing why. */
async function replayAll(world: World, session: Session, { component, signal, log }: PromoteRequest): Promise<void> {
  const end = world.clock.now().getTime() + REPLAY_WITHIN;
  let [last, since] = ['', world.clock.now().getTime()];
  for (;;) {
    const seen = await standingIn(session);
    const now = world.clock.now().getTime();
    if (seen.replayPaused) await session.query('SELECT pg_catalog.pg_wal_replay_resume()');
    if (seen.replayed !== last) [last, since] = [seen.replayed, now];
    if (!seen.inRecovery || isReplayed(seen, now - since)) return;
    if (now > end) throw notReplayed(component, seen);
    log(`${component}: has replayed ${seen.replayed} of ${seen.received}`);
    await world.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** What was received may end within a record that never came whole: then replay stands still right before it. */
const STANDS_STILL_MS = 100;

const isReplayed = ({ received, replayed, receiver, replayPaused }: ServerStanding, stillMs: number): boolean =>
  parseLsn(received) <= parseLsn(replayed) || (receiver === undefined && !replayPaused && stillMs >= STANDS_STILL_MS);

const notReplayed = (component: string, { replayed, received }: ServerStanding): KnownError =>
  new KnownError(
    'TIMED_OUT',
    `${component} has not replayed what it received: it is at ${replayed} of ${received}`,
    'It goes on. Look for queries that hold its replay up, then try again.',
  );

async function makePrimary(world: World, session: Session, { component, signal }: PromoteRequest): Promise<number> {
  const begun = world.clock.now().getTime();
  await session.query('SELECT pg_catalog.pg_promote(wait => false)');
  for (;;) {
    const [row] = await session.query<{ recovering: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS recovering');
    const took = world.clock.now().getTime() - begun;
    if (row?.recovering === false) return took;
    if (took > PROMOTE_WITHIN)
      throw new KnownError(
        'TIMED_OUT',
        `${component} was told to become a primary and is still a replica`,
        'Look at its log, then try again: being told twice does no harm.',
      );
    await world.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** How a primary came to its timeline, by the history that it keeps of it. */
export async function promotionOf(
  world: World,
  component: string,
  signal: AbortSignal,
): Promise<Omit<Promotion, 'milliseconds'>> {
  const replication = await openReplication({ connection: connectionOf(world, component), component, signal });
  try {
    const { timeline } = await replication.identify();
    if (timeline === 1) return { timeline, forkedAt: '0/0' };
    const ends = [...readHistory(await replication.timelineHistory(timeline)).values()];
    return { timeline, forkedAt: formatLsn(ends.at(-1) ?? 0n) };
  } finally {
    await replication.close();
  }
}
