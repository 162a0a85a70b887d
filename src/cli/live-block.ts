import type { Clock } from '../lib/clock.ts';
import { errorRecord } from '../model/errors.ts';
import { type Prompt, prompting } from './live-prompt.ts';
import { painter } from './painter.ts';
import type { PromptRows } from './prompt-rows.ts';
import type { LiveTerminal } from './screen.ts';

/** Four times a second is as often as a person sees a difference. */
const PAINT_EVERY_MS = 250;

/** Lines that scroll by, and below them a block that is painted over and over in its place. */
export interface LiveBlock {
  /** A line for the log above the block. */
  say(line: string): void;
  /** Something in the block is different; it is painted when its turn comes. */
  changed(): void;
  /** Asks below the block. What is typed stays there, whole, whatever happens above. Absent where no keys can be read. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Takes the block away and leaves the log. */
  close(): void;
}

export interface LiveParts {
  readonly terminal: LiveTerminal;
  readonly clock: Clock;
  /** What the block shows now; `asking` while somebody is asked below it. */
  frame(size: Space, asking: boolean): readonly string[];
}

interface Space {
  readonly columns: number;
  readonly rows: number;
}

const isSame = (one: Space | undefined, other: Space): boolean =>
  one?.columns === other.columns && one.rows === other.rows;

export function liveBlock({ terminal, clock, frame }: LiveParts): LiveBlock {
  const hand = painter(terminal);
  let pending: string[] = [];
  let paintedAt = Number.NEGATIVE_INFINITY;
  let prompt: Prompt | undefined;
  let standing: { readonly space: Space; readonly lines: readonly string[] } | undefined;
  const closed = new AbortController();

  const paint = (): void => {
    if (closed.signal.aborted) return;
    const space = spaceNow();
    standing = { space, lines: safely(() => frame(space, prompt !== undefined)) };
    if (write(standing.lines)) paintedAt = clock.now().getTime();
  };
  /** At a key only the prompt is different: the block is worked out anew where it no longer fits. */
  const paintKey = (): void => {
    if (closed.signal.aborted) return;
    if (isSame(standing?.space, spaceNow())) write(standing?.lines ?? []);
    else paint();
  };
  const write = (block: readonly string[]): boolean => {
    if (!hand.paint(pending, block, closed.signal.aborted ? undefined : promptNow())) return false;
    pending = [];
    return true;
  };
  const promptNow = (): PromptRows | undefined => {
    const { columns, rows } = terminal.size();
    return prompt?.rows({ columns, rows: Math.max(1, rows - 2) });
  };
  const spaceNow = (): Space => {
    const { columns, rows } = terminal.size();
    return { columns, rows: rows - (promptNow()?.rows.length ?? 0) };
  };
  const paintInTurn = (): void => {
    if (clock.now().getTime() - paintedAt >= PAINT_EVERY_MS) paint();
  };
  const ask = async (question: string, signal: AbortSignal): Promise<string | undefined> => {
    const opened = prompting({
      question,
      terminal,
      signal: AbortSignal.any([signal, closed.signal]),
      changed: paintKey,
    });
    prompt = opened;
    paint();
    const answer = await opened.answer;
    prompt = undefined;
    pending.push(...opened.remains());
    paint();
    return answer;
  };
  void tick(clock, closed.signal, paintInTurn);
  return {
    say(line) {
      pending.push(...line.split('\n'));
      paintInTurn();
    },
    changed: paintInTurn,
    ...(terminal.keys ? { ask } : {}),
    close() {
      if (closed.signal.aborted) return;
      closed.abort();
      pending.push(...(prompt?.remains() ?? []));
      write([]);
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
