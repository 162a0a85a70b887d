import type { Duration } from '../lib/duration.ts';
import { pathText } from '../model/finding.ts';
import { type EffectiveObjective, effectiveObjective } from '../model/plan/effective.ts';
import { BACKUP_METHODS, type Component, objectiveText, type Plan } from '../model/plan.ts';
import { type CopyPlace, copyPlaces, survives, worstLossOf } from './copies.ts';
import { type CriticalPath, scenarioPath } from './critical-path.ts';
import { keepsData, lostComponents } from './losses.ts';
import type { CheckFacts } from './rule.ts';
import { rpoIsReachable } from './rules/objectives/rpo-is-reachable.ts';

/** kept and broken are proven by the numbers; unknown: the plan leaves numbers out; not-promised: there is nothing to keep. */
export type Verdict = 'kept' | 'broken' | 'unknown' | 'not-promised';

export interface PromiseSaid {
  /** As the plan says it. */
  readonly text: string;
  /** In milliseconds; null when nobody can check it. */
  readonly limit: Duration | null;
  /** Where the plan says it. */
  readonly from: string;
}

/** What choosing the newest copy of one place loses at worst. */
export interface CopySum {
  readonly method: string;
  readonly domain: string | null;
  /** False when the copy is lost together with what it copies. */
  readonly survives: boolean;
  /** In milliseconds; null when nothing bounds it. */
  readonly loss: Duration | null;
  /** How it adds up. */
  readonly text: string;
}

export interface LossSum {
  readonly component: string;
  readonly rpo: PromiseSaid | null;
  readonly copies: readonly CopySum[];
}

/** The arithmetic of one scenario: how long it takes and what it loses, against what is promised. */
export interface ScenarioSums {
  readonly scenario: string;
  readonly title: string;
  readonly healthy: string | null;
  readonly rto: PromiseSaid | null;
  readonly verdict: Verdict;
  readonly path: CriticalPath;
  readonly losses: readonly LossSum[];
  /** What the rule about the RPO says of this scenario and of what it loses. */
  readonly lossComplaints: readonly string[];
}

/** Adds one scenario up. `name` must be a scenario of the plan. */
export function scenarioSums(plan: Plan, name: string, facts: CheckFacts): ScenarioSums {
  const scenario = plan.scenarios[name] as Plan['scenarios'][string];
  const lost = lostComponents(plan, scenario);
  const path = scenarioPath(plan, name, facts.measured);
  const rto = saidBy(effectiveObjective(plan, { scenario: name }, 'rto'));
  return {
    scenario: name,
    title: scenario.title,
    healthy: scenario.healthy ?? null,
    rto,
    verdict: scenario.steps.length === 0 && rto ? 'unknown' : verdictOf(path, rto?.limit ?? undefined),
    path,
    losses: lost.flatMap((component) => lossOf(plan, name, component)),
    lossComplaints: lossComplaints(plan, name, lost, facts),
  };
}

function saidBy(objective: EffectiveObjective | undefined): PromiseSaid | null {
  if (!objective) return null;
  const { value, promised, from } = objective;
  return { text: objectiveText(value), limit: promised?.max ?? null, from: pathText(from) };
}

function verdictOf({ max, unknown }: CriticalPath, limit: Duration | undefined): Verdict {
  if (limit === undefined) return 'not-promised';
  if (max > limit) return 'broken';
  return unknown.length > 0 ? 'unknown' : 'kept';
}

function lossOf(plan: Plan, scenario: string, name: string): readonly LossSum[] {
  const component = plan.components[name];
  if (!component || !keepsData(component)) return [];
  const gone = plan.scenarios[scenario]?.loses_domains ?? [];
  const rpo = effectiveObjective(plan, { scenario, component: name }, 'rpo');
  return [
    {
      component: name,
      rpo: saidBy(rpo),
      copies: copyPlaces(plan, name, component).map((place) => copySum(place, survives(place, gone))),
    },
  ];
}

function copySum(place: CopyPlace, alive: boolean): CopySum {
  const { method } = place.policy;
  const worst = worstLossOf(place);
  return {
    method,
    domain: place.domain ?? null,
    survives: alive,
    loss: worst?.loss ?? null,
    text: worst?.text ?? `${BACKUP_METHODS[method].title}: nothing says how often, so nothing bounds the loss`,
  };
}

/** The rule decides, so that the sums and the findings never differ. */
const lossComplaints = (plan: Plan, name: string, lost: readonly string[], facts: CheckFacts): readonly string[] =>
  rpoIsReachable.judge(onlyAbout(plan, name, lost), facts).map(({ message }) => message);

/** The plan with no promises but those of one scenario and of what it loses, whoever made them. */
function onlyAbout(plan: Plan, name: string, lost: readonly string[]): Plan {
  const { objectives: _, ...rest } = plan;
  const components = Object.entries(plan.components).map(([one, { class: __, objectives, ...component }]) => {
    const holds = keepsData(plan.components[one] as Component)
      ? effectiveObjective(plan, { component: one }, 'rpo')
      : undefined;
    const rpo = holds?.value ?? objectives?.rpo;
    return [one, { ...component, ...(lost.includes(one) && rpo !== undefined ? { objectives: { rpo } } : {}) }];
  });
  return {
    ...rest,
    data: {},
    components: Object.fromEntries(components) as Plan['components'],
    scenarios: { [name]: plan.scenarios[name] as Plan['scenarios'][string] },
  };
}
