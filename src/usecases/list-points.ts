import { loadRecoveryPoints } from '../catalog/load.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { repositoryOf } from './open-world.ts';
import type { Services } from './services.ts';

export interface PointsResult {
  readonly repository: string;
  readonly now: string;
  readonly components: readonly { readonly component: string; readonly points: readonly RecoveryPoint[] }[];
}

/** Every moment one can return to, read from the repository alone. */
export async function listPoints(component: string | undefined, services: Services): Promise<PointsResult> {
  const { plan } = requirePlan(services);
  if (component !== undefined) findComponent(plan, component);
  const repository = await repositoryOf(plan, services);
  const now = services.clock.now();
  const names = component === undefined ? namesWithBackups(plan.components) : [component];
  const components = [];
  for (const name of names) components.push({ component: name, points: await loadRecoveryPoints(repository, name) });
  return { repository: repository.place, now: now.toISOString(), components };
}

const namesWithBackups = (components: Record<string, { backups: readonly unknown[] }>): string[] =>
  Object.entries(components)
    .filter(([, { backups }]) => backups.length > 0)
    .map(([name]) => name);
