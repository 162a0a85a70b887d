import type { Clock } from '../lib/clock.ts';
import { seconds } from '../lib/duration.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import type { Claim, RunJournal } from '../model/journal.ts';
import type { RunCopies } from '../model/run-copy.ts';
import { copyNews, type LogCopy, logCopy, requireNotTaken } from './log-copy.ts';

const COPY_EVERY_MS = seconds(0.5);
/** The longest pause while the repository takes nothing. */
const LONGEST_PAUSE_MS = seconds(30);
/** What has effects waits no longer than this for its line to be in the copy. */
const EFFECT_WAITS_MS = seconds(3);
const LOOK_WITHIN_MS = seconds(2);
const LAST_TRY_MS = seconds(5);

export interface CopierFacts {
  readonly journal: RunJournal;
  readonly copies: RunCopies;
  readonly clock: Clock;
  readonly actor: string;
  /** One line for whoever watches. */
  tell(line: string): void;
}

/** Copies the log of the run that this process drives. Failing at it never stops the run; finding the run taken over does. */
export class RunCopier {
  private readonly facts: CopierFacts;
  private readonly done = new AbortController();
  private claim: Claim | undefined;
  private copy: LogCopy | undefined;
  private fenced: KnownError | undefined;
  private failingSince: string | undefined;
  private underWay: Promise<void> | undefined;
  /** An attempt that hangs is not waited for a second time. */
  private hangs = false;
  private looping: Promise<void> = Promise.resolve();
  /** Steps that went on without their line in the copy, since it last worked. */
  private readonly lagging = new Set<string>();

  constructor(facts: CopierFacts) {
    this.facts = facts;
  }

  /** Looks, before a run is taken up again, whether another machine has it. Throws RUN_FENCED; nothing when it cannot see. */
  async lookFirst(run: string): Promise<void> {
    const looked = requireNotTaken(logCopy({ ...this.facts, run, epoch: Number.POSITIVE_INFINITY }));
    await within(this.facts.clock, LOOK_WITHIN_MS, looked).catch((error: unknown) => {
      if (isFenced(error)) throw error;
    });
  }

  begin(claim: Claim): void {
    this.claim = claim;
    this.copy = logCopy({ ...this.facts, run: claim.run, epoch: claim.epoch });
    this.looping = this.loop();
  }

  /** Throws RUN_FENCED once it is known that another process has the run. */
  requireOurs(): void {
    if (this.fenced) throw this.fenced;
  }

  /** Before an effect of a step: its line should be in the copy, and nobody else may have the run. */
  async beforeEffect(step: string): Promise<void> {
    this.requireOurs();
    if (!this.claim || !this.copy || (await this.isCopiedWithin(EFFECT_WAITS_MS)) || this.lagging.has(step)) return;
    this.lagging.add(step);
    const why = `the log of the run is not copied since ${this.failingSince}`;
    const copied = this.copy.copied?.seq ?? 0;
    await this.facts.journal.append(this.claim, this.facts.actor, [{ type: 'run.copy_lags', step, copied, why }]);
  }

  /** Stops, and copies the end if that is possible in a short time. */
  async end(): Promise<void> {
    this.done.abort();
    if (!this.copy || this.fenced) return;
    const copied = await this.isCopiedWithin(LAST_TRY_MS).catch(() => true);
    if (!this.hangs) await this.looping;
    const { tell, copies } = this.facts;
    if (!copied)
      tell(`the end of the log, from event ${(this.copy.copied?.seq ?? 0) + 1} on, is not in ${copies.place}`);
  }

  private async loop(): Promise<void> {
    let pause = COPY_EVERY_MS;
    while (!this.done.signal.aborted && !this.fenced) {
      const copied = await this.copyNow().then(
        () => true,
        () => false,
      );
      pause = copied ? COPY_EVERY_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      await this.facts.clock.sleep(pause, this.done.signal).catch(() => undefined);
    }
  }

  /** One at a time. Whoever comes while one is under way may need lines that it does not take. */
  private async copyNow(): Promise<void> {
    while (this.underWay) await this.underWay.catch(() => undefined);
    this.underWay = this.attempt();
    try {
      await this.underWay;
    } finally {
      this.underWay = undefined;
    }
  }

  private async attempt(): Promise<void> {
    try {
      if (this.copy) await copyNews(this.copy);
      this.works();
    } catch (error) {
      this.fails(error);
      throw error;
    }
  }

  /** Looks last, so that a process that was frozen on the way sees what happened meanwhile. */
  private async isCopiedWithin(ms: number): Promise<boolean> {
    if (this.hangs && this.underWay) return false;
    const copied = this.copyNow().then(() => requireNotTaken(this.copy as LogCopy));
    const outcome = await within(this.facts.clock, ms, copied).catch((error: unknown) => {
      this.fails(error);
      return error;
    });
    this.requireOurs();
    this.hangs = outcome === LATE;
    if (outcome === LATE) this.fails(new KnownError('TIMED_OUT', 'it does not answer', 'Look at the repository.'));
    return outcome === undefined;
  }

  private works(): void {
    if (this.failingSince !== undefined)
      this.facts.tell(`the log of the run is copied to ${this.facts.copies.place} again`);
    this.failingSince = undefined;
    this.lagging.clear();
  }

  private fails(error: unknown): void {
    if (isFenced(error)) this.fenced = error;
    if (this.fenced || this.failingSince !== undefined) return;
    const { clock, copies, tell } = this.facts;
    this.failingSince = clock.now().toISOString();
    tell(
      `the log of the run is not copied to ${copies.place} since ${this.failingSince}: ${errorRecord(error).message}`,
    );
  }
}

const isFenced = (error: unknown): error is KnownError => error instanceof KnownError && error.code === 'RUN_FENCED';

export const LATE = 'late';

/** What the work comes to, or LATE. Work that is late goes on, and nobody waits for it. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  const done = new AbortController();
  const late: Promise<typeof LATE> = clock.sleep(ms, done.signal).then(
    () => LATE,
    () => LATE,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    work.catch(() => undefined);
  }
}
