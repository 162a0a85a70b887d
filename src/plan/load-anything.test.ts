import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isError } from '../model/finding.ts';
import { type LoadedPlan, loadPlan, type UnusablePlan } from './load.ts';
import { PLAN, request } from './sample-plan.fake.ts';

/** What must hold of whatever an author wrote: an answer, never an exception; a place for each finding; no plan without a reason. */
function holds(result: LoadedPlan | UnusablePlan): void {
  for (const { at, message, hint } of result.findings) {
    expect(at.line).toBeGreaterThan(0);
    expect(at.column).toBeGreaterThan(0);
    expect(message).not.toBe('');
    expect(hint).not.toBe('');
  }
  if (!result.ok) expect(result.findings.some(isError)).toBe(true);
}

const both = (text: string | Uint8Array): void => {
  holds(loadPlan(request(text)));
  const run = loadPlan(request(text, { mode: 'run' }));
  holds(run);
  if (run.ok) expect(run.findings.some(isError)).toBe(false);
};

const options = { numRuns: 150 };
const lines = PLAN.split('\n');
const line = fc.integer({ min: 0, max: lines.length - 1 });

test('any bytes', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), both), options));

test('any text after a good beginning', () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => both(`lifeboat: 1\nplan: ${text}`)),
    options,
  ));

test('a plan with a line lost, doubled, moved or cut', () =>
  fc.assert(
    fc.property(line, line, fc.integer({ min: 0, max: 40 }), (one, other, cut) => {
      both(lines.toSpliced(one, 1).join('\n'));
      both(lines.toSpliced(one, 0, lines[other] as string).join('\n'));
      both(lines.with(one, (lines[one] as string).slice(0, cut)).join('\n'));
    }),
    options,
  ));

test('a plan with any value in any place', () =>
  fc.assert(
    fc.property(
      line,
      fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom('${{ x }}', '${{', '~', '"${{ env(1) }}"')),
      (at, value) => {
        const [key] = (lines[at] as string).split(':');
        both(lines.with(at, `${key}: ${value}`).join('\n'));
      },
    ),
    options,
  ));
