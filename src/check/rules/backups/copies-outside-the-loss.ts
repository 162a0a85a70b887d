import type { Component, Plan } from '../../../model/plan.ts';
import { copyPlaces, survives } from '../../copies.ts';
import { isLost, keepsData, lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A scenario can only restore from what it has not lost. */
export const copiesOutsideTheLoss: Rule = {
  id: 'copies-outside-the-loss',
  level: 'error',
  title: 'Some copy, and its key, survive every loss the plan answers',
  why: 'When a region, an account or a building is lost, so are the backups that are kept there, and backups elsewhere whose key was kept there. Automated RDS backups stay in the region of their instance unless they are replicated (AWS documentation).',
  bad: `
domains: { aws: { title: AWS }, aws/east: { title: A region } }
components: { files: { kind: bucket, domain: aws/east, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h }] } }
scenarios: { loss: { loses: [database, api, files], loses_domains: [aws/east] } }
`,
  good: `
domains: { aws: { title: AWS }, aws/east: { title: A region }, aws/west: { title: Another region } }
components: { files: { kind: bucket, domain: aws/east, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: aws/west, key_in: aws/west }] }] } }
scenarios: { loss: { loses: [database, api, files], loses_domains: [aws/east] } }
`,
  judge: (plan) =>
    Object.entries(plan.scenarios).flatMap(([name, scenario]) =>
      scenario.loses_domains.length === 0
        ? []
        : lostComponents(plan, scenario).flatMap((lost) => judgeLost(plan, name, lost)),
    ),
};

function judgeLost(plan: Plan, scenario: string, name: string): readonly Complaint[] {
  const component = plan.components[name] as Component;
  const domains = plan.scenarios[scenario]?.loses_domains ?? [];
  const places = copyPlaces(plan, name, component);
  if (!keepsData(component) || places.length === 0 || places.some((place) => survives(place, domains))) return [];
  const where = [
    ...new Set(
      places.map(({ domain, copy }) =>
        isLost(domain, domains) ? String(domain) : `${domain}, whose key is in ${copy?.key_in}`,
      ),
    ),
  ];
  return [
    {
      path: ['scenarios', scenario, 'loses_domains'],
      message: `${scenario} loses ${domains.join(', ')}, and with it every copy of ${name}: they are in ${where.join('; ')}`,
      hint: `Keep a copy of ${name}, and the key that opens it, in a domain outside of ${domains.join(', ')}.`,
      related: [{ path: ['components', name, 'backups'], message: `the copies of ${name}` }],
    },
  ];
}
