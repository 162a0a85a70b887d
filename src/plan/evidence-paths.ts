import { nearestOf } from '../lib/nearest.ts';
import type { PlanPath } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import { parsePath } from './parse-path.ts';
import type { Problem } from './problem.ts';

/** What a control calls its evidence must be in the plan. */
export function evidenceProblems(plan: Plan): readonly Problem[] {
  return Object.entries(plan.controls).flatMap(([name, { evidence }]) =>
    evidence.flatMap((text, index) => problemOf(plan, text, ['controls', name, 'evidence', index])),
  );
}

function problemOf(plan: Plan, text: string, path: PlanPath): readonly Problem[] {
  const found = parsePath(plan, text);
  if (found.path !== undefined) return [];
  const meant = nearestOf(found.rest, found.known);
  const before = found.before === '' ? '' : `${found.before}.`;
  return [
    {
      rule: 'plan.reference',
      level: 'error',
      path,
      message: `${path[0]}.${path[1]} has the evidence "${text}", and there is nothing at that path`,
      hint: meant
        ? `Did you mean ${before}${meant}?`
        : `After ${found.before || 'the beginning'} there are: ${found.known.join(', ') || 'none'}.`,
    },
  ];
}
