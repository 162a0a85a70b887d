import { formatLsn } from '../model/lsn.ts';
import type { LogRef } from '../model/repository.ts';
import { logPieces, reachOf } from './log-pieces.ts';
import type { Branches } from './timelines.ts';

/** Log without a hole from one position on, possibly over several timelines, and why it ends. */
export interface LogPath {
  /** The timeline it ends on. */
  readonly timeline: number;
  /** Where it ends. */
  readonly to: bigint;
  /** The stretches to replay, in order. */
  readonly pieces: readonly LogRef[];
  /** Which bytes are missing although later ones are stored. */
  readonly gap?: string;
}

export interface PathSearch {
  /** Stretches of one component and system only. */
  readonly logs: readonly LogRef[];
  readonly system: string;
  readonly branches: Branches;
}

/**
 * Every way the log goes on from a position: one for each timeline it can end on.
 * A timeline that was left is a way of its own only where it goes on beyond the place at which it was left.
 */
export function logPaths(search: PathSearch, start: { timeline: number; from: bigint }): readonly LogPath[] {
  const pieces = logPieces(search.logs, { system: search.system, timeline: start.timeline }, start.from);
  const to = reachOf(pieces, start.from);
  const followed: LogPath[] = [];
  const broken: string[] = [];
  let left = start.from;
  for (const [timeline, branch] of search.branches) {
    if (branch.parent !== start.timeline || branch.at < start.from || branch.at > to) continue;
    const onward = logPaths(search, { timeline, from: branch.at }).filter((path) => path.pieces.length > 0);
    const before = logPieces(search.logs, { system: search.system, timeline: start.timeline }, start.from, branch.at);
    followed.push(...onward.map((path) => ({ ...path, pieces: [...before, ...path.pieces] })));
    if (onward.length > 0 && branch.at > left) left = branch.at;
    const gap = onward.length > 0 ? undefined : gapAfter(search.logs, timeline, branch.at);
    if (gap) broken.push(gap);
  }
  if (followed.length > 0 && to <= left) return followed;
  const gap = [gapAfter(search.logs, start.timeline, to), ...broken].filter((text) => text !== undefined).join('; ');
  return [...followed, { timeline: start.timeline, to, pieces, ...(gap === '' ? {} : { gap }) }];
}

/** Names the bytes that are missing between a position and the next stretch of that timeline, if there is a later one. */
function gapAfter(logs: readonly LogRef[], timeline: number, reached: bigint): string | undefined {
  const next = logs
    .filter((log) => log.timeline === timeline && log.from > reached)
    .map((log) => log.from)
    .sort((a, b) => (a < b ? -1 : 1))[0];
  if (next === undefined) return undefined;
  return `log from ${formatLsn(reached)} to ${formatLsn(next)} of timeline ${timeline} is missing`;
}
