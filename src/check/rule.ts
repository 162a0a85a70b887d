import type { AnyAction } from '../actions/action.ts';
import type { FindingLevel, PlanPath } from '../model/finding.ts';
import type { MeasuredSteps } from '../model/measured.ts';
import type { OutputUse } from '../model/output-use.ts';
import type { Plan } from '../model/plan.ts';

/** What a rule complains about: a path in the plan; the reporter turns it into file, line and column. */
export interface Complaint {
  readonly path: PlanPath;
  /** Where in the text at that path, in characters: the line of a command. */
  readonly within?: number;
  readonly message: string;
  readonly hint: string;
  /** When it weighs less than the rule does as a rule. */
  readonly level?: FindingLevel;
  readonly related?: readonly { readonly path: PlanPath; readonly within?: number; readonly message: string }[];
}

/** Besides the plan, all a rule may know. Nothing here touches the world. */
export interface CheckFacts {
  readonly now: Date;
  /** Every action of this build. None at all means that actions are not judged. */
  readonly actions: ReadonlyMap<string, AnyAction>;
  /** Which outputs of steps the runbooks rely on; the loader reads them out of the expressions. */
  readonly outputsUsed?: readonly OutputUse[];
  /** How long steps took in earlier runs: it counts instead of what the plan expects. */
  readonly measured?: MeasuredSteps;
  /** The scenario that is about to be carried out. Without it a plan is only judged, and may call what a later build will have. */
  readonly recovering?: string;
}

/** One rule a file in `rules/`. Its page in docs/reference/rules.md is made from these fields; `bad` and `good` are run by the tests. */
export interface Rule {
  readonly id: string;
  readonly level: FindingLevel;
  readonly title: string;
  /** Why it matters, with the source of any technical fact. */
  readonly why: string;
  /** A fragment of a plan (YAML) that the rule must complain about, and one that it must not. */
  readonly bad: string;
  readonly good: string;
  judge(plan: Plan, facts: CheckFacts): readonly Complaint[];
}
