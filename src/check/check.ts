import { type Finding, type Place, type PlanPath, pathText } from '../model/finding.ts';
import type { OutputUse } from '../model/output-use.ts';
import type { Plan } from '../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { applyWaivers, type Judged } from './waivers.ts';

/** What `check` needs of a plan that was loaded. */
export interface CheckedPlan {
  readonly plan: Plan;
  /** What loading it found. None of it can be waived. */
  readonly findings: readonly Finding[];
  readonly outputsUsed: readonly OutputUse[];
  place(path: PlanPath, within?: number): Place;
}

/** Everything that is wrong with a plan, in the order in which it is written. Touches nothing. */
export function check(loaded: CheckedPlan, facts: CheckFacts): Finding[] {
  const known = { outputsUsed: loaded.outputsUsed, ...facts };
  const judged = rules.flatMap((rule) => judge(rule, loaded, known));
  return [...loaded.findings, ...applyWaivers(judged, loaded, facts.now)].sort(byPlace);
}

function judge(rule: Rule, loaded: CheckedPlan, facts: CheckFacts): Judged[] {
  return unique(rule.judge(loaded.plan, facts)).map((complaint) => {
    const paths = pathsOf(loaded.plan, complaint.path);
    return { paths, finding: { ...toFinding(rule, complaint, loaded), path: paths.at(-1) as string } };
  });
}

/** The steps of a procedure are judged in every scenario that uses it: what is said of them is said once. */
const unique = (complaints: readonly Complaint[]): readonly Complaint[] => [
  ...new Map(complaints.map((one) => [JSON.stringify([one.path, one.within, one.message]), one])).values(),
];

const toFinding = (rule: Rule, complaint: Complaint, loaded: CheckedPlan): Finding => {
  const { path, within, message, hint, level, related } = complaint;
  return {
    rule: rule.id,
    level: level ?? rule.level,
    at: loaded.place(path, within),
    message,
    hint,
    ...(related
      ? { related: related.map((one) => ({ at: loaded.place(one.path, one.within), message: one.message })) }
      : {}),
  };
};

/** The path as it is, and with the step's name in place of its number: a waiver may say either. */
function pathsOf(plan: Plan, path: PlanPath): readonly string[] {
  const [first, name, word, index, ...rest] = path;
  const isStep = (first === 'scenarios' || first === 'procedures') && word === 'steps';
  const step = isStep ? plan[first][String(name)]?.steps[Number(index)] : undefined;
  const named = step && pathText([first as string, String(name), 'steps', step.id, ...rest]);
  return [pathText(path), ...(named ? [named] : [])];
}

const byPlace = (a: Finding, b: Finding): number =>
  a.at.line - b.at.line || a.at.column - b.at.column || (a.rule < b.rule ? -1 : Number(a.rule > b.rule));
