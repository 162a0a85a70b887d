import { seconds } from '../lib/duration.ts';
import { ERRORS, KnownError } from '../model/errors.ts';
import type { RunJournal, RunSummary } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';
import { findState } from './find-plan.ts';
import type { Happening } from './happening.ts';
import { followOutput } from './output-file.ts';
import { isOver } from './resume.ts';
import { type RunResult, resultOf } from './run-result.ts';
import type { Services } from './services.ts';

/** One look costs two reads by key, so it can be so often that a person sees no delay. */
const LOOK_EVERY_MS = 50;

/** Whether the driver lives is asked of the system, which is dearer. */
const LOOK_FOR_DRIVER_EVERY_MS = seconds(1);

export type Driver = RunSummary['ownerState'];

export interface Following {
  readonly signal: AbortSignal;
  /** Told first, how far the log is: events up to there are told as past. */
  attaches(lastSeq: number, driver: Driver): void;
  drives(driver: Driver): void;
  watch(happening: Happening): void;
}

/**
 * Follows a run that another process drives, and touches nothing. It ends when the run stops: over, paused, or its process gone; the
 * result carries the error that `recover` would end with. Throws INTERRUPTED when the one who follows leaves first.
 */
export async function attach(run: string | undefined, services: Services, following: Following): Promise<RunResult> {
  const stateFolder = findState(services);
  const journal = services.journal(stateFolder);
  const id = run ?? (await runUnderWay(journal, 'attach'));
  const before = await journal.events(id);
  following.attaches(before.length, await driverOf(id, journal));
  for (const event of before) following.watch({ kind: 'event', event, past: true });
  try {
    await follow({ id, journal, services, following, output: followOutput(stateFolder, id) }, before);
  } catch (error) {
    if (following.signal.aborted && !(error instanceof KnownError)) throw left(id, error);
    throw error;
  }
  return stoppedResult(await journal.events(id));
}

/** The run that is not over. Throws when there is none, or more than one. */
export async function runUnderWay(journal: RunJournal, command: string): Promise<string> {
  const open = (await journal.runs()).filter(({ status }) => !isOver(status));
  const [first] = open;
  if (!first) throw new KnownError('RUN_NOT_FOUND', 'no run is under way', 'See all that were: lifeboat runs');
  if (open.length === 1) return first.id;
  const names = open.map(({ id, scenario }) => `${id} (${scenario})`).join(', ');
  throw new KnownError('USAGE', `several runs are not over: ${names}`, `Name one: lifeboat ${command} RUN`);
}

export const driverOf = async (id: string, journal: RunJournal): Promise<Driver> =>
  (await journal.runs()).find((summary) => summary.id === id)?.ownerState ?? 'none';

interface Follow {
  readonly id: string;
  readonly journal: RunJournal;
  readonly services: Services;
  readonly following: Following;
  readonly output: ReturnType<typeof followOutput>;
}

async function follow(
  { id, journal, services, following, output }: Follow,
  before: readonly JournalEvent[],
): Promise<void> {
  const { clock } = services;
  let last = before.at(-1) as JournalEvent;
  let askAgainAt = 0;
  while (!STOPPED.has(last.type)) {
    following.signal.throwIfAborted();
    const isTime = clock.now().getTime() >= askAgainAt;
    // Asked before the log is read: what a process wrote last before it went away is then still seen.
    const driver = isTime ? await driverOf(id, journal) : undefined;
    for (const line of output()) following.watch(line);
    const news = await journal.events(id, last.seq);
    for (const event of news) following.watch({ kind: 'event', event });
    last = news.findLast(({ type }) => STOPPED.has(type)) ?? news.at(-1) ?? last;
    if (driver !== undefined) {
      askAgainAt = clock.now().getTime() + LOOK_FOR_DRIVER_EVERY_MS;
      following.drives(driver);
      if (driver === 'gone' || driver === 'none') return;
    }
    if (!STOPPED.has(last.type)) await clock.sleep(LOOK_EVERY_MS, following.signal);
  }
}

/** After these the process that drives the run does nothing more in it. */
const STOPPED: ReadonlySet<string> = new Set(['run.paused', 'run.succeeded', 'run.failed', 'run.canceled']);

const left = (id: string, cause: unknown): KnownError =>
  new KnownError(
    'INTERRUPTED',
    `you no longer follow ${id}; the run itself goes on`,
    `Follow it again with: lifeboat attach ${id}`,
    cause,
  );

/** A run whose process is gone has not ended well, although nothing in its log says so. */
function stoppedResult(events: readonly JournalEvent[]): RunResult {
  const result = resultOf(events);
  if (isOver(result.status) || result.error) return result;
  return {
    ...result,
    error: {
      code: 'RUN_PAUSED',
      message: 'the process that drove the run is gone',
      hint: `Go on with: lifeboat recover --resume ${result.run}`,
    },
  };
}

/** The exit code of a run that has stopped: the same for those who drove it and those who followed. */
export const exitOf = ({ error }: RunResult): number => (error ? ERRORS[error.code].exit : 0);
