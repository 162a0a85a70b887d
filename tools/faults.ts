import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AnyAction } from '../src/actions/action.ts';
import { check } from '../src/check/check.ts';
import type { Finding } from '../src/model/finding.ts';
import { loadPlan } from '../src/plan/load.ts';
import { providers } from '../src/providers/index.ts';

/*
 * The example documents are kept with their faults (as-written.yaml), and beside each stands the list of what is wrong with it
 * (faults.yaml). What `check` finds of that list is the measure of its rules.
 */

const Sighting = z.strictObject({
  rule: z.string(),
  at: z.string().describe('Beginning of the path of the finding; steps by their names or numbers.'),
  near: z.string().optional().describe('Text on the line of the finding.'),
});

const Fault = z.union([
  z.strictObject({ ...faultBase(), found: z.array(Sighting).min(1) }),
  z.strictObject({ ...faultBase(), missed: z.string().describe('Why no rule finds it.') }),
]);
export type Fault = z.infer<typeof Fault>;

function faultBase() {
  return {
    id: z.string().regex(/^[RSEWCX]-\d\d$/),
    what: z.string().max(200),
    severity: z.enum(['critical', 'high', 'medium', 'low']),
    certainty: z.enum(['certain', 'likely', 'possible']),
  };
}

/** A fault of one company, and the sightings of it that `check` does not have. */
export interface JudgedFault {
  readonly company: string;
  readonly fault: Fault;
  readonly unseen: readonly z.infer<typeof Sighting>[];
}

const examples = new URL('../examples/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, examples), 'utf8');

/** The companies in examples/, in the order of the alphabet. */
export const companies: readonly string[] = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The day on which the documents are judged: what is overdue must not change with the day of the test. */
export const JUDGED_ON = new Date('2026-11-20T12:00:00Z');

const actions = new Map<string, AnyAction>(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);

/** What `check` says of one of the example plans, e.g. `retainwise/as-written.yaml`. */
export function checkExample(path: string): readonly Finding[] {
  const loaded = loadPlan({ file: path, text: textOf(path), env: () => undefined, mode: 'check' });
  if (!loaded.ok) throw new Error(`${path} does not load: ${loaded.findings.map(({ message }) => message).join('; ')}`);
  return check(loaded, { now: JUDGED_ON, actions });
}

/** Every fault of a company's document, looked for among the findings. */
export function judgeFaults(company: string): readonly JudgedFault[] {
  const findings = checkExample(`${company}/as-written.yaml`);
  const lines = textOf(`${company}/as-written.yaml`).split('\n');
  const faults = z.array(Fault).parse(parse(textOf(`${company}/faults.yaml`)));
  return faults.map((fault) => ({
    company,
    fault,
    unseen:
      'found' in fault ? fault.found.filter((one) => !findings.some((finding) => isSeen(one, finding, lines))) : [],
  }));
}

const isSeen = ({ rule, at, near }: z.infer<typeof Sighting>, finding: Finding, lines: readonly string[]): boolean =>
  finding.rule === rule &&
  isWithin(finding.path ?? '', at) &&
  (near === undefined || (lines[finding.at.line - 1] ?? '').includes(near));

const isWithin = (path: string, at: string): boolean =>
  path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`);

/** Whether it is found as its entry says. */
export const isFound = ({ fault, unseen }: JudgedFault): boolean => 'found' in fault && unseen.length === 0;
