import type { CopiedLines } from '../../model/run-copy.ts';
import { isKey, shortSum } from '../keys.ts';

/*
 * Where the copy of a run lies:
 *   runs/RUN/claims/EPOCH.json                                 in clear: who may drive the run, from which line on
 *   runs/RUN/signs/EPOCH.json                                  in clear: when that one last showed itself
 *   runs/RUN/log/EPOCH/FIRST-LAST-BYTES-HASH-SUM.zst.age       lines of the log, sealed
 * HASH is the beginning of the hash of the last line: who wrote it knows the piece again without a key.
 */

export const RUNS = 'runs/';

/** A name that a person typed never leads anywhere else. */
export const isRunName = (run: string): boolean => isKey(run) && !run.includes('/');

export const claimsPrefix = (run: string): string => `${RUNS}${run}/claims/`;
export const signsPrefix = (run: string): string => `${RUNS}${run}/signs/`;
export const logPrefix = (run: string): string => `${RUNS}${run}/log/`;

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

export const claimKey = (run: string, epoch: number): string => `${claimsPrefix(run)}${digits(epoch, 6)}.json`;
export const signKey = (run: string, epoch: number): string => `${signsPrefix(run)}${digits(epoch, 6)}.json`;

/** An object with lines: what its name says. */
export interface LinesObject extends CopiedLines {
  readonly key: string;
  /** Of the plain text. */
  readonly bytes: number;
}

export function linesKey(
  run: string,
  { epoch, first, last, bytes, hash }: Omit<LinesObject, 'key'>,
  sum: string,
): string {
  const span = `${digits(first, 8)}-${digits(last, 8)}-${bytes}`;
  return `${logPrefix(run)}${digits(epoch, 6)}/${span}-${shortSum(hash)}-${shortSum(sum)}.zst.age`;
}

const LINES = /^(\d{6,})\/(\d{8,})-(\d{8,})-(\d+)-([0-9a-f]{16})-[0-9a-f]{16}\.zst\.age$/;

/** What the name of an object below `log/` says, or undefined when it is not one of ours. */
export function parseLinesKey(run: string, key: string): LinesObject | undefined {
  const [, epoch, first, last, bytes, hash] = LINES.exec(key.slice(logPrefix(run).length)) ?? [];
  if (hash === undefined) return undefined;
  return { key, epoch: Number(epoch), first: Number(first), last: Number(last), bytes: Number(bytes), hash };
}

export const runIn = (key: string): string => key.slice(RUNS.length).split('/')[0] ?? '';
