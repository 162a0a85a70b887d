import type { Answer, RunDesk, Seen, Task } from '../actions/run-desk.ts';
import { type Duration, parseDuration, seconds } from '../lib/duration.ts';
import { type Look, lookedForWords } from '../model/plan/look.ts';
import type { RunEvent } from '../model/run.ts';
import type { StepState } from '../model/run-state.ts';
import { lookOnce, tooLate } from './look.ts';
import type { StepRun } from './run-step.ts';

/** What is seen may be different at every look; the log keeps no more of it than somebody can read. */
const KEEP_EVERY = seconds(30);

/** The last look of all gets this long, however little time is left. */
const LAST_LOOK = seconds(5);

const known = ({ step, log }: StepRun): StepState | undefined => log.state().steps.get(step.id);

/** Looks again and again until it is so. Throws TIMED_OUT when it is not within the time, counted from the first look over restarts. */
export async function lookUntil(
  run: StepRun,
  look: Look,
  { within, signal }: Parameters<RunDesk['lookUntil']>[1],
): Promise<Seen> {
  const { step, log, ports } = run;
  const looksFor = lookedForWords(look);
  const end = new Date(known(run)?.looked?.until ?? ports.clock.now().getTime() + within);
  if (known(run)?.looked === undefined)
    await log.append([{ type: 'step.looked', step: step.id, looksFor, until: end.toISOString() }]);
  // Counted apart from the clock: one that was put back must not make the wait longer.
  let waited = 0;
  const left = (): Duration => Math.min(within - waited, end.getTime() - ports.clock.now().getTime());
  for (;;) {
    const seen = await lookOnce(run, { look, signal, within: Math.max(LAST_LOOK, left()) });
    await keep(run, looksFor, seen);
    if (seen.met) return seen;
    if (left() <= 0) throw tooLate(step.id, looksFor, within, seen);
    const pause = Math.min(left(), pauseOf(look));
    await ports.clock.sleep(pause, signal);
    waited += pause;
  }
}

/**
 * Asks somebody, and looks meanwhile whether it is done. A "done" counts only when the machine sees it, too, or was said in spite of
 * that; else the question is asked again, with what was seen.
 */
export async function askAndLook(run: StepRun, task: Task & { look: Look }, signal: AbortSignal): Promise<Answer> {
  const { step, log, ports } = run;
  const { look } = task;
  const looksFor = lookedForWords(look);
  const asked = waitingFor(run, task);
  const first: readonly RunEvent[] =
    known(run)?.looked === undefined ? [{ type: 'step.looked', step: step.id, looksFor }] : [];
  const settled = finalWord(known(run)?.answer);
  if (settled) return settled;
  await log.append([...first, asked]);
  for (;;) {
    const answer = known(run)?.answer;
    if (answer && finalWord(answer)) return answer;
    const seen = await lookOnce(run, { look, signal });
    if (seen.met) {
      await keep(run, looksFor, seen);
      // Somebody may have said so in the same moment.
      const word = known(run)?.answer ?? nobody(ports.clock.now());
      return finalWord(word) ?? { ...word, seen: seen.seen };
    }
    if (answer) await log.append([{ ...lookedAt(run, looksFor, seen), refuted: true }, asked]);
    else await keep(run, looksFor, seen);
    const next = new Date(ports.clock.now().getTime() + pauseOf(look));
    await log.until(() => known(run)?.answer !== undefined, signal, next);
  }
}

export const waitingFor = ({ step }: Pick<StepRun, 'step'>, { instruction, doneWhen, role }: Task): RunEvent => {
  const more = { ...(doneWhen === undefined ? {} : { doneWhen }), ...(role === undefined ? {} : { role }) };
  return { type: 'step.waiting', step: step.id, waitsFor: { kind: 'task', instruction, ...more } };
};

/** What no look can overrule: that it could not be done, or that it is, whatever the machine sees. */
const finalWord = (answer: Answer | undefined): Answer | undefined =>
  answer?.outcome === 'failed' || answer?.despiteLook ? answer : undefined;

const nobody = (now: Date): Answer => ({ outcome: 'done', answer: '', by: '', at: now.toISOString() });

/** Two looks in one moment would leave no time for anything else. */
const pauseOf = ({ every }: Look): Duration => Math.max(seconds(0.1), parseDuration(every) as number);

const lookedAt = ({ step }: StepRun, looksFor: string, { seen }: Seen) =>
  ({ type: 'step.looked', step: step.id, looksFor, seen }) as const;

/** Keeps what is news: the first look, the one that is met, and what is seen differently, but not at every look. */
async function keep(run: StepRun, looksFor: string, seen: Seen): Promise<void> {
  const { step, log, ports } = run;
  const last = known(run)?.looked;
  if (last?.seen === seen.seen) return;
  ports.watch({ kind: 'output', step: step.id, line: `seen: ${seen.seen}` });
  const isEarly = last?.seen !== undefined && ports.clock.now().getTime() - Date.parse(last.at) < KEEP_EVERY;
  if (!isEarly || seen.met) await log.append([lookedAt(run, looksFor, seen)]);
}
