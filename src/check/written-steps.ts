import type { PlanPath } from '../model/finding.ts';
import type { Plan, Step } from '../model/plan.ts';

/** A step as it is written, and where. */
export interface WrittenAt {
  readonly step: Step;
  readonly path: PlanPath;
}

/** Of scenarios and of procedures, each step once, where it is written. */
export function stepsAsWritten({ scenarios, procedures }: Plan): readonly WrittenAt[] {
  const books = [
    ...Object.entries(scenarios).map(([name, { steps }]) => ({ at: ['scenarios', name, 'steps'], steps })),
    ...Object.entries(procedures).map(([name, { steps }]) => ({ at: ['procedures', name, 'steps'], steps })),
  ];
  return books.flatMap(({ at, steps }) => steps.map((step, index) => ({ step, path: [...at, index] })));
}
