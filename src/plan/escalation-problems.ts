import { parseDuration } from '../lib/duration.ts';
import type { PlanPath } from '../model/finding.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { Problem } from './problem.ts';

/** Further roles of an approval that never get their turn. */
export function escalationProblems({ scenarios, procedures }: Plan): readonly Problem[] {
  const books = Object.entries({ scenarios, procedures }) as [
    string,
    Record<string, { readonly steps: readonly Step[] }>,
  ][];
  return books.flatMap(([kind, all]) =>
    Object.entries(all).flatMap(([name, { steps }]) =>
      steps.flatMap((step, index) => inStep(step, [kind, name, 'steps', index, 'approve', 'escalate'])),
    ),
  );
}

function inStep({ id, approve }: Step, path: PlanPath): readonly Problem[] {
  if (!approve?.escalate) return [];
  const asked = new Set([approve.role]);
  const within = approve.within === undefined ? undefined : parseDuration(approve.within);
  return approve.escalate.flatMap(({ role, after }, index) => {
    const isAgain = asked.has(role);
    asked.add(role);
    if (isAgain)
      return [problem([...path, index, 'role'], `${id} asks the role ${role} twice`, 'Name each role once.')];
    if (within === undefined || (parseDuration(after) ?? 0) < within) return [];
    return [
      problem(
        [...path, index, 'after'],
        `${id} asks nobody any more after ${approve.within}, so the role ${role} is never asked`,
        `Let it be asked earlier than after ${approve.within}, or wait longer: within.`,
      ),
    ];
  });
}

const problem = (path: PlanPath, message: string, hint: string): Problem => ({
  rule: 'plan.contradiction',
  level: 'error',
  path,
  message,
  hint,
});
