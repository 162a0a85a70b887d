import type { BackupWriter } from '../../../model/repository.ts';

/** Stop reading from the server when this much waits to be written, and read on when it has become less. */
const HIGH = 16 << 20;
const LOW = 4 << 20;
const PIECE = 1 << 20;

type Job = { readonly open: string } | { readonly bytes: Buffer };

/**
 * Writes what a socket pushes into the parts of a backup, in order and with bounded memory.
 * The socket is told to pause while the writer is behind.
 */
export class PartPump {
  /** Bytes taken in so far. */
  received = 0;
  private readonly jobs: Job[] = [];
  private piece: Buffer | undefined;
  private filled = 0;
  private waiting = 0;
  private paused = false;
  private failure: { readonly error: unknown } | undefined;
  private working: Promise<void> | undefined;
  private part: Awaited<ReturnType<BackupWriter['part']>> | undefined;
  private readonly writer: BackupWriter;
  private readonly source: { pause(): void; resume(): void; fail(error: unknown): void };

  constructor(writer: BackupWriter, source: { pause(): void; resume(): void; fail(error: unknown): void }) {
    this.writer = writer;
    this.source = source;
  }

  /** What is pushed from now on belongs to this part. */
  open(name: string): void {
    this.cut();
    this.add({ open: name });
  }

  /** Copies the bytes: the caller's buffer may be reused. */
  push(bytes: Buffer): void {
    this.received += bytes.length;
    for (let taken = 0; taken < bytes.length; ) {
      this.piece ??= Buffer.allocUnsafeSlow(PIECE);
      const copied = bytes.copy(this.piece, this.filled, taken);
      taken += copied;
      this.filled += copied;
      if (this.filled === PIECE) this.cut();
    }
  }

  /** Ends the last part. Rejects with the first error of any write. */
  async finish(): Promise<void> {
    this.cut();
    await this.settled();
    if (this.failure) throw this.failure.error;
    await this.part?.end();
  }

  /** Resolves when no write is under way any more, whatever became of it. */
  async settled(): Promise<void> {
    while (this.working) await this.working;
  }

  private cut(): void {
    if (!this.piece || this.filled === 0) return;
    this.add({ bytes: this.piece.subarray(0, this.filled) });
    this.piece = undefined;
    this.filled = 0;
  }

  private add(job: Job): void {
    this.jobs.push(job);
    if ('bytes' in job) this.waiting += job.bytes.length;
    if (this.waiting >= HIGH && !this.paused) {
      this.paused = true;
      this.source.pause();
    }
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    await Promise.resolve(); // `working` is set before the first job can end
    try {
      for (let job = this.jobs.shift(); job !== undefined && !this.failure; job = this.jobs.shift()) await this.do(job);
    } catch (error) {
      this.failure = { error };
      this.source.fail(error);
    } finally {
      this.working = undefined;
    }
  }

  private async do(job: Job): Promise<void> {
    if ('open' in job) {
      await this.part?.end();
      this.part = await this.writer.part(job.open);
      return;
    }
    if (!this.part) throw new RangeError('bytes before the first part');
    await this.part.write(job.bytes);
    this.waiting -= job.bytes.length;
    if (!this.paused || this.waiting > LOW) return;
    this.paused = false;
    this.source.resume();
  }
}
