import { seconds } from '../lib/duration.ts';
import { type ErrorRecord, errorRecord, KnownError } from '../model/errors.ts';
import type { Claim } from '../model/journal.ts';
import type { RunEvent, RunOrigin } from '../model/run.ts';
import { deadlineOf } from '../model/run-deadline.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, openObligations, type RunState } from '../model/run-state.ts';
import { indexOf } from '../model/scenario-index.ts';
import { type Flight, startFlight } from './flight.ts';
import { moveFinder } from './move-finder.ts';
import type { EnginePorts } from './ports.ts';
import { type Extension, extended, lateBecause } from './run-deadline.ts';
import { followRun, type RunLog } from './run-log.ts';
import { type Move, obligationError } from './schedule.ts';
import { isSettled } from './settled.ts';
import { putBack, type UndoRun, undoAll } from './undo.ts';

/** A third of the shortest lease a journal gives: two beats may be lost before anyone thinks we are gone. */
const BEAT_EVERY_MS = seconds(5);

export interface StartRun {
  readonly id: string;
  /** Plan and environment: one run at a time for each. */
  readonly lock: string;
  readonly origin: RunOrigin;
}

/** Begins a run and carries it as far as it goes. Throws RUN_LOCKED when another run of this lock is not over. */
export async function startRun(
  { id, lock, origin }: StartRun,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<RunState> {
  const claim = await ports.journal.create({ id, lock, by: ports.actor, origin: { type: 'run.created', ...origin } });
  return execute(claim, ports, signal);
}

/**
 * Goes on with a run where it stopped, wherever that was, with more time where a person gives it. Throws RUN_LOCKED while a living process
 * drives it, USAGE when there is nothing to extend.
 */
export async function resumeRun(
  id: string,
  ports: EnginePorts,
  signal: AbortSignal,
  extension?: Extension,
): Promise<RunState> {
  const known = foldRun(await ports.journal.events(id));
  if (isOver(known)) return known;
  const more = extension && extended(known, extension, ports.clock.now());
  return execute(await ports.journal.claim(id, ports.actor), ports, signal, more);
}

/** Why a paused run does not go on by itself, if that is known. */
export function pausedBecause(state: RunState): ErrorRecord | undefined {
  if (state.status !== 'paused') return undefined;
  if (state.heldBack) return state.heldBack;
  const scenario = scenarioOfRun(state);
  for (const { id, progress } of state.steps.values()) {
    if (progress.status === 'waiting' && progress.waitsFor.kind === 'decision') return progress.waitsFor.why;
    const step = indexOf(scenario).steps.get(id);
    if (progress.status === 'failed' && !(step && isSettled(scenario, step, state))) return progress.error;
  }
  return openObligations(state).length > 0 ? obligationError(state) : undefined;
}

async function execute(claim: Claim, ports: EnginePorts, signal: AbortSignal, first?: RunEvent): Promise<RunState> {
  const fenced = new AbortController();
  const done = new AbortController();
  const beating = beat(claim, ports, fenced, done.signal);
  try {
    const log = await followRun(claim, ports);
    if (first && !isOver(log.state())) await log.append([first]);
    if (log.state().endedAt === undefined) await drive(log, ports, AbortSignal.any([signal, fenced.signal]));
    return log.state();
  } catch (error) {
    if (fenced.signal.aborted) throw fenced.signal.reason;
    throw error;
  } finally {
    done.abort();
    await beating;
    if (!fenced.signal.aborted) await ports.journal.release(claim).catch(ignoreFenced);
  }
}

const ignoreFenced = (error: unknown): void => {
  if (!(error instanceof KnownError && error.code === 'RUN_FENCED')) throw error;
};

async function beat(claim: Claim, ports: EnginePorts, fenced: AbortController, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    try {
      await ports.clock.sleep(BEAT_EVERY_MS, done);
      await ports.journal.beat(claim);
    } catch (error) {
      if (!done.aborted) fenced.abort(error);
      return;
    }
  }
}

/** The loop: decide purely, act, look again. Returns when the run has ended or is parked. */
async function drive(log: RunLog, ports: EnginePorts, signal: AbortSignal): Promise<void> {
  const flight = startFlight({ log, ports, signal });
  const findMove = moveFinder();
  try {
    for (;;) {
      await log.refresh();
      if (log.state().endedAt !== undefined) return;
      if (signal.aborted) return await pause(log, flight, 'interrupted');
      const run = { scenario: scenarioOfRun(log.state()), log, ports, signal };
      const move = findMove(run.scenario, log.state());
      if (move.do !== 'carry-out') {
        await flight.land(new KnownError('RUN_PAUSED', 'the run turned', 'Another step decided how it goes on.'));
        if (await concludeOrPause(move, run, flight)) return;
        continue;
      }
      const late = lateBecause(log.state(), ports.clock.now());
      if (late) return await pause(log, flight, late.message, errorRecord(late));
      flight.launch(move.steps, run.scenario);
      if (!flight.busy()) return await pause(log, flight, `a person must decide: ${flight.parked().join(', ')}`);
      await restOrCancel(flight, log, signal);
    }
  } finally {
    await flight.land(new KnownError('RUN_PAUSED', 'the run stopped', 'Resume it when the reason is gone.'));
  }
}

const isOver = (state: RunState): boolean => state.endedAt !== undefined;

/** Until a step comes to rest or makes room for others, or another process cancels the run, or its time is over, or we are told to stop. */
async function restOrCancel(flight: Flight, log: RunLog, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const deadline = deadlineOf(scenarioOfRun(log.state()), log.state());
  const isTurn = (state: RunState): boolean => isOver(state) || flight.hasRoom();
  const told = AbortSignal.any([signal, enough.signal]);
  const turned = log.until(isTurn, told, deadline).catch((error: unknown) => {
    if (!signal.aborted && !enough.signal.aborted) throw error;
  });
  try {
    await Promise.race([flight.settled(), turned]);
  } finally {
    enough.abort();
    await turned.catch(() => undefined);
  }
}

async function pause(log: RunLog, flight: Flight, why: string, error?: ErrorRecord): Promise<void> {
  await flight.land(new KnownError('RUN_PAUSED', why, `lifeboat recover --resume ${log.state().id}`));
  await log.refresh();
  if (!isOver(log.state())) await log.append([{ type: 'run.paused', why, ...(error ? { error } : {}) }]);
}

async function concludeOrPause(
  move: Exclude<Move, { do: 'carry-out' }>,
  run: UndoRun,
  flight: Flight,
): Promise<boolean> {
  try {
    return await conclude(move, run);
  } catch (error) {
    if (!run.signal.aborted) throw error;
    await pause(run.log, flight, 'interrupted');
    return true;
  }
}

/** Carries out what is not a step: undoing, putting back, ending. True when the run goes no further in this process. */
async function conclude(move: Exclude<Move, { do: 'carry-out' }>, run: UndoRun): Promise<boolean> {
  switch (move.do) {
    case 'undo':
      await undoAll(run);
      await run.log.append([{ type: 'run.failed', error: move.because }]);
      return true;
    case 'put-back':
      for (const step of move.steps) await putBack({ ...run, step });
      return false;
    case 'fail':
      await run.log.append([{ type: 'run.failed', error: move.error }]);
      return true;
    case 'pause':
      await run.log.append([{ type: 'run.paused', why: move.error.message }]);
      return true;
    case 'succeed':
      await run.log.append([{ type: 'run.succeeded' }]);
      return true;
  }
}
