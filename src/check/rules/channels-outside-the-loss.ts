import type { Plan, Scenario } from '../../model/plan.ts';
import { isLost } from '../losses.ts';
import type { Complaint, Rule } from '../rule.ts';

/** Bad news must not travel through what has failed. */
export const channelsOutsideTheLoss: Rule = {
  id: 'channels-outside-the-loss',
  level: 'error',
  title: 'The channels that a scenario needs survive its loss',
  why: 'An announcement through a topic in the region that has just failed reaches nobody, and a script that stops at the first error stops there. A channel that may be lost needs a fallback that lives elsewhere.',
  bad: `
channels: { alarm: { kind: topic, domain: machine } }
severities: { sev1: { title: Down, updates: { alarm: 15m } } }
scenarios: { loss: { severity: sev1, loses_domains: [machine], failback: { not_needed: x } } }
`,
  good: `
channels: { alarm: { kind: topic, domain: machine, fallback: phone }, phone: { kind: phone, domain: cellar } }
severities: { sev1: { title: Down, updates: { alarm: 15m } } }
scenarios: { loss: { severity: sev1, loses_domains: [machine], failback: { not_needed: x } } }
`,
  judge: (plan) =>
    Object.entries(plan.scenarios).flatMap(([name, scenario]) =>
      channelsOf(plan, scenario).flatMap((channel): readonly Complaint[] => {
        const chain = withFallbacks(plan, channel);
        const { loses_domains } = scenario;
        const alive = chain.some((one) => !isLost(plan.channels[one]?.domain, loses_domains));
        if (alive || chain.length === 0) return [];
        const tried =
          chain.length > 1 ? `, and so are its fallbacks (${chain.slice(1).join(', ')})` : ', and it has no fallback';
        return [
          {
            path: ['scenarios', name, 'loses_domains'],
            message: `${name} tells people on ${channel}, which is lost with ${plan.channels[channel]?.domain}${tried}`,
            hint: `Give ${channel} a fallback in a domain that ${name} does not lose.`,
            related: [{ path: ['channels', channel], message: `lives in ${plan.channels[channel]?.domain}` }],
          },
        ];
      }),
    ),
};

/** Where its severity gives news, where messages for it are sent, and what its steps name. Without a severity: every message. */
function channelsOf(plan: Plan, { severity, steps }: Scenario): readonly string[] {
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

function withFallbacks(plan: Plan, first: string): readonly string[] {
  const chain = [first];
  for (let next = plan.channels[first]?.fallback; next !== undefined; next = plan.channels[next]?.fallback) {
    if (chain.includes(next) || !Object.hasOwn(plan.channels, next)) break;
    chain.push(next);
  }
  return chain;
}
