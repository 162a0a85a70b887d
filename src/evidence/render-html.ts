import { html, type Markup } from './markup.ts';
import { duration, utc } from './plain-text.ts';
import { stepCards } from './render-html-steps.ts';
import type { ReportData } from './report-data.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { Measured } from './report-verdict.ts';
import {
  byHandWords,
  lossRows,
  measuredWords,
  NOT_MEASURED,
  PHASES,
  promisedWords,
  sinceWords,
  verifyCommand,
  verifyWords,
} from './report-words.ts';

/** The report as one page that needs nothing else: no script, no font, no network. */
export function renderHtml(data: ReportData): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${data.title}: recovery report ${data.run}</title>
<style>${{ markup: REPORT_STYLE }}</style>
</head>
<body>
<header><p class="soft">Recovery report · ${data.run}</p><h1>${data.title}</h1><p class="soft">${data.about}</p></header>
<main>
${verdict(data)}
${measures(data)}
${section('What was lost, what came back', facts(lossRows(data)))}
${section('Clocks', clocks(data))}
${data.waits.length > 0 ? section('Waiting for people', waits(data)) : undefined}
${section('Steps', stepCards(data.steps))}
${data.obligations.length > 0 ? section('What had to be put back', obligations(data)) : undefined}
${section('Timeline, in UTC', timeline(data))}
${section('The run', facts([...data.facts, ...data.inputs.map(({ name, value }) => ({ name: `Input ${name}`, value }))]))}
${section('Verify it', html`<p>${verifyWords(data)}</p><pre>${verifyCommand(data)}</pre><p class="soft">${byHandWords}</p>`)}
</main>
</body>
</html>
`;
  return page.markup;
}

const section = (title: string, content: Markup): Markup => html`<section><h2>${title}</h2>${content}</section>`;

const SIGNS = { good: '✓', bad: '✕', open: '…' } as const;

function verdict({ verdict: { tone, word, sentence, notes } }: ReportData): Markup {
  const list = notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : undefined;
  return html`<div class="verdict ${tone}"><p><span class="tone">${SIGNS[tone]} ${word}.</span> ${sentence}</p>${list}</div>`;
}

function measures({ rto, rpo, phases, humanWaitSeconds }: ReportData): Markup {
  const legend = phases.map(
    ({ name, seconds }) => html`<span><i class="key ${name}"></i>${duration(seconds)} ${PHASES[name]}</span>`,
  );
  const waited = html`<span>${duration(humanWaitSeconds)} ${PHASES.waiting}</span>`;
  const segments = phases.length > 0 ? phases : [{ name: 'working', seconds: rto.measured ?? 0 } as const];
  return html`<div class="pair">
${card('RTO', 'time from impact until healthy', rto, segments, legend.length > 0 ? legend : [waited])}
${card('RPO', 'span of data that was lost', rpo, [{ name: 'working', seconds: rpo.measured ?? 0 }], [])}
</div>`;
}

type Segment = ReportData['phases'][number];

function card(name: string, means: string, measured: Measured, segments: readonly Segment[], legend: Markup[]): Markup {
  const tone = measured.met === undefined ? 'open' : measured.met ? 'good' : 'bad';
  return html`<div class="card ${tone}"><p><strong>${name}</strong> <span class="soft">${means}</span></p>
<p class="number">${measuredWords(measured)}</p><p class="tone">${SIGNS[tone]} ${promisedWords(measured)}</p>
${bar(measured, segments)}<p class="legend small soft">${legend}</p></div>`;
}

/** The bar reaches as far as the longer of both; the mark is the promise. Without two numbers there is nothing to compare. */
function bar({ promised, measured }: Measured, segments: readonly Segment[]): Markup | undefined {
  if (promised === undefined || measured === undefined || promised + measured === 0) return undefined;
  const whole = Math.max(promised, measured) * 1.08 || 1;
  const percent = (seconds: number): string => `${((seconds / whole) * 100).toFixed(2)}%`;
  const parts = segments.map(({ name, seconds }) => html`<i class="${name}" style="width:${percent(seconds)}"></i>`);
  const what = `${duration(measured)} of ${duration(promised)} promised`;
  return html`<div class="bar" role="img" aria-label="${what}">${parts}<b class="mark" style="left:${percent(promised)}"></b></div>`;
}

const facts = (rows: readonly { readonly name: string; readonly value: string }[]): Markup =>
  html`<dl>${rows.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

const clocks = ({ clocks: all }: ReportData): Markup =>
  html`<table>${all.map(
    ({ name, at, after, note }) =>
      html`<tr><td>${name}</td><td class="tight">${at === undefined ? NOT_MEASURED : utc(at)}</td><td class="tight soft">${after === undefined ? '' : sinceWords(after)}</td><td class="soft">${note}</td></tr>`,
  )}</table>`;

const waits = ({ waits: all }: ReportData): Markup =>
  html`<table>${all.map(
    ({ step, who, seconds }) =>
      html`<tr><td>${step}</td><td class="soft">${who}</td><td class="tight">${duration(seconds)}</td></tr>`,
  )}</table>`;

const obligations = ({ obligations: all }: ReportData): Markup =>
  html`<table>${all.map(
    ({ what, step, openedAt, settledAt }) => html`<tr class="${settledAt ? 'good' : 'bad'}"><td>${what}</td>
<td class="soft">by step ${step}, ${utc(openedAt)}</td><td class="tone">${settledAt ? `✓ put back ${utc(settledAt)}` : '✕ STILL OPEN'}</td></tr>`,
  )}</table>`;

function timeline({ timeline: all }: ReportData): Markup {
  const rows = all.map(
    ({ at, since, step, text, by, tone }, index) => html`<tr class="${tone}">
<td class="tight">${shownTime(at, all[index - 1]?.at)}</td><td class="tight soft">${sinceWords(since)}</td><td>${step}</td><td class="what tone">${text}</td><td class="soft">${by}</td></tr>`,
  );
  return html`<table class="small"><tr><th>time</th><th>since impact</th><th>step</th><th>what happened</th><th>by</th></tr>${rows}</table>`;
}

/** The day is said once, and again when it changes. */
const shownTime = (at: string, before: string | undefined): string =>
  before?.slice(0, 10) === at.slice(0, 10) ? utc(at).slice(11, 19) : utc(at).slice(0, 19);
