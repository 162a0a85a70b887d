import { formatDuration } from '../lib/duration.ts';
import { runsText } from '../model/measured.ts';
import type { DryRunResult, ForetoldLoss, PlannedStep } from '../usecases/dry-run.ts';
import type { Paint } from './screen.ts';

const SEEN = {
  absent: 'not done yet',
  running: 'under way',
  done: 'already done',
  unknown: 'cannot be told',
  later: 'depends on an earlier step',
} as const;

/** What was measured counts before what the plan expects. */
function takes({ measured, expectMs }: DryRunResult['steps'][number]): string {
  if (measured)
    return `, ${formatDuration(measured.p50)}, at most ${formatDuration(measured.p95)}: measured in ${runsText(measured)}`;
  return expectMs === undefined ? '' : `, about ${formatDuration(expectMs)}`;
}

/** A dry run as a person reads it: every step, what it would do, with what, and who must say yes. */
export function dryRunText(result: DryRunResult, paint: Paint): string {
  const { scenario, environment, steps, losses, repository_error: lost } = result;
  const lines = steps.flatMap((step, index) => [
    '',
    paint.bold(`${index + 1}. ${step.step}${step.title ? `: ${step.title}` : ''}`),
    `   ${step.action} (${step.danger}${takes(step)})`,
    `   with ${JSON.stringify(step.input)}`,
    `   now: ${SEEN[step.seen]}${step.trouble ? `: ${step.trouble}` : ''}`,
    ...(step.where.length > 0 ? [`   in ${step.where.join(', ')}`] : []),
    ...step.changes.map((change) => `   - ${change}`),
    ...(step.permissions.length > 0 ? [`   needs: ${step.permissions.join('; ')}`] : []),
    ...(step.approve
      ? [
          `   waits for ${step.approve.count} approval(s) by ${step.approve.role}${step.approve.escalate ? `, later also by ${step.approve.escalate.join(', ')}` : ''}; never by whoever begins the run or takes it up`,
        ]
      : []),
    ...losses.filter((loss) => loss.step === step.step).flatMap((loss) => lossLines(loss, paint)),
    ...safetyLines(step),
  ]);
  const error = lost ? ['', paint.bad(`✘ ${lost.message}`), `  → ${lost.hint}`, `  (${lost.code})`] : [];
  return [`Dry run of ${scenario} in ${environment}. Nothing was changed.`, ...lines, ...error].join('\n');
}

/** To what it would go back now, and what that would lose, beside what is promised. */
function lossLines(loss: ForetoldLoss, paint: Paint): readonly string[] {
  const { component, at, to, age_seconds, point, beside, not_known, objective_seconds, verdict } = loss;
  const ago = age_seconds === undefined ? '' : `, ${spanText(age_seconds)} before now`;
  const moment = at ?? (to === undefined ? 'a moment that is not known' : `the position ${to}`);
  const from = point === undefined ? '' : ` (from the point ${point}, ${provenText(loss)})`;
  const where = point === undefined ? 'to a moment that is not known' : `to ${moment}${ago}${from}`;
  const promise = objective_seconds === undefined ? '' : ` RPO ${spanText(objective_seconds)}: ${verdict}.`;
  const words = beside ? 'beside production, which loses nothing' : `${lostText(loss)}.${promise}`;
  const lines = [`   ${component} goes back ${where}: ${words}`, ...not_known.map((one) => `   not known: ${one}`)];
  return verdict === 'beyond the RPO' || verdict === 'not known' ? lines.map((line) => paint.warn(line)) : lines;
}

const spanText = (seconds: number): string => formatDuration(seconds * 1000);

function provenText({ verified }: ForetoldLoss): string {
  if (verified === undefined || verified.state === 'never') return 'never restored as a test';
  return verified.state === 'restored' ? `restored as a test ${verified.at}` : `its test restore FAILED ${verified.at}`;
}

function lostText({ transactions, more, lost_seconds }: ForetoldLoss): string {
  if (transactions === undefined) return 'how many transactions would be lost is not known';
  if (transactions === 0 && !more) return 'nothing would be lost';
  const count = `${more ? 'at least ' : ''}${transactions} ${transactions === 1 ? 'transaction' : 'transactions'}`;
  return `${count} would be lost${lost_seconds === undefined ? '' : `, the last ${spanText(lost_seconds)}`}`;
}

/** What holds it back before it acts, and whether there is a way back afterwards. */
function safetyLines({ proven, safety_points: points, confirm, way_back: back }: PlannedStep): readonly string[] {
  return [
    ...(proven ? [`   acts only when this is proven again: ${proven.join(', ')}`] : []),
    ...(points ? [`   acts only when a recovery point was taken since the run began: ${points.join(', ')}`] : []),
    ...(confirm
      ? [
          `   is taken back unless ${confirm.count} of ${confirm.role} confirm within ${confirm.within} that the world is right`,
        ]
      : []),
    ...(back ? [back.possible ? '   can be taken back' : `   cannot be taken back: ${back.why}`] : []),
  ];
}
