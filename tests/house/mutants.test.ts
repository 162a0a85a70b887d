import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyAction } from '../../src/actions/action.ts';
import { check } from '../../src/check/check.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { type Finding, pathText } from '../../src/model/finding.ts';
import { type LoadedPlan, loadPlan, planFrom } from '../../src/plan/load.ts';
import { providers } from '../../src/providers/index.ts';
import { COPIES } from './mutants/copies.ts';
import { type Mutant, mutated, namedPath, type Operator } from './mutants/mutant.ts';
import { PEOPLE } from './mutants/people.ts';
import { PROMISES } from './mutants/promises.ts';
import { RUNBOOKS } from './mutants/runbooks.ts';
import { UPKEEP } from './mutants/upkeep.ts';
import { writtenPlan } from './mutants/written-plan.ts';

/*
 * Each corrected example plan is spoilt in one way at a time. The rule that is there for it must say so, at the place of the fault, and
 * no other rule may begin to complain, except those which the kind of mistake cannot but touch as well.
 */
const OPERATORS: readonly Operator[] = [...PROMISES, ...COPIES, ...RUNBOOKS, ...PEOPLE, ...UPKEEP];
/** Places of one plan in which the same mistake is tried. */
const PLACES = 2;
const FOLDER = new URL('../../examples/', import.meta.url);
const companies = readdirSync(FOLDER, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
const actions = new Map<string, AnyAction>(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);
const now = new Date('2026-11-20T12:00:00Z');

interface Seeded extends Mutant {
  readonly operator: Operator;
}

interface Example {
  readonly company: string;
  readonly loaded: LoadedPlan;
  readonly before: ReadonlySet<string>;
  readonly mutants: readonly Seeded[];
}

const examples = companies.map(exampleOf);
const total = examples.reduce((sum, { mutants }) => sum + mutants.length, 0);

describe.each(examples)(`$company, $mutants.length of ${total} seeded faults`, ({ loaded, before, mutants }) => {
  test('there are enough of them, of many kinds', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(15);
    expect(new Set(mutants.map(({ operator }) => operator.name)).size).toBeGreaterThanOrEqual(15);
    expect(total).toBeGreaterThanOrEqual(100);
  });

  test.each(mutants.map((one) => [one.operator.name, pathText(one.at), one] as const))(
    '%s: %s',
    (_name, _at, mutant) => {
      const spoilt = loadedFrom(mutated(loaded.source, mutant.edits));
      const news = findingsOf(spoilt).filter((finding) => !before.has(keyOf(finding)));
      const { rule, companions = [] } = mutant.operator;
      const isExpected = (finding: Finding): boolean => finding.rule === rule && isAt(finding, mutant, spoilt);
      expect(news.filter(isExpected), `not found; instead: ${told(news)}`).not.toEqual([]);
      const others = news.filter((finding) => !isExpected(finding) && !companions.includes(finding.rule));
      expect(told(others)).toBe('');
    },
  );
});

test('every kind of mistake is made somewhere', () => {
  const made = new Set(examples.flatMap(({ mutants }) => mutants.map(({ operator }) => operator.name)));
  expect(OPERATORS.map(({ name }) => name).filter((name) => !made.has(name))).toEqual([]);
});

function exampleOf(company: string): Example {
  const loaded = loadedFrom(sourceOf(company));
  const mutants = OPERATORS.flatMap((operator) =>
    operator
      .places(loaded.plan)
      .slice(0, PLACES)
      .map((mutant) => ({ ...mutant, operator })),
  );
  return { company, loaded, before: new Set(findingsOf(loaded).map(keyOf)), mutants };
}

function sourceOf(company: string): JsonObject {
  const text = readFileSync(new URL(`${company}/lifeboat.yaml`, FOLDER));
  const loaded = loadPlan({ file: company, text, env: () => undefined, mode: 'check' });
  if (!loaded.ok) throw new Error(`${company} does not load: ${told(loaded.findings)}`);
  return loaded.source;
}

function loadedFrom(source: JsonObject): LoadedPlan {
  const file = 'spoilt.yaml';
  const loaded = planFrom(writtenPlan(file, source), { file, env: () => undefined, mode: 'check' });
  if (!loaded.ok) throw new Error(`the fault is none: the plan does not load: ${told(loaded.findings)}`);
  return loaded;
}

function findingsOf(loaded: LoadedPlan): readonly Finding[] {
  return check(loaded, { now, actions });
}

/** What is said at a place once is not news, however it is worded. */
function keyOf({ rule, path, message }: Finding): string {
  return `${rule} ${path ?? message}`;
}

/** What the loader finds has a place only. */
function isAt(finding: Finding, { at }: Mutant, { plan, place }: LoadedPlan): boolean {
  if (finding.path === undefined) return JSON.stringify(finding.at) === JSON.stringify(place(at));
  return finding.path === pathText(namedPath(plan, at));
}

function told(findings: readonly Finding[]): string {
  return findings.map(({ rule, path, at, message }) => `${rule} at ${path ?? at.line}: ${message}`).join('\n');
}
