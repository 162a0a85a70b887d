import { Plan } from '../model/plan.ts';
import { movedTo } from '../model/repository-site.ts';
import type { RunState } from '../model/run-state.ts';
import { typedSite } from './repository-place.ts';

/** The plan that a run was started with. On a machine that has taken it over, with the repository and the key as they are found there. */
export function planOfRun({ origin, adopted }: Pick<RunState, 'origin' | 'adopted'>): Plan {
  const plan = Plan.parse(origin.plan);
  if (!adopted || !plan.repository) return plan;
  const identity = adopted.identity === undefined ? {} : { identity: { secret: adopted.identity } };
  const site = typedSite(adopted.repository, { cwd: '/' });
  return { ...plan, repository: { ...movedTo(plan.repository, site), ...identity } };
}
