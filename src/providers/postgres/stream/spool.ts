import { closeSync, fsyncSync, openSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import { withFileErrors } from '../instance/file-errors.ts';

/** One timeline of one database system. */
export interface LogLine {
  readonly system: string;
  readonly timeline: number;
  readonly segmentBytes: number;
}

/** The beginning of one segment of the log, as a file; whole when it is as long as a segment. */
export interface SpoolFile extends LogLine {
  readonly path: string;
  readonly start: bigint;
  /** So much of it is durable. */
  bytes: number;
}

/**
 * A folder on the machine of the stream, in which log is durable before it is in the repository: for commits that wait for it,
 * and for the hours in which the repository cannot be reached. In clear, readable by its owner alone.
 */
export interface Spool {
  readonly folder: string;
  /** By system, timeline and position. */
  readonly files: readonly SpoolFile[];
  readonly bytes: number;
  /** True while the server is to keep its log itself, because there is no room here. */
  readonly isFull: boolean;
  /** True once there was no room, and the log was let go instead. */
  readonly hasLetGo: boolean;
  /** End of what is durable here of a timeline. */
  end(line: Pick<LogLine, 'system' | 'timeline'>): bigint | undefined;
  /** The file of a segment, open for writing; made when there is none. The caller closes it. Throws LOG_GAP when the log is let go. */
  open(line: LogLine, start: bigint): { readonly file: SpoolFile; readonly fd: number };
  /** Says that so much of a file is durable. It never shrinks. */
  grown(file: SpoolFile, bytes: number): void;
  remove(file: SpoolFile): Promise<void>;
}

export interface SpoolPlace {
  readonly folder: string;
  /** From so many bytes on nothing more is taken in. */
  readonly limit: number;
  /** Then the server keeps its log (and commits wait that wait for us), or the log is let go, so that the server's disk never fills. */
  readonly whenFull: 'hold' | 'let_go';
}

/** Opens the spool of a component, with what an earlier stream has left in it. Throws DISK_FULL, TARGET_DENIED. */
export async function openSpool(place: SpoolPlace, component: string): Promise<Spool> {
  const folder = join(place.folder, component);
  return withFileErrors(`${component}: the spool ${folder}`, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const found = await Promise.all((await readdir(folder)).map((name) => leftBehind(folder, name)));
    const files = found.filter((file) => file !== undefined).sort(inLogOrder);
    return spoolOf({ ...place, folder }, component, files);
  });
}

function spoolOf({ folder, limit, whenFull }: SpoolPlace, component: string, files: SpoolFile[]): Spool {
  const total = () => files.reduce((sum, { bytes }) => sum + bytes, 0);
  let hasLetGo = false;
  return {
    folder,
    files,
    get bytes() {
      return total();
    },
    get isFull() {
      return whenFull === 'hold' && total() >= limit;
    },
    get hasLetGo() {
      return hasLetGo;
    },
    end({ system, timeline }) {
      const last = files.findLast((file) => file.system === system && file.timeline === timeline && file.bytes > 0);
      return last && last.start + BigInt(last.bytes);
    },
    open(line, start) {
      const there = files.find((file) => isOf(file, line) && file.start === start);
      if (there) return { file: there, fd: openSync(there.path, 'r+') };
      if (total() >= limit && whenFull === 'let_go') {
        hasLetGo = true;
        throw letGo(component, folder, limit);
      }
      const made: SpoolFile = { ...describe(line), start, bytes: 0, path: join(folder, nameOf(line, start)) };
      const fd = openSync(made.path, 'wx', 0o600);
      syncName(folder);
      files.push(made);
      files.sort(inLogOrder);
      return { file: made, fd };
    },
    grown(file, bytes) {
      file.bytes = Math.max(file.bytes, bytes);
    },
    async remove(file) {
      await rm(file.path, { force: true });
      files.splice(files.indexOf(file), 1);
    },
  };
}

const letGo = (component: string, folder: string, limit: number): KnownError =>
  new KnownError(
    'LOG_GAP',
    `${component}: the spool ${folder} has reached its ${limit} bytes; as the plan says, the log is let go and the slot dropped`,
    'What is in the spool goes into the repository at the next start. Then take a base backup: recovery points go on from there.',
  );

/** A file that an earlier stream has left: what was written to it and never acknowledged is made durable now, and counts. */
async function leftBehind(folder: string, name: string): Promise<SpoolFile | undefined> {
  const parsed = parseName(name);
  if (!parsed) return undefined;
  const path = join(folder, name);
  const handle = await open(path, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return { ...parsed, path, bytes: Math.min((await stat(path)).size, parsed.segmentBytes) };
}

/** A new name counts only when its folder is on the disk as well. */
function syncName(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

const describe = ({ system, timeline, segmentBytes }: LogLine): LogLine => ({ system, timeline, segmentBytes });

const hex = (number: bigint | number, digits: number): string =>
  number.toString(16).toUpperCase().padStart(digits, '0');

const nameOf = ({ system, timeline, segmentBytes }: LogLine, start: bigint): string =>
  `${system}-${hex(timeline, 8)}-${hex(start, 16)}-${segmentBytes >> 20}.wal`;

function parseName(name: string): (LogLine & { readonly start: bigint }) | undefined {
  const parts = /^(\d+)-([0-9A-F]{8})-([0-9A-F]{16})-(\d+)\.wal$/.exec(name);
  if (!parts) return undefined;
  const [, system, timeline, start, megabytes] = parts as unknown as readonly [string, string, string, string, string];
  return {
    system,
    timeline: Number.parseInt(timeline, 16),
    start: BigInt(`0x${start}`),
    segmentBytes: Number(megabytes) << 20,
  };
}

export const isOf = (file: LogLine, line: Pick<LogLine, 'system' | 'timeline'>): boolean =>
  file.system === line.system && file.timeline === line.timeline;

const inLogOrder = (a: SpoolFile, b: SpoolFile): number =>
  a.system.localeCompare(b.system) || a.timeline - b.timeline || (a.start < b.start ? -1 : a.start > b.start ? 1 : 0);
