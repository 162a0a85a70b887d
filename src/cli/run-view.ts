import { isKnownEvent } from '../model/known-event.ts';
import type { JournalEvent } from '../model/run.ts';
import { limitOf } from '../model/run-deadline.ts';
import { type RunClock, runPicture } from '../model/run-picture.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import { type RunOutline, runOutline } from '../model/run-steps.ts';
import { asksOf, isAnswered } from '../usecases/asks.ts';
import type { Driver } from '../usecases/attach.ts';
import type { Happening } from '../usecases/happening.ts';
import type { PlainLog } from '../usecases/plain-log.ts';
import type { Services } from '../usecases/services.ts';
import { irreversible } from '../usecases/way-back.ts';
import { promptAsker } from './asker.ts';
import { limitText } from './clock-lines.ts';
import { eventLines, questionLines, replayLines } from './event-lines.ts';
import { frame } from './frame.ts';
import { liveBlock } from './live-block.ts';
import { openDecisions, type Waiting } from './questions.ts';
import { watchRto } from './rto-watch.ts';
import { type Paint, plainPaint, type Screen } from './screen.ts';
import { calmText } from './text-width.ts';

export interface RunView {
  /** Events up to this number happened in an earlier process: they are taken in and not shown again. */
  resumes(lastSeq: number): void;
  /** Events up to this number happened before somebody came to look: they are told briefly. */
  attaches(lastSeq: number, driver: Driver): void;
  /** Whether a process drives the run. */
  drives(driver: Driver): void;
  watch(happening: Happening): void;
  /** Takes away what is not to stay on the screen. */
  close(): void;
}

/** Somebody who is told when a step begins to wait and when it no longer does. */
export interface Asker {
  waits(waiting: Waiting): void;
  answered(step: string): void;
}

/** Shows a run while it happens: as lines that are good in a pipe too; on a terminal with a block below them that shows how it stands now. */
export function runView(screen: Screen, services: Services, log?: PlainLog): RunView {
  const seen: Seen = { driver: 'alive', outline: { title: '', steps: [] }, output: new Map(), shownFrom: 0 };
  const block = screen.live && blockBelow(screen, screen.live, seen, services);
  const say = (line: string): void => (block ? block.say(screen.live?.ready(line) ?? line) : screen.say(line));
  const closed = new AbortController();
  const signal = AbortSignal.any([screen.signal, closed.signal]);
  const { ask: askInLine, ...silent } = screen;
  const ask = block ? block.ask : askInLine;
  const asker = promptAsker(services, { ...silent, say, signal, ...(ask ? { ask } : {}) });
  const rto = watchRto({
    clock: services.clock,
    signal: closed.signal,
    read: () => clockOf(seen, services),
    tell: (warning) => {
      log?.note(seen.state?.id ?? '', warning);
      say(screen.paint.warn(`  ! ${warning}`));
    },
  });
  const showing: Showing = {
    seen,
    say,
    asker,
    paint: screen.paint,
    block: block !== undefined,
    log,
    actions: services.actions,
    now: () => services.clock.now(),
  };
  return {
    resumes(lastSeq) {
      seen.shownFrom = lastSeq + 1;
    },
    attaches(lastSeq, driver) {
      Object.assign(seen, { shownFrom: lastSeq + 1, replayedAt: lastSeq, driver });
    },
    drives(driver) {
      seen.driver = driver;
    },
    watch(happening) {
      if (happening.kind === 'output') showOutput(happening, showing);
      else showEvent(happening.event, showing);
      if (happening.kind === 'output' || happening.event.seq >= seen.shownFrom - 1) block?.changed();
      if (happening.kind === 'event' && happening.event.seq >= seen.shownFrom) rto.look();
    },
    close() {
      block?.close();
      closed.abort();
    },
  };
}

/** What the view knows of the run so far. */
interface Seen {
  state?: RunState;
  outline: RunOutline;
  driver: Driver;
  readonly output: Map<string, readonly string[]>;
  /** Events before this number are not shown one by one. */
  shownFrom: number;
  /** Whether it was said that most of the time of the run is gone; more time makes that news again. */
  toldUntil?: string;
  /** After this event it is told briefly what was. */
  replayedAt?: number;
}

interface Showing {
  readonly seen: Seen;
  readonly say: (line: string) => void;
  readonly asker: Asker;
  readonly paint: Paint;
  readonly block: boolean;
  readonly log: PlainLog | undefined;
  readonly actions: Services['actions'];
  readonly now: () => Date;
}

function showOutput({ step, line }: Happening & { kind: 'output' }, { seen, say, paint, block, log }: Showing): void {
  const text = calmText(line);
  keepOutput(seen, step, text);
  log?.output(seen.state?.id ?? '', step, text);
  if (!block) say(`      ${paint.dim(text)}`);
}

