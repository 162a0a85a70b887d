import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';
import type { BackupRepository } from '../../../model/repository.ts';
import type { LogSink } from './log-sink.ts';
import { segmentStart } from './replication.ts';

/** So many pieces of one segment may stand in the repository before they are joined into one. */
const PIECES = 64;
/** So many whole segments are compressed and encrypted at the same time. */
const AT_ONCE = 2;

interface Segment {
  readonly start: bigint;
  readonly bytes: Buffer;
  filled: number;
}

export interface LogWriterOptions {
  readonly repository: Pick<BackupRepository, 'putLog'>;
  readonly component: string;
  readonly system: string;
  readonly timeline: number;
  readonly segmentBytes: number;
  /** Where the bytes will begin: the start of a segment. */
  readonly start: bigint;
  /** What the repository holds already; bytes before it are taken in but not stored again on their own. */
  readonly durable: bigint;
}

/**
 * Keeps the log of one timeline in the repository: small stretches while a segment grows, then the whole segment, which
 * replaces them. Stored strictly in order, one at a time, so that a crash can leave an end but never a hole.
 */
export class LogWriter implements LogSink {
  readonly isFull = false;
  /** End of what has arrived. */
  received: bigint;
  /** End of what is durable. */
  flushed: bigint;
  private readonly segments: Segment[] = [];
  private pieces = 0;
  private flushing: Promise<void> | undefined;
  private readonly options: LogWriterOptions;

  constructor(options: LogWriterOptions) {
    if (options.start !== segmentStart(options.start, options.segmentBytes))
      throw new RangeError('a log is written from the start of a segment');
    this.options = options;
    this.received = options.start;
    this.flushed = options.start;
    if (options.durable > options.start) this.flushed = options.durable;
  }

  get pendingBytes(): number {
    return this.received > this.flushed ? Number(this.received - this.flushed) : 0;
  }

  /** True when a segment is full and not stored yet. */
  get hasWholeSegment(): boolean {
    const first = this.segments[0];
    return first !== undefined && first.filled === this.options.segmentBytes;
  }

  /** Copies the bytes. Refuses what does not follow on. */
  append(start: bigint, bytes: Buffer): void {
    if (start !== this.received) throw outOfOrder(start, this.received);
    for (let taken = 0; taken < bytes.length; ) {
      const segment = this.growing();
      const copied = bytes.copy(segment.bytes, segment.filled, taken);
      segment.filled += copied;
      taken += copied;
      this.received += BigInt(copied);
    }
  }

  /** Stores what had arrived when it was called. Calls do not overlap: a second one runs after the first. */
  flush(): Promise<void> {
    const goal = this.received;
    const run = async () => {
      while (this.flushed < goal) await this.storeNext();
      this.dropStored();
    };
    this.flushing = (this.flushing ?? Promise.resolve()).then(run);
    return this.flushing;
  }

  async close(): Promise<void> {
    await this.flushing?.catch(() => undefined);
  }

  private growing(): Segment {
    const last = this.segments.at(-1);
    if (last && last.filled < this.options.segmentBytes) return last;
    const bytes = Buffer.allocUnsafeSlow(this.options.segmentBytes);
    const segment = { start: this.received, bytes, filled: 0 };
    this.segments.push(segment);
    return segment;
  }

  private async storeNext(): Promise<void> {
    this.dropStored();
    const whole = this.segments.filter(({ filled }) => filled === this.options.segmentBytes).slice(0, AT_ONCE);
    if (whole.length > 0) await this.storeWhole(whole);
    else await this.storePiece();
  }

  /** Compressed and encrypted beside each other, and put into the repository one after the other. */
  private async storeWhole(segments: readonly Segment[]): Promise<void> {
    let before: Promise<unknown> = Promise.resolve();
    const puts = segments.map(({ start, bytes }) => {
      before = this.put(start, bytes, before).then(() => {
        this.flushed = start + BigInt(bytes.length);
      });
      return before;
    });
    await Promise.all(puts);
    this.pieces = 0;
  }

  private async storePiece(): Promise<void> {
    const segment = this.segments[0];
    if (!segment) throw new RangeError('nothing to store');
    const end = segment.start + BigInt(segment.filled);
    const from = this.pieces >= PIECES || this.flushed < segment.start ? segment.start : this.flushed;
    await this.put(from, segment.bytes.subarray(Number(from - segment.start), Number(end - segment.start)));
    this.pieces = from === segment.start ? 1 : this.pieces + 1;
    this.flushed = end;
  }

  /** A whole segment may end where the repository's log ended already. */
  private dropStored(): void {
    const { segmentBytes } = this.options;
    while (this.segments[0] && this.segments[0].start + BigInt(segmentBytes) <= this.flushed) this.segments.shift();
  }

  private async put(from: bigint, bytes: Buffer, after?: Promise<unknown>): Promise<void> {
    const { repository, component, system, timeline } = this.options;
    await repository.putLog({ component, system, timeline, from, bytes }, after);
  }
}

export const outOfOrder = (start: bigint, due: bigint): KnownError =>
  new KnownError(
    'TARGET_FAILED',
    `the server sent log from ${formatLsn(start)} where ${formatLsn(due)} was due`,
    'Nothing of it was kept. Start the stream again; it goes on where the kept log ends.',
  );
