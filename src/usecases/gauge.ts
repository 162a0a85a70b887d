import { KnownError } from '../model/errors.ts';
import type { GaugeReading } from '../model/gauge.ts';
import { effectiveObjective } from '../model/plan/effective.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import type { Services } from './services.ts';

export interface GaugeResult extends GaugeReading {
  readonly component: string;
  /** What the plan promises at most; absent when it promises nothing that can be measured. */
  readonly objective_seconds?: number;
  /** More would be lost than is promised, or nobody can tell how much. */
  readonly alarm: boolean;
}

/** What would be lost if the server of a component died now, against its RPO. Unknown is never within it. */
export async function gauge(
  request: { component: string | undefined; signal: AbortSignal },
  services: Services,
): Promise<GaugeResult> {
  const { plan } = requirePlan(services);
  const { component } = request;
  if (component === undefined)
    throw new KnownError('USAGE', '--gauge needs a component', 'Name a PostgreSQL component.');
  const { kind } = findComponent(plan, component);
  if (kind !== 'postgres')
    throw new KnownError('USAGE', `${component} is a ${kind}, and cannot be measured`, 'Name a PostgreSQL component.');
  const reading = await services.gauge(await openWorld(plan, services), component, request.signal);
  const promised = effectiveObjective(plan, { component }, 'rpo')?.promised?.max;
  const { lost } = reading;
  const unknown = lost === undefined;
  const tooMuch = promised !== undefined && lost !== undefined && lost.seconds * 1000 > promised;
  return {
    component,
    ...reading,
    ...(promised === undefined ? {} : { objective_seconds: promised / 1000 }),
    alarm: unknown || tooMuch,
  };
}