function showEvent(event: JournalEvent, showing: Showing): void {
  const { seen, say, log } = showing;
  if (takeIn(seen, event)) tellEvent(event, seen, showing);
  else {
    log?.event(event, '');
    if (event.seq >= seen.shownFrom) say(unknownLine(event));
  }
  if (event.seq === seen.replayedAt) replay(showing);
}

function tellEvent(event: JournalEvent, seen: Seen & { state: RunState }, showing: Showing): void {
  const { say, paint, block, log, asker } = showing;
  const { state, outline } = seen;
  log?.event(event, eventLines(event, state, outline, plainPaint).join('\n'));
  if (event.seq < seen.shownFrom) return;
  for (const line of eventLines(event, state, outline, paint)) say(line);
  if (event.type === 'run.created') for (const line of noWayBackLines(event, showing.actions)) say(paint.warn(line));
  const limit = limitOf(outline, state, showing.now());
  if (!block && limit?.is_short && seen.toldUntil !== limit.until && state.endedAt === undefined) {
    seen.toldUntil = limit.until;
    say(paint.warn(`  ! ${limitText(limit)}`));
  }
  if (block && event.type === 'step.failed') for (const line of outputOf(seen, event.step)) say(paint.dim(line));
  tellAsker(event, state, asker);
}

/** Said before the first step: afterwards it is too late. */
function noWayBackLines(origin: JournalEvent & { type: 'run.created' }, actions: Services['actions']) {
  const found = irreversible(origin, actions);
  if (found.length === 0) return [];
  return [
    '  Once done, this cannot be taken back:',
    ...found.map(({ steps, why }) => `    ${steps.join(', ')}: ${why}`),
  ];
}

function replay({ seen: { state, outline }, say, paint, asker }: Showing): void {
  if (!state) return;
  for (const line of replayLines(state, outline, paint)) say(line);
  for (const waiting of openWaits(state)) {
    for (const line of questionLines(waiting, outline)) say(line);
    asker.waits(waiting);
  }
}

/** False for an event that this Lifeboat does not know. */
function takeIn(seen: Seen, event: JournalEvent): seen is Seen & { state: RunState } {
  if (!isKnownEvent(event)) return false;
  if (seen.state) seen.state = applyEvent(seen.state, event);
  else {
    seen.state = foldRun([event]);
    seen.outline = runOutline(seen.state.origin);
  }
  return true;
}

const unknownLine = ({ type, by }: JournalEvent): string =>
  `  ${by}: ${type}, which this Lifeboat does not know. Was the run begun by a newer one?`;

/** Enough to see why a step failed; everything stands in its own log. */
const KEPT_OUTPUT = 8;

function keepOutput({ output }: Seen, step: string, line: string): void {
  if (line.trim() !== '') output.set(step, [...(output.get(step) ?? []), line].slice(-KEPT_OUTPUT));
}

const outputOf = ({ output }: Seen, step: string): readonly string[] =>
  (output.get(step) ?? []).map((line) => `      ${line}`);

function blockBelow(screen: Screen, terminal: NonNullable<Screen['live']>, seen: Seen, { clock }: Services) {
  return liveBlock({
    terminal,
    clock,
    frame(size, asking) {
      if (!seen.state || seen.state.endedAt !== undefined) return [];
      const picture = runPicture(seen.outline, seen.state, { now: clock.now(), driver: seen.driver });
      const asks = asking ? [] : asksOf(picture, seen.state);
      return frame({ picture, asks, output: seen.output }, { ...size, paint: screen.paint, ready: terminal.ready });
    },
  });
}

/** Nothing is to be warned of before the run is shown, nor after its end. */
function clockOf({ state, outline, driver, shownFrom }: Seen, { clock }: Services): RunClock | undefined {
  if (!state || state.endedAt !== undefined || state.healthyAt !== undefined) return undefined;
  if (state.lastSeq < shownFrom - 1) return undefined;
  return runPicture(outline, state, { now: clock.now(), driver }).clock;
}

/** Nothing of a run that has ended waits any more. */
const openWaits = (state: RunState): readonly Waiting[] =>
  [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'waiting' && state.endedAt === undefined
      ? [{ state, step: id, waitsFor: progress.waitsFor }]
      : [],
  );

function tellAsker(event: JournalEvent, state: RunState, asker: Asker): void {
  if (event.type === 'run.claimed') {
    for (const waiting of openDecisions(state)) asker.waits(waiting);
    return;
  }
  if (!('step' in event) || !event.type.startsWith('step.')) return;
  const progress = state.steps.get(event.step)?.progress;
  // Between the last word and the step's going on nothing is asked any more.
  if (progress?.status === 'waiting' && !isAnswered(state, event.step))
    asker.waits({ state, step: event.step, waitsFor: progress.waitsFor });
  else asker.answered(event.step);
}
