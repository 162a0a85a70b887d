import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { ServerStanding } from './client-api.ts';

/** What a person should know of a replica before he relies on it, each with what to do. */
export function problemsOf(replica: ServerStanding): readonly string[] {
  const { receiver, hasReceived, slot, replayPaused, synchronousStandbys } = replica;
  const problems: string[] = [];
  if (receiver === undefined && !hasReceived)
    problems.push('it has not streamed since it was started: look at its primary_conninfo and its log');
  if (slot === '') problems.push('no slot keeps its log on the primary: set primary_slot_name');
  if (replayPaused) problems.push('its replay is paused: SELECT pg_wal_replay_resume()');
  if (synchronousStandbys !== '')
    problems.push(
      `once promoted, its commits would wait for the standbys ${synchronousStandbys}: promote it with synchronous: clear`,
    );
  return problems;
}

export interface Expected {
  readonly component: string;
  /** The system of the old primary, where that is known. */
  readonly system?: string | undefined;
  /** The timeline of the old primary, where that is known. */
  readonly timeline?: number | undefined;
  /** Up to where the replica must have received the log. */
  readonly atLeast?: string | undefined;
  readonly clearSynchronous: boolean;
}

/** Throws when a server must not become the primary. */
export function requirePromotable(server: ServerStanding, expected: Expected): void {
  const refusal = refusalOf(server, expected);
  if (refusal !== undefined) throw new KnownError('TARGET_FAILED', `${expected.component}: ${refusal[0]}`, refusal[1]);
}

type Refusal = readonly [why: string, hint: string];

function refusalOf(server: ServerStanding, expected: Expected): Refusal | undefined {
  const { component, system, timeline, atLeast, clearSynchronous } = expected;
  if (!server.inRecovery)
    return [
      `it is no replica, it is a primary on timeline ${server.timeline}, and this run did not make it one`,
      'Find out who promoted it, and whether applications write to it already.',
    ];
  if (system !== undefined && server.system !== system)
    return [
      `it is a replica of another system (${server.system}, not ${system})`,
      `Look at the connection of ${component}: it leads to another database.`,
    ];
  if (timeline !== undefined && server.timeline < timeline)
    return [
      `it is still on timeline ${server.timeline}, and the primary was on ${timeline}`,
      'It has not followed the last promotion. Promote another replica, or build this one anew.',
    ];
  if (atLeast !== undefined && parseLsn(server.received) < parseLsn(atLeast))
    return [
      `it has received the log up to ${server.received}, and ${atLeast} is demanded`,
      'Wait until it has caught up, or decide what may be lost and edit at_least.',
    ];
  if (server.synchronousStandbys !== '' && !clearSynchronous)
    return [
      `once promoted, every commit would wait for the standbys ${server.synchronousStandbys}`,
      'Use synchronous: clear, or let these standbys follow it first.',
    ];
  return undefined;
}
