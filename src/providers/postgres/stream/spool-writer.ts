import { closeSync, fdatasync, fdatasyncSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { translateFileError } from '../instance/file-errors.ts';
import type { LogSink } from './log-sink.ts';
import { outOfOrder } from './log-writer.ts';
import { segmentStart } from './replication.ts';
import type { LogLine, Spool, SpoolFile } from './spool.ts';

const syncBeside = promisify(fdatasync);

export interface SpoolWriterOptions extends LogLine {
  readonly spool: Spool;
  /** For messages. */
  readonly component: string;
  /** Where the bytes will begin: the start of a segment. */
  readonly start: bigint;
  /** End of what is durable already, here or in the repository. */
  readonly durable: bigint;
  /** Commits wait for each flush, so it is done in this thread: two turns of the thread pool cost more than a sync does. */
  readonly synchronous: boolean;
  /** Told that more is durable. */
  readonly onFlushed: () => void;
}

interface Written {
  readonly file: SpoolFile;
  readonly fd: number;
  /** So much of the segment is in the file, durable or not. */
  bytes: number;
}

/** Keeps the log of one timeline in the spool. What arrives is written at once; what arrived together becomes durable together. */
export class SpoolWriter implements LogSink {
  received: bigint;
  flushed: bigint;
  private readonly written: Written[] = [];
  private flushing: Promise<void> = Promise.resolve();
  private readonly options: SpoolWriterOptions;

  constructor(options: SpoolWriterOptions) {
    this.options = options;
    this.received = options.start;
    this.flushed = options.start;
    if (options.durable > options.start) this.flushed = options.durable;
  }

  get pendingBytes(): number {
    return this.received > this.flushed ? Number(this.received - this.flushed) : 0;
  }

  get hasWholeSegment(): boolean {
    return this.written[0]?.bytes === this.options.segmentBytes;
  }

  get isFull(): boolean {
    return this.options.spool.isFull;
  }

  append(start: bigint, bytes: Buffer): void {
    if (start !== this.received) throw outOfOrder(start, this.received);
    this.explained(() => {
      for (let taken = 0; taken < bytes.length; ) taken += this.write(bytes.subarray(taken));
    });
  }

  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.keep());
    return this.flushing;
  }

  async close(): Promise<void> {
    await this.flushing.catch(() => undefined);
    for (const { fd } of this.written.splice(0)) closeSync(fd);
  }

  /** Writes what still belongs into the segment, and says how much that was. */
  private write(bytes: Buffer): number {
    const { segmentBytes } = this.options;
    const start = segmentStart(this.received, segmentBytes);
    const into = this.fileOf(start);
    const offset = Number(this.received - start);
    const length = writeSync(into.fd, bytes, 0, Math.min(bytes.length, segmentBytes - offset), offset);
    into.bytes = offset + length;
    this.received += BigInt(length);
    return length;
  }

  private fileOf(start: bigint): Written {
    const last = this.written.at(-1);
    if (last?.file.start === start) return last;
    const opened = { ...this.options.spool.open(this.options, start), bytes: 0 };
    this.written.push(opened);
    return opened;
  }

  private async keep(): Promise<void> {
    const goal = this.received;
    const touched = this.written.map((one) => ({ one, bytes: one.bytes }));
    try {
      for (const { one } of touched) {
        if (this.options.synchronous) fdatasyncSync(one.fd);
        else await syncBeside(one.fd);
      }
    } catch (error) {
      throw this.explain(error);
    }
    for (const { one, bytes } of touched) this.options.spool.grown(one.file, bytes);
    if (goal > this.flushed) this.flushed = goal;
    this.closeWhole();
    this.options.onFlushed();
  }

  private closeWhole(): void {
    const { segmentBytes } = this.options;
    while (this.written[0]?.file.bytes === segmentBytes) closeSync((this.written.shift() as Written).fd);
  }

  private explained(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): unknown {
    return translateFileError(error, `${this.options.component}: the spool ${this.options.spool.folder}`);
  }
}
