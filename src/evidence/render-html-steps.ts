import { html, type Markup } from './markup.ts';
import { utc } from './plain-text.ts';
import type { ApprovalReport, StepReport } from './report-steps.ts';
import { approvalWords, durationWords, editWords, statusWords } from './report-words.ts';

/** A card for each step: what it was, how it went, who agreed, what proves it, what came out. */
export const stepCards = (steps: readonly StepReport[]): Markup => html`${steps.map(stepCard)}`;

function stepCard(step: StepReport): Markup {
  const about = [step.action, step.danger && `danger: ${step.danger}`, durationWords(step)].filter(Boolean).join(' · ');
  const rows = [...people(step), ...grounds(step), ...proofs(step), ...trouble(step), ...outputs(step)];
  return html`<div class="card ${toneOf(step)}"><div class="head"><h3>${step.title ?? step.id}</h3>
<span class="tone">${SIGNS[toneOf(step)]} ${statusWords(step)}</span></div>
<p class="soft small">${step.id} · ${about}</p>${rows.length > 0 ? html`<dl>${rows}</dl>` : undefined}</div>`;
}

const SIGNS = { good: '✓', bad: '✕', open: '…' } as const;

function toneOf({ status, proofs: all }: StepReport): keyof typeof SIGNS {
  if (status === 'failed' || status === 'retrying' || all.some(({ held }) => !held)) return 'bad';
  return status === 'succeeded' ? 'good' : 'open';
}

const row = (name: string, value: string | Markup): Markup => html`<dt>${name}</dt><dd>${value}</dd>`;

const grounds = ({ grounds: all }: StepReport): Markup[] => all.map((line) => row('Rests on', line));

function people(step: StepReport): Markup[] {
  const { approvals, rejection, confirmations, decisions } = step;
  return [
    ...approvals.map(approval),
    ...editWords(step).map((text) => row('By a person', text)),
    ...(rejection ? [row('Rejected', `by ${rejection.by}: ${rejection.reason}`)] : []),
    ...confirmations.map(({ by, at, text }) => row('Confirmed', `by ${by}, ${utc(at)}: ${text}`)),
    ...decisions.map(({ by, at, what, reason }) => row('Decided', `${what}, by ${by}, ${utc(at)}: ${reason}`)),
  ];
}

function approval(one: ApprovalReport): Markup {
  const { by, at, reason, shown } = one;
  const changes =
    shown === undefined
      ? html`<p class="soft">What was shown is not in the journal.</p>`
      : html`<p class="soft">Shown to them: ${[...shown.changes, ...(shown.notes ?? [])].join('; ') || 'no change'} (danger: ${shown.danger})</p>`;
  return row(approvalWords(one), html`by ${by}, ${utc(at)}${reason ? `: ${reason}` : ''}${changes}`);
}

const proofs = ({ proofs: all }: StepReport): Markup[] =>
  all.map(({ claim, held, observed }) =>
    row(held ? 'Held' : 'Not held', html`${held ? '' : '✕ '}${claim} <span class="soft">· seen: ${observed}</span>`),
  );

const trouble = ({ error, note }: StepReport): Markup[] => [
  ...(error ? [row('Error', `${error.code}: ${error.message}. ${error.hint}`)] : []),
  ...(note ? [row('Note', note)] : []),
];

const outputs = ({ outputs: all }: StepReport): Markup[] => all.map(({ name, value }) => row(name, value));
