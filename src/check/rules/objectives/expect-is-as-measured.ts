import { type Duration, formatDuration, seconds } from '../../../lib/duration.ts';
import { type MeasuredSpan, runsText } from '../../../model/measured.ts';
import { parseSpan } from '../../../model/plan.ts';
import { rangeText } from '../../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** What a step is expected to take is what it took. */
export const expectIsAsMeasured: Rule = {
  id: 'expect-is-as-measured',
  level: 'warning',
  title: 'What a step is expected to take is what it took in earlier runs',
  why: 'Whoever reads the plan decides by its numbers: whether to wait, whom to wake, what to tell customers. Of at least three runs on record the usual one (p50) must lie within `expect`, or not far from it: a quarter beside the nearer end, and less than ten seconds, is no reason to complain. Lifeboat itself counts with what was measured.',
  bad: `
scenarios: { loss: { steps: [{ id: drilled, uses: postgres.verify_server, with: { component: database }, expect: 5m }] } }
`,
  good: `
scenarios: { loss: { steps: [{ id: drilled, uses: postgres.verify_server, with: { component: database }, expect: 12m..14m }] } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(book, facts)),
};

const judgeRunbook = (book: Runbook, { measured }: CheckFacts): readonly Complaint[] =>
  book.steps.flatMap((placed) => judgeStep(placed, measured?.get(book.name)?.get(placed.step.id)));

function judgeStep({ step, path }: PlacedStep, measured: MeasuredSpan | undefined): readonly Complaint[] {
  const span = step.expect === undefined ? undefined : parseSpan(step.expect);
  if (!measured || !span || !isFar(measured.p50, span)) return [];
  const way = measured.p50 > span.max ? 'longer' : 'less';
  return [
    {
      path: [...path, 'expect'],
      message: `${step.id} is expected to take ${rangeText(span)}, and takes ${way}: ${formatDuration(measured.p50)} (p50 of ${runsText(measured)}), ${formatDuration(measured.p95)} (p95)`,
      hint: `Write expect: ${spanToWrite(measured)}.`,
    },
  ];
}

/** What is a quarter off, or a few seconds, misleads nobody. */
function isFar(p50: Duration, { min, max }: { readonly min: Duration; readonly max: Duration }): boolean {
  const end = p50 > max ? max : min;
  const apart = p50 > max ? p50 - max : min - p50;
  return apart >= seconds(10) && apart > end / 4;
}

/** Ready to be pasted: a plan knows `12m30s`, and no space in it. */
function spanToWrite({ p50, p95 }: MeasuredSpan): string {
  const [usual, longest] = [written(p50), written(p95)];
  return usual === longest ? usual : `${usual}..${longest}`;
}

const written = (ms: Duration): string =>
  formatDuration(Math.max(seconds(1), Math.round(ms / 1000) * 1000)).replaceAll(' ', '');
