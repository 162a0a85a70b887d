import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../../lib/clock.ts';
import { type Duration, seconds } from '../../../lib/duration.ts';
import type { BackupRepository } from '../../../model/repository.ts';
import { Bell } from './bell.ts';
import { LogWriter } from './log-writer.ts';
import type { LogLine, Spool, SpoolFile } from './spool.ts';
import { isOf } from './spool.ts';
import { logEnd } from './start-position.ts';

export interface UploadProgress {
  /** End of what is in the repository of the timeline that was uploaded last. */
  readonly stored: bigint;
  readonly at: Date;
}

export interface UploadRequest {
  readonly spool: Spool;
  readonly repository: BackupRepository;
  readonly component: string;
  readonly clock: Clock;
  /** How long log may stay in the spool alone while the repository can be reached. */
  readonly every: Duration;
  readonly onStored: (progress: UploadProgress) => void;
  /** Told of each failure, with the moment of the next try. What was to be uploaded stays in the spool. */
  readonly onFailed: (error: unknown, retryAt: Date) => void;
}

const FIRST_PAUSE: Duration = 250;
const LONGEST_PAUSE: Duration = seconds(15);
/** So much is read at a time: the writer copies it. */
const AT_ONCE = 1 << 20;
/** How long the rest may take after the stream has ended. */
const LAST_UPLOAD: Duration = seconds(15);

/** Brings what is in the spool into the repository, in order, for as long as the stream runs and then once more. */
export class SpoolUpload {
  private readonly request: UploadRequest;
  private readonly bell: Bell;
  private readonly over = new AbortController();
  /** By system and timeline. */
  private readonly writers = new Map<string, LogWriter>();
  private running: Promise<void> | undefined;

  constructor(request: UploadRequest) {
    this.request = request;
    this.bell = new Bell(request.clock);
  }

  start(): void {
    this.running = this.run();
  }

  /** Something was added that may be worth a look before its time: a whole segment. */
  nudge(): void {
    this.bell.ring();
  }

  /** Uploads what is left, if that can be done soon. What cannot stays in the spool for the next stream. */
  async end(): Promise<void> {
    this.over.abort();
    this.bell.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    let pause = FIRST_PAUSE;
    for (;;) {
      const last = this.over.signal.aborted;
      try {
        await (last ? this.soon() : this.uploadAll());
        if (last) return;
        pause = FIRST_PAUSE;
        await this.bell.wait(this.request.every);
      } catch (error) {
        this.writers.clear(); // what they held is still in the spool
        const now = this.request.clock.now().getTime();
        this.request.onFailed(error, new Date(now + pause));
        if (last) return;
        await this.request.clock.sleep(pause, this.over.signal).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  private async soon(): Promise<void> {
    const timer = new AbortController();
    const late = this.request.clock.sleep(LAST_UPLOAD, timer.signal).then(
      () => {
        throw new Error(`not done within ${LAST_UPLOAD / 1000} s`);
      },
      () => undefined,
    );
    const all = this.uploadAll();
    all.catch(() => undefined); // when it is late, what it comes to is of no interest any more
    try {
      await Promise.race([all, late]);
    } finally {
      timer.abort();
    }
  }

  private async uploadAll(): Promise<void> {
    // Files are added and removed meanwhile, so each turn looks anew.
    for (;;) {
      const file = this.request.spool.files.find((one) => this.isWaiting(one));
      if (!file) break;
      await this.upload(file);
    }
    for (const writer of this.writers.values()) await writer.flush();
    await this.removeStored();
    this.told();
  }

  /** Whether some of it has not been given to the writer of its timeline. */
  private isWaiting(file: SpoolFile): boolean {
    const writer = this.writers.get(nameOf(file));
    return !writer || file.start + BigInt(file.bytes) > writer.received;
  }

  private async upload(file: SpoolFile): Promise<void> {
    const writer = this.writers.get(nameOf(file)) ?? (await this.writerFrom(file));
    const from = Number(writer.received - file.start);
    writer.append(writer.received, await readPart(file, from, Math.min(file.bytes, from + AT_ONCE)));
    // Two segments are made ready at the same time, and no more is ever held.
    if (writer.pendingBytes < 2 * file.segmentBytes) return;
    await writer.flush();
    await this.removeStored();
  }

  private async writerFrom(file: SpoolFile): Promise<LogWriter> {
    const { repository, component } = this.request;
    const { system, timeline, segmentBytes, start } = file;
    const logs = (await repository.logs(component)).filter((log) => log.system === system);
    const durable = logEnd(logs, timeline) ?? start;
    const writer = new LogWriter({ repository, component, system, timeline, segmentBytes, start, durable });
    this.writers.set(nameOf(file), writer);
    return writer;
  }

  /** A whole segment goes when it is stored; one that is not only when the log has gone on to another timeline. */
  private async removeStored(): Promise<void> {
    const { spool } = this.request;
    const newest = spool.files.at(-1);
    for (const file of [...spool.files]) {
      const stored = this.writers.get(nameOf(file))?.flushed;
      const mayGrow = newest !== undefined && isOf(file, newest) && file.bytes < file.segmentBytes;
      if (stored !== undefined && file.start + BigInt(file.bytes) <= stored && !mayGrow) await spool.remove(file);
    }
  }

  private told(): void {
    const { spool, onStored, clock } = this.request;
    const newest = spool.files.at(-1);
    const writer = newest && this.writers.get(nameOf(newest));
    if (writer) onStored({ stored: writer.flushed, at: clock.now() });
  }
}

const nameOf = ({ system, timeline }: LogLine): string => `${system}/${timeline}`;

async function readPart(file: SpoolFile, from: number, to: number): Promise<Buffer> {
  const handle = await open(file.path, 'r');
  try {
    return await readWhole(handle, Buffer.allocUnsafe(to - from), from, file.path);
  } finally {
    await handle.close();
  }
}

async function readWhole(handle: FileHandle, into: Buffer, at: number, path: string): Promise<Buffer> {
  for (let filled = 0; filled < into.length; ) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, at + filled);
    if (bytesRead === 0) throw new Error(`${path} has become shorter`);
    filled += bytesRead;
  }
  return into;
}
