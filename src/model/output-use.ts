import type { PlanPath } from './finding.ts';

/** An expression of a runbook that relies on an output of a step. */
export interface OutputUse {
  /** Where the expression stands. */
  readonly path: PlanPath;
  readonly scenario: string;
  /** The step that gives the output. */
  readonly step: string;
  /** The action that gives it, where that is not the one of the step. */
  readonly uses?: string;
  readonly output: string;
}
