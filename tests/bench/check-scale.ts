import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AnyAction } from '../../src/actions/action.ts';
import { check } from '../../src/check/check.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { providers } from '../../src/providers/index.ts';
import { largePlan } from './large-plan.ts';

/*
 * How long it takes to load and to check: plans of 1,000 components with ever more steps, and the plans of examples/ together.
 * All in one process, by processor time: npm run bench check-scale. The promise: ten times the steps take ten times as long.
 */
const ROUNDS = 5;
const COMPONENTS = 1_000;
const STEPS = [1_000, 2_000, 5_000, 10_000];
const FOLDER = new URL('../../examples/', import.meta.url).pathname;
const COMPANIES = ['corporate-intel', 'ecommerce', 'retainwise', 'solosuccess', 'startupwebapp'];

const now = new Date('2026-11-20T00:00:00Z');
const actions = new Map(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);

interface Spent {
  readonly load: number;
  readonly check: number;
  readonly findings: number;
}

const examples = COMPANIES.flatMap((company) => ['as-written', 'lifeboat'].map((plan) => `${company}/${plan}.yaml`));
const texts = examples.map((file) => readFileSync(resolve(FOLDER, file), 'utf8'));
print(`the ${texts.length} example plans, cold`, texts.map(judge).reduce(sum));
print(`the ${texts.length} example plans`, median(texts));

const large = STEPS.map((steps) => ({ steps, ...median([largePlan({ components: COMPONENTS, steps })]) }));
const first = large[0] as Spent & { readonly steps: number };
for (const { steps, ...spent } of large) {
  const perStep = (spent.load + spent.check) / (first.load + first.check) / (steps / first.steps);
  print(`${COMPONENTS} components, ${steps} steps`, spent, `, per step ${perStep.toFixed(2)}`);
}

/** The round in the middle; the first one, in which the engine warms up, is left out. */
function median(plans: readonly string[]): Spent {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => plans.map(judge).reduce(sum)).slice(1);
  return rounds.sort((a, b) => a.load + a.check - b.load - b.check)[Math.floor(ROUNDS / 2)] as Spent;
}

function judge(text: string): Spent {
  const begun = process.cpuUsage();
  const loaded = loadPlan({ file: 'plan.yaml', text, env: () => undefined, mode: 'check', readInclude: included });
  const load = spentSince(begun);
  if (!loaded.ok) throw new Error(loaded.findings.map(({ message }) => message).join('\n'));
  const between = process.cpuUsage();
  const findings = check(loaded, { now, actions });
  return { load, check: spentSince(between), findings: findings.length };
}

function included(file: string): { readonly bytes: Buffer } {
  return { bytes: readFileSync(resolve(FOLDER, file)) };
}

function spentSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

function sum(a: Spent, b: Spent): Spent {
  return { load: a.load + b.load, check: a.check + b.check, findings: a.findings + b.findings };
}

function print(what: string, { load, check, findings }: Spent, more = ''): void {
  console.log(
    `${what.padEnd(32)} load ${ms(load)}, check ${ms(check)}, ${String(findings).padStart(6)} findings${more}`,
  );
}

function ms(time: number): string {
  return `${Math.round(time)} ms`.padStart(8);
}
