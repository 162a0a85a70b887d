import type { Plan, Scenario } from '../model/plan.ts';

/** The channels of a scenario: where its severity gives news, where messages for it are sent, and what its steps name. Without a severity: every message. */
export function channelsOf(plan: Plan, { severity, steps }: Pick<Scenario, 'severity' | 'steps'>): readonly string[] {
  const updates =
    severity === undefined || !Object.hasOwn(plan.severities, severity)
      ? {}
      : (plan.severities[severity]?.updates ?? {});
  const templates = Object.values(plan.templates)
    .filter(({ severities }) => severity === undefined || severities.length === 0 || severities.includes(severity))
    .flatMap(({ channel }) => channel ?? []);
  const named = steps.flatMap(({ with: { channel } }) => (typeof channel === 'string' ? [channel] : []));
  return [...new Set([...Object.keys(updates), ...templates, ...named])].filter((name) =>
    Object.hasOwn(plan.channels, name),
  );
}

/** A channel and those to take instead, in the order in which one tries them. */
export function withFallbacks(plan: Plan, first: string): readonly string[] {
  const chain = [first];
  for (let next = plan.channels[first]?.fallback; next !== undefined; next = plan.channels[next]?.fallback) {
    if (chain.includes(next) || !Object.hasOwn(plan.channels, next)) break;
    chain.push(next);
  }
  return chain;
}
