import { visible } from '../lib/shown-text.ts';
import { duration, utc } from './plain-text.ts';
import type { ReportData } from './report-data.ts';
import type { StepReport } from './report-steps.ts';
import type { Measured } from './report-verdict.ts';
import {
  approvalWords,
  byHandWords,
  durationWords,
  editWords,
  lossRows,
  measuredWords,
  NOT_MEASURED,
  PHASES,
  promisedWords,
  sinceWords,
  statusWords,
  verifyCommand,
  verifyWords,
} from './report-words.ts';

/** The report as Markdown, for tickets and terminals. */
export function renderMarkdown(data: ReportData): string {
  const parts = [
    [`# ${safe(data.title)}`, '', `Recovery report of ${safe(data.run)}: ${safe(data.about)}`],
    [`**${data.verdict.word}.** ${safe(data.verdict.sentence)}`],
    data.verdict.notes.map((note) => `- ${safe(note)}`),
    section('Promised and measured', measures(data)),
    section('What was lost, what came back', table(['what', 'count'], lossRows(data).map(pair))),
    section('Clocks', table(['clock', 'UTC', 'after the damage', 'how it is known'], data.clocks.map(clockRow))),
    section(
      'Waiting for people',
      data.waits.length === 0 ? [] : table(['step', 'for whom', 'how long'], data.waits.map(waitRow)),
    ),
    section('Steps', stepTable(data)),
    ...data.steps.map(stepDetails),
    section('What had to be put back', obligations(data)),
    section('Timeline (UTC)', timelineTable(data)),
    section('The run', table(['fact', 'value'], [...data.facts, ...data.inputs.map(asInput)].map(pair))),
    section('Verify it', [safe(verifyWords(data)), '', '```', verifyCommand(data), '```', '', safe(byHandWords)]),
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

/** Text of others on one line, in which nothing is markup. */
export const safe = (text: string): string =>
  visible(text)
    .replaceAll(/[\\`*_[\]<>&|#~!]/g, (char) => (char === '<' ? '&lt;' : char === '&' ? '&amp;' : `\\${char}`))
    .replaceAll(/\s+/g, ' ');

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(safe)))];
}

const pair = ({ name, value }: { name: string; value: string }): string[] => [name, value];
const asInput = ({ name, value }: { name: string; value: string }) => ({ name: `Input ${name}`, value });

function measures({ rto, rpo, humanWaitSeconds, phases }: ReportData): string[] {
  const row = (name: string, measured: Measured) => [
    name,
    measuredWords(measured),
    promisedWords(measured),
    bar(measured),
  ];
  const split = phases.map(({ name, seconds }) => `${duration(seconds)} ${PHASES[name]}`).join(', ');
  return [
    ...table(
      ['', 'measured', 'promised', ''],
      [row('RTO, time until healthy', rto), row('RPO, span of lost data', rpo)],
    ),
    '',
    ...(split === '' ? [`Waiting for people: ${duration(humanWaitSeconds)}.`] : [`The time until healthy: ${split}.`]),
  ];
}

/** Ten boxes are the promise. */
function bar({ promised, measured }: Measured): string {
  if (promised === undefined || measured === undefined || promised === 0) return '';
  const boxes = Math.ceil((measured / promised) * 10);
  return boxes <= 10 ? '■'.repeat(boxes) + '□'.repeat(10 - boxes) : `${'■'.repeat(10)}▶`;
}

const clockRow = ({ name, at, after, note }: ReportData['clocks'][number]): string[] => [
  name,
  at === undefined ? NOT_MEASURED : utc(at),
  after === undefined ? '' : sinceWords(after),
  note ?? '',
];

const waitRow = ({ step, who, seconds }: ReportData['waits'][number]): string[] => [step, who, duration(seconds)];

const stepTable = ({ steps }: ReportData): string[] =>
  table(
    ['step', 'state', 'danger', 'took', 'proofs'],
    steps.map((step) => [
      step.title === undefined ? step.id : `${step.id}: ${step.title}`,
      statusWords(step),
      step.danger ?? '',
      durationWords(step),
      step.proofs.length === 0
        ? 'none'
        : `${step.proofs.filter(({ held }) => held).length} of ${step.proofs.length} held`,
    ]),
  );

const shownWords = (shown: StepReport['approvals'][number]['shown']): string =>
  shown ? [...shown.changes, ...(shown.notes ?? [])].join('; ') || 'no change' : 'not kept';

function stepDetails(step: StepReport): string[] {
  const lines = [
    ...step.approvals.map(
      (one) =>
        `${approvalWords(one)} by ${one.by}, ${utc(one.at)}${one.reason ? `: ${one.reason}` : ''}. Shown: ${shownWords(one.shown)}`,
    ),
    ...editWords(step),
    ...(step.rejection ? [`Rejected by ${step.rejection.by}: ${step.rejection.reason}`] : []),
    ...step.grounds.map((line) => `Rests on: ${line}`),
    ...step.confirmations.map(({ by, at, text }) => `Confirmed by ${by}, ${utc(at)}: ${text}`),
    ...step.decisions.map(({ by, at, what, reason }) => `Decided by ${by}, ${utc(at)}: ${what}, because: ${reason}`),
    ...step.proofs.map(({ claim, held, observed }) => `${held ? 'Held' : 'NOT HELD'}: ${claim}; seen: ${observed}`),
    ...(step.error ? [`Error ${step.error.code}: ${step.error.message}. ${step.error.hint}`] : []),
    ...(step.note ? [step.note] : []),
    ...step.outputs.map(({ name, value }) => `${name}: ${value}`),
  ];
  return lines.length === 0 ? [] : [`### ${safe(step.id)}`, '', ...lines.map((line) => `- ${safe(line)}`)];
}

const obligations = ({ obligations: all }: ReportData): string[] =>
  all.map(
    ({ what, step, settledAt }) =>
      `- ${safe(what)} (by step ${safe(step)}): ${settledAt ? `put back ${utc(settledAt)}` : '**STILL OPEN**'}`,
  );

const timelineTable = ({ timeline }: ReportData): string[] =>
  table(
    ['time', 'since impact', 'step', 'what', 'by'],
    timeline.map(({ at, since, step, text, by }) => [utc(at).slice(0, 19), sinceWords(since), step ?? '', text, by]),
  );
