import { count, duration, label, utc } from './plain-text.ts';
import type { ReportData } from './report-data.ts';
import type { ApprovalReport, StepReport } from './report-steps.ts';
import type { Measured } from './report-verdict.ts';

/* Words that both pages share. */

export const NOT_MEASURED = 'not measured';

export function measuredWords({ measured }: Measured): string {
  if (measured === undefined) return NOT_MEASURED;
  return measured === 0 ? 'none' : duration(measured);
}

export function promisedWords({ promised, met }: Measured): string {
  if (promised === undefined) return 'nothing promised';
  const kept = met === undefined ? '' : met ? ', met' : ', MISSED';
  return `promised ${promised === 0 ? 'none at all' : `at most ${duration(promised)}`}${kept}`;
}

export const PHASES = { noticing: 'until somebody began', working: 'working', waiting: 'waiting for people' } as const;

/** Counted loss in rows, newest comparison first; what nobody counted is said to be so. */
export function lossRows({ loss }: ReportData): readonly { readonly name: string; readonly value: string }[] {
  const counted = (n: number | undefined): string => (n === undefined ? NOT_MEASURED : String(n));
  return [
    { name: 'Acknowledged writes looked up', value: counted(loss.acknowledged) },
    { name: 'Acknowledged writes lost', value: counted(loss.lost) },
    {
      name: 'Span of lost data',
      value: measuredWords(loss.lossSeconds === undefined ? {} : { measured: loss.lossSeconds }),
    },
    ...loss.counts.map(({ step, name, value }) => ({ name: `${label(name)} (step ${step})`, value: String(value) })),
  ];
}

const STATUSES: Readonly<Record<StepReport['status'], string>> = {
  queued: 'not begun',
  waiting: 'waits',
  running: 'running',
  retrying: 'tries again',
  succeeded: 'done',
  failed: 'failed',
  skipped: 'skipped',
  undoing: 'is being taken back',
  undone: 'taken back',
  'not reached': 'not reached',
};

export function statusWords({ status, how, attempts }: StepReport): string {
  const known = how === 'observed' ? ', seen to be done' : how === 'decided' ? ', by a person’s word' : '';
  return `${STATUSES[status]}${known}${attempts > 1 ? `, ${count(attempts, 'try', 'tries')}` : ''}`;
}

export function durationWords({ seconds, expectedSeconds }: StepReport): string {
  const expected = expectedSeconds === undefined ? '' : ` (expected ${duration(expectedSeconds)})`;
  return `${seconds === undefined ? NOT_MEASURED : duration(seconds)}${expected}`;
}

/** `+5m 12s` after the impact. */
export const sinceWords = (seconds: number): string => (seconds < 0 ? duration(seconds) : `+${duration(seconds)}`);

export const verifyCommand = ({ sealedBy }: ReportData): string =>
  `lifeboat evidence verify evidence.ndjson --key ${sealedBy ?? 'PUBLIC_KEY'}`;

export const verifyWords = ({ events, head }: ReportData): string =>
  `This page is made from the evidence that lies beside it, evidence.ndjson: ${count(events, 'event')}, of which the last has the sha256 ${head}. Where they differ, the evidence counts. Verify it offline:`;

export const byHandWords =
  'Take the key from where you wrote it down, not from this page. docs/evidence.md tells how to verify with sha256sum and openssl alone.';

/** How a yes came; what was done without a second person is said loudly. */
export function approvalWords({ breakGlass, signature, forged, byDriver }: ApprovalReport): string {
  if (forged) return 'NOT COUNTED, the signature is wrong: approved';
  if (breakGlass !== undefined) return `BREAK-GLASS (${breakGlass}): approved`;
  if (byDriver) return 'NOT COUNTED, who drives the run cannot approve it: approved';
  return signature === undefined ? 'Approved' : 'Approved with a signed code';
}

/** What somebody changed in the input of a step, beside what the plan says. */
export function editWords({ edit, answeredDespite }: StepReport): readonly string[] {
  const changed = edit?.changed.map(({ key, plan, edited }) => `${key} is ${edited}, in the plan ${plan}`).join('; ');
  return [
    ...(edit
      ? [`Input edited by ${edit.by}, ${utc(edit.at)}: ${changed || 'back to the plan'}; because: ${edit.reason}`]
      : []),
    ...(answeredDespite
      ? [`BREAK-GLASS (${answeredDespite.reason}): the task was answered by ${answeredDespite.by}`]
      : []),
  ];
}
