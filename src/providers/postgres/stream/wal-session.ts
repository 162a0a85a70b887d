import type { Clock } from '../../../lib/clock.ts';
import { type Duration, seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { Bell } from './bell.ts';
import type { LogSink } from './log-sink.ts';
import { readFrame, statusFrame } from './wal-frames.ts';
import { coded, type Row, type Wire } from './wire.ts';

export interface SessionOptions {
  readonly wire: Wire;
  readonly writer: LogSink;
  readonly start: bigint;
  readonly timeline: number;
  /** Undefined: stream without a slot. */
  readonly slot: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly until: bigint | undefined;
  readonly flushEvery: Duration;
  readonly synchronous: boolean;
  /** Told from the moment on that the server has granted the stream. */
  readonly onProgress: (progress: { flushed: bigint; serverPosition: bigint; at: Date }) => void;
}

/** Why a stream ended in good order. */
export type SessionEnd =
  | { readonly why: 'reached' | 'aborted' }
  | { readonly why: 'timeline-ended'; readonly next: { readonly timeline: number; readonly position: bigint } };

/** Pause the socket when so much waits for the repository, and go on when it has become less. */
const HIGH = 64 << 20;
const LOW = 32 << 20;
/** The server gives a receiver up after 60 s of silence by default; status is sent well before. */
const STATUS_EVERY = seconds(10);
const SILENCE = seconds(60);
/** How long the last bytes may take to be stored after an abort. */
const LAST_FLUSH = seconds(15);

/** Streams one timeline into the writer. Whatever ends it, what had arrived is stored first. */
export class WalSession {
  private readonly options: SessionOptions;
  private readonly bell: Bell;
  private serverPosition: bigint;
  private granted = false;
  private copying = false;
  private paused = false;
  private storing = false;
  private storingFailed: { readonly error: unknown } | undefined;
  private heard = true;
  private heardAt: number;
  private flushedAt: number;
  private reported = -1n;
  private statusAt = 0;
  private answer: { readonly sets: readonly (readonly Row[])[] } | { readonly error: unknown } | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.bell = new Bell(options.clock);
    this.serverPosition = options.start;
    this.heardAt = this.flushedAt = options.clock.now().getTime();
  }

  async run(): Promise<SessionEnd> {
    const { signal } = this.options;
    const wake = () => this.bell.ring();
    signal.addEventListener('abort', wake, { once: true });
    try {
      this.begin();
      while (!this.isOver()) {
        await this.bell.wait(Math.min(this.options.flushEvery, STATUS_EVERY));
        if (this.storingFailed) throw this.storingFailed.error;
        if (this.mustFlush()) this.store();
        this.resumeIfThereIsRoom();
        this.keepAlive();
      }
      return await this.end();
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  private begin(): void {
    const { wire, slot, start, timeline } = this.options;
    const from = `PHYSICAL ${formatLsn(start)} TIMELINE ${timeline}`;
    const answer = wire.run(slot ? `START_REPLICATION SLOT ${slot} ${from}` : `START_REPLICATION ${from}`, {
      begun: () => {
        this.granted = this.copying = true;
        this.bell.ring();
      },
      data: (message) => this.take(message),
      done: () => {
        this.copying = false;
        wire.endCopy(); // the timeline is over; the server tells the next one when both sides have said so
      },
    });
    answer
      .then(
        (sets) => {
          this.answer = { sets };
        },
        (error: unknown) => {
          this.answer = { error };
        },
      )
      .then(() => this.bell.ring());
  }

  private take(message: Buffer): void {
    const frame = readFrame(message);
    this.heard = true;
    this.serverPosition = frame.serverPosition;
    if (frame.kind === 'keepalive') {
      if (frame.wantsReply) this.sendStatus(false);
      return;
    }
    const { writer, wire, synchronous, until } = this.options;
    writer.append(frame.start, frame.bytes);
    if ((writer.pendingBytes >= HIGH || writer.isFull) && !this.paused) {
      this.paused = true;
      wire.pause();
    }
    if (synchronous || writer.hasWholeSegment || (until !== undefined && writer.received >= until)) this.bell.ring();
  }

  private isOver(): boolean {
    return this.answer !== undefined || this.options.signal.aborted || this.hasReached();
  }

  private hasReached(): boolean {
    const { until, writer } = this.options;
    return until !== undefined && writer.flushed >= until;
  }

  private mustFlush(): boolean {
    const { writer, until, synchronous, flushEvery, clock } = this.options;
    if (writer.pendingBytes === 0 || this.storing) return false;
    if (synchronous || writer.hasWholeSegment || (until !== undefined && writer.received >= until)) return true;
    return clock.now().getTime() - this.flushedAt >= flushEvery;
  }

  /** Stores beside the stream, so that a slow repository does not make the server think we are gone. */
  private store(): void {
    const { writer, clock } = this.options;
    this.storing = true;
    writer
      .flush()
      .then(
        () => {
          this.flushedAt = clock.now().getTime();
        },
        (error: unknown) => {
          this.storingFailed = { error };
        },
      )
      .finally(() => {
        this.storing = false;
        this.bell.ring();
      });
  }

  private resumeIfThereIsRoom(): void {
    const { writer, wire } = this.options;
    if (!this.paused || writer.pendingBytes > LOW || writer.isFull) return;
    this.paused = false;
    wire.resume();
  }

  /** Acknowledges what is durable, says that we live, and finds out when the server does not. */
  private keepAlive(): void {
    const now = this.options.clock.now().getTime();
    if (this.heard || this.paused) this.heardAt = now;
    this.heard = false;
    if (now - this.heardAt > SILENCE)
      this.options.wire.destroy(coded('ETIMEDOUT', `nothing was heard for ${SILENCE / 1000} s`));
    const due = now - this.statusAt >= STATUS_EVERY;
    if (due || this.options.writer.flushed !== this.reported) this.sendStatus(due);
  }

  private sendStatus(wantsReply: boolean): void {
    if (!this.granted) return;
    const { wire, writer, clock, onProgress } = this.options;
    const at = clock.now();
    if (this.copying) wire.sendCopy(statusFrame(writer.flushed, at, wantsReply));
    this.reported = writer.flushed;
    this.statusAt = at.getTime();
    onProgress({ flushed: writer.flushed, serverPosition: this.serverPosition, at });
  }

  private async end(): Promise<SessionEnd> {
    await this.lastFlush();
    if (!this.answer) this.sendStatus(false);
    if (this.hasReached()) return { why: 'reached' };
    if (this.answer === undefined) return { why: 'aborted' };
    if ('error' in this.answer) throw this.answer.error;
    const next = this.answer.sets[0]?.[0];
    if (next?.next_tli && next.next_tli_startpos)
      return {
        why: 'timeline-ended',
        next: { timeline: Number(next.next_tli), position: parseLsn(next.next_tli_startpos) },
      };
    throw coded('ECONNRESET', 'the server ended the stream'); // it shuts down in good order
  }

  private async lastFlush(): Promise<void> {
    const { writer, clock } = this.options;
    if (writer.pendingBytes === 0) return;
    const timer = new AbortController();
    const late = clock.sleep(LAST_FLUSH, timer.signal).then(() => {
      throw new KnownError(
        'TIMED_OUT',
        `the last ${writer.pendingBytes} bytes of log could not be stored within ${LAST_FLUSH / 1000} s`,
        'They stay on the server until the next stream. Look at the repository.',
      );
    });
    try {
      await Promise.race([writer.flush(), late]);
    } finally {
      late.catch(() => undefined);
      timer.abort();
    }
  }
}
