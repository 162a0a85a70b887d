import type { Clock } from '../lib/clock.ts';
import { errorRecord } from '../model/errors.ts';
import { painter } from './painter.ts';
import type { LiveTerminal } from './screen.ts';

/** Four times a second is as often as a person sees a difference. */
const PAINT_EVERY_MS = 250;

/** Lines that scroll by, and below them a block that is painted over and over in its place. */
export interface LiveBlock {
  /** A line for the log above the block. */
  say(line: string): void;
  /** Something in the block is different; it is painted when its turn comes. */
  changed(): void;
  /** Asks below the block, which stands still meanwhile: nothing is painted over what somebody types. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Takes the block away and leaves the log. */
  close(): void;
}

export interface LiveParts {
  readonly terminal: LiveTerminal;
  readonly clock: Clock;
  readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** What the block shows now; `asking` while somebody is asked below it. */
  frame(size: { readonly columns: number; readonly rows: number }, asking: boolean): readonly string[];
}

export function liveBlock({ terminal, clock, ask, frame }: LiveParts): LiveBlock {
  const hand = painter(terminal);
  let pending: string[] = [];
  let paintedAt = Number.NEGATIVE_INFINITY;
  let asking: AbortController | undefined;
  let standing = false;
  const closed = new AbortController();

  const paint = (block: readonly string[]): void => {
    if (!hand.paint(pending, block)) return;
    pending = [];
    standing = false;
    paintedAt = clock.now().getTime();
  };
  const paintInTurn = (): void => {
    const isTurn = clock.now().getTime() - paintedAt >= PAINT_EVERY_MS;
    if (asking === undefined && isTurn) paint(safely(() => frame(terminal.size(), false)));
  };
  const untilAnswered = async (question: string, signal: AbortSignal): Promise<string | undefined> => {
    for (;;) {
      asking = new AbortController();
      const answer = await ask(question, AbortSignal.any([signal, asking.signal]));
      if (closed.signal.aborted) return undefined;
      if (answer === undefined) hand.clearRow();
      if (answer !== undefined || signal.aborted || !asking.signal.aborted) return answer;
      paint([]);
    }
  };
  void tick(clock, closed.signal, paintInTurn);
  return {
    say(line) {
      pending.push(...line.split('\n'));
      if (asking) asking.abort();
      else paintInTurn();
    },
    changed: paintInTurn,
    async ask(question, signal) {
      // Between two questions nothing was painted: the block above the first one stands for both.
      if (!standing) paint(safely(() => frame(terminal.size(), true)));
      hand.leave();
      try {
        return await untilAnswered(question, signal);
      } finally {
        asking = undefined;
        if (!closed.signal.aborted) paint([]);
        standing = true;
      }
    },
    close() {
      closed.abort();
      // A question that nobody answers any more does not stay.
      if (asking) hand.clearRow();
      paint([]);
    },
  };
}

/** Whoever recovers can do without the block, but not without the run: a fault in drawing must not reach it. */
function safely(draw: () => readonly string[]): readonly string[] {
  try {
    return draw();
  } catch (error) {
    return [`The block cannot be drawn (${errorRecord(error).message}). The run goes on.`];
  }
}

async function tick(clock: Clock, closed: AbortSignal, work: () => void): Promise<void> {
  while (!closed.aborted) {
    try {
      await clock.sleep(PAINT_EVERY_MS, closed);
    } catch {
      return;
    }
    work();
  }
}
