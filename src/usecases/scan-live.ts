import { minutes, parseDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import type { ScanFound, Services } from './services.ts';

export interface ScanLiveResult {
  readonly live: true;
  readonly component: string;
  readonly seconds: number;
  readonly proofs: ScanFound['proofs'];
  readonly not_looked_at: ScanFound['notLookedAt'];
  /** No damage was found, and something was looked at. */
  readonly ok: boolean;
}

const WITHIN = minutes(10);

/** Looks for damage in a server in use. What could not be looked at is said; nothing looked at is not good. */
export async function scanLive(
  request: { component: string | undefined; within: string | undefined; signal: AbortSignal; log(line: string): void },
  services: Services,
): Promise<ScanLiveResult> {
  const { component, signal, log } = request;
  const within = request.within === undefined ? WITHIN : parseDuration(request.within);
  if (within === undefined || within === 0)
    throw new KnownError('USAGE', `"${request.within}" is not a length of time`, 'For example: --within 30m');
  const { plan } = requirePlan(services);
  if (component === undefined)
    throw new KnownError('USAGE', '--live needs a component', 'Name a PostgreSQL component.');
  const { kind } = findComponent(plan, component);
  if (kind !== 'postgres')
    throw new KnownError(
      'USAGE',
      `${component} is a ${kind}, and cannot be looked through`,
      'Name a PostgreSQL component.',
    );
  const begun = services.clock.now().getTime();
  const redacted = (line: string): void => log(services.redact(line));
  const found = await services.scanLive(await openWorld(plan, services), { component, within, signal, log: redacted });
  const { proofs, notLookedAt } = found;
  const ok = proofs.length > 0 && proofs.every(({ held }) => held);
  const seconds = (services.clock.now().getTime() - begun) / 1000;
  return { live: true, component, seconds, proofs, not_looked_at: notLookedAt, ok };
}
