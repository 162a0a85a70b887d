import { formatDuration } from '../lib/duration.ts';
import { extendCommand } from '../usecases/asks.ts';
import type { RunResult } from '../usecases/run-result.ts';
import { momentLines } from './clock-words.ts';
import type { Paint } from './screen.ts';

/** The screen at the end of a run: what happened, what it cost, what was lost, and what to do next. */
export function runSummary(result: RunResult, paint: Paint): string {
  return [
    '',
    verdict(result, paint),
    `  RTO      ${rto(result)}`,
    `  RPO      ${rpo(result)}`,
    ...momentLines(result, (word) => `  ${word.padEnd(9)}`),
    ...result.open_obligations.map(({ what }) => paint.warn(`  To do    ${what}`)),
    ...(result.report ? [`  Report   ${result.report.html}`, `           ${result.report.markdown}`] : []),
    ...(result.evidence ? [`  Evidence ${result.evidence}`] : []),
    ...(result.trace ? [`  Trace    ${traceText(result.trace)}`] : []),
    `  Next     ${nextCommand(result)}`,
  ].join('\n');
}

const traceText = ({ trace_id, spans, trouble }: NonNullable<RunResult['trace']>): string =>
  trouble === undefined ? `${trace_id}, ${spans} spans sent` : `not sent: ${trouble}`;

function verdict({ status, title, run, error }: RunResult, paint: Paint): string {
  switch (status) {
    case 'succeeded':
      return paint.good(paint.bold(`Recovered: ${title}`));
    case 'failed':
      return paint.bad(`Not recovered: ${error?.message ?? 'no reason is known'}\n  → ${error?.hint ?? ''}`);
    case 'canceled':
      return paint.bad(`Canceled: ${error?.message ?? run}`);
    default:
      return paint.warn(
        `Not through: ${error?.message ?? `the run is ${status}`}${reason(error)}\n  → ${error?.hint ?? ''}`,
      );
  }
}

const reason = (error: RunResult['error']): string => (error?.because ? ` (${error.because.code})` : '');

/** The measured time against the promise; human waiting is part of it and told apart. */
export function rto({ rto_seconds, rto_met, objective, human_wait_seconds }: RunResult): string {
  const promise = promiseText(objective.rto_seconds);
  if (rto_seconds === undefined) return `not measured: not healthy yet (${promise})`;
  const waiting = human_wait_seconds > 0 ? `, of it ${duration(human_wait_seconds)} waiting for people` : '';
  return `${duration(rto_seconds)} (${promise}${metText(rto_met)})${waiting}`;
}

/** The measured loss against the promise. What nobody measured is said to be so, and is never zero. */
export function rpo({ rpo_seconds, rpo_met, objective, loss }: RunResult): string {
  const promise = promiseText(objective.rpo_seconds);
  const count =
    loss?.lost === undefined ? '' : `, ${loss.lost} of ${loss.acknowledged ?? 'all'} acknowledged writes lost`;
  if (rpo_seconds === undefined) return `not measured (${promise})${count}`;
  return `${duration(rpo_seconds)} (${promise}${metText(rpo_met)})${count}`;
}

const promiseText = (seconds: number | undefined): string =>
  seconds === undefined ? 'no objective' : `objective ${duration(seconds)}`;

const metText = (met: boolean | undefined): string => (met === undefined ? '' : met ? ': met' : ': MISSED');

const duration = (seconds: number): string => formatDuration(seconds * 1000);

function nextCommand({ status, run, evidence, steps, error }: RunResult): string {
  const waiting = steps.find(({ waits_for }) => waits_for === 'decision');
  if (status === 'paused' && waiting)
    return `lifeboat decide ${run} ${waiting.id} retry|done|skip|undo|abort --reason "…", then: lifeboat recover --resume ${run}`;
  if (status === 'paused' && error?.code === 'RUN_LATE') return extendCommand(run);
  if (status === 'paused' || status === 'running' || status === 'waiting') return `lifeboat recover --resume ${run}`;
  if (evidence) return `lifeboat evidence verify ${evidence}`;
  return `lifeboat evidence export ${run}`;
}
