import type { Duration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { pgErrorCode, translatePgError } from '../errors.ts';
import { openWire, type Row, type Wire } from './wire.ts';

/** What is asked of a server before anything is streamed from it. */
export interface ServerFacts {
  /** e.g. `15.18`. */
  readonly version: string;
  readonly major: number;
  readonly segmentBytes: number;
  readonly dataChecksums: boolean;
  /** Whether commits wait for a standby of our name, and up to how much log the server keeps for a slot (`-1`: without end). */
  readonly waitsForUs: boolean;
  readonly slotLimit: string;
}

export interface Identity {
  readonly system: string;
  readonly timeline: number;
  readonly position: bigint;
}

/** A physical replication slot. Without `restart` it keeps no log: it was never used, or the server has given its log up. */
export interface Slot {
  readonly name: string;
  readonly restart?: { readonly position: bigint; readonly timeline: number };
}

/** A connection in replication mode, with the commands of the replication protocol. */
export interface Replication {
  readonly wire: Wire;
  readonly server: ServerFacts;
  /** For messages: the component and the address. */
  readonly what: string;
  identify(): Promise<Identity>;
  /** The history file of a timeline, as the server keeps it. */
  timelineHistory(timeline: number): Promise<string>;
  /** Undefined when there is no such slot. */
  readSlot(name: string): Promise<Slot | undefined>;
  /** Makes a physical slot that keeps the log from now on. Making it twice is no error. */
  createSlot(name: string): Promise<void>;
  /** Dropping what is not there is no error. */
  dropSlot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface ReplicationOptions {
  readonly connection: string;
  readonly component: string;
  readonly signal: AbortSignal;
  readonly connectTimeout?: Duration;
}

/** Opens a replication connection; refuses servers older than 15, whose protocol differs. */
export async function openReplication(options: ReplicationOptions): Promise<Replication> {
  const { component, ...rest } = options;
  const wire = await openWire({ ...rest, what: component, applicationName: slotName(component) });
  const what = `${component} at ${wire.address}`;
  try {
    const { version, major } = supportedVersion(wire.serverVersion, what);
    const segmentBytes = parseSize(await show(wire, what, 'wal_segment_size'));
    const dataChecksums = (await show(wire, what, 'data_checksums')) === 'on';
    const waitsForUs = namesStandby(await show(wire, what, 'synchronous_standby_names'), slotName(component));
    const slotLimit = await show(wire, what, 'max_slot_wal_keep_size');
    return replicationOf(wire, what, { version, major, segmentBytes, dataChecksums, waitsForUs, slotLimit });
  } catch (error) {
    await wire.close();
    throw error;
  }
}

/** The slot that keeps the log of a component until it is in the repository. */
export function slotName(component: string): string {
  const name = `lifeboat_${component.replaceAll('-', '_')}`;
  if (/^[a-z0-9_]{1,63}$/.test(name)) return name;
  throw new KnownError(
    'PLAN_INVALID',
    `${component}: the name is too long for a replication slot`,
    'Give the component a name of at most 54 letters, digits, - and _.',
  );
}

/** Whether a value of synchronous_standby_names speaks of a standby: by name, with or without quotes, or of all of them. */
export const namesStandby = (setting: string, name: string): boolean =>
  setting
    .replace(/^\s*(ANY|FIRST)?\s*\d+\s*\(/i, '')
    .split(/[\s,()"]+/)
    .some((word) => word === '*' || word.toLowerCase() === name.toLowerCase());

/** Makes the slot when it is missing. One whose log the server has given up keeps nothing any more, so it is made anew. */
export async function ensureSlot(replication: Replication, name: string): Promise<void> {
  const slot = await replication.readSlot(name);
  if (slot && !slot.restart) await replication.dropSlot(name);
  if (!slot?.restart) await replication.createSlot(name);
}

/** Splits what a server says about its version, e.g. `15.18 (Debian …)`. Throws TARGET_FAILED before 15. */
export function supportedVersion(text: string, what: string): { version: string; major: number } {
  const version = text.split(' ', 1)[0] ?? '';
  const major = Number.parseInt(version, 10);
  if (major >= 15) return { version, major };
  throw new KnownError(
    'TARGET_FAILED',
    `${what}: this is PostgreSQL ${version || 'of an unknown version'}`,
    'Lifeboat needs PostgreSQL 15 or newer. Upgrade the server.',
  );
}

/** Bytes of a size as SHOW prints it, e.g. `16MB`. */
export function parseSize(text: string): number {
  const parts = /^(\d+)(B|kB|MB|GB)$/.exec(text);
  if (!parts) throw new RangeError(`not a size: ${text}`);
  return Number(parts[1]) * { B: 1, kB: 1 << 10, MB: 1 << 20, GB: 1 << 30 }[parts[2] as 'B' | 'kB' | 'MB' | 'GB'];
}

function replicationOf(wire: Wire, what: string, server: ServerFacts): Replication {
  const row = (command: string) => firstRow(wire, what, command);
  return {
    wire,
    server,
    what,
    identify: async () => {
      const found = await row('IDENTIFY_SYSTEM');
      const [system, timeline, position] = [found.systemid, found.timeline, found.xlogpos];
      return { system: text(system), timeline: Number(text(timeline)), position: parseLsn(text(position)) };
    },
    timelineHistory: async (timeline) => text((await row(`TIMELINE_HISTORY ${timeline}`)).content),
    readSlot: async (name) => slotOf(name, await row(`READ_REPLICATION_SLOT ${name}`), what),
    createSlot: (name) =>
      unless('42710', () => command(wire, what, `CREATE_REPLICATION_SLOT ${name} PHYSICAL (RESERVE_WAL)`)),
    dropSlot: (name) => unless('42704', () => command(wire, what, `DROP_REPLICATION_SLOT ${name}`)),
    close: () => wire.close(),
  };
}

function slotOf(name: string, row: Row, what: string): Slot | undefined {
  if (row.slot_type === null) return undefined;
  if (row.slot_type !== 'physical')
    throw new KnownError(
      'TARGET_FAILED',
      `${what}: slot ${name} is not a physical one`,
      'Somebody else made it. Drop it, or rename the component.',
    );
  if (row.restart_lsn == null) return { name };
  return { name, restart: { position: parseLsn(text(row.restart_lsn)), timeline: Number(row.restart_tli) } };
}

async function command(wire: Wire, what: string, sql: string): Promise<readonly (readonly Row[])[]> {
  try {
    return await wire.run(sql);
  } catch (error) {
    throw translatePgError(error, what);
  }
}

async function firstRow(wire: Wire, what: string, sql: string): Promise<Row> {
  const row = (await command(wire, what, sql))[0]?.[0];
  if (row) return row;
  throw new KnownError('TARGET_FAILED', `${what}: no answer to ${sql}`, "Read the server's log around this time.");
}

const show = async (wire: Wire, what: string, setting: string): Promise<string> =>
  text((await firstRow(wire, what, `SHOW ${setting}`))[setting]);

/** Runs a command whose error of one SQLSTATE means that its effect is already there. */
async function unless(sqlState: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (pgErrorCode(error) !== sqlState) throw error;
  }
}

function text(value: string | null | undefined): string {
  if (value == null) throw new RangeError('the server left out a value it must give');
  return value;
}

/** Start of the segment that holds a position. */
export const segmentStart = (position: bigint, segmentBytes: number): bigint =>
  position - (position % BigInt(segmentBytes));

/** `0/3000000 on timeline 1`, for messages. */
export const place = (position: bigint, timeline: number): string => `${formatLsn(position)} on timeline ${timeline}`;
