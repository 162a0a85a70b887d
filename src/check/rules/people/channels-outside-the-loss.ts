import { channelsOf, withFallbacks } from '../../channels.ts';
import { isLost } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

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
