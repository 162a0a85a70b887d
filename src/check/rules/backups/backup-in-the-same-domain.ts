import type { Plan } from '../../../model/plan.ts';
import { copyPlaces } from '../../copies.ts';
import { isLost, keepsData } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A copy that is lost together with the original is no copy. */
export const backupInTheSameDomain: Rule = {
  id: 'backup-in-the-same-domain',
  level: 'error',
  title: 'Copies live in another failure domain than what they protect',
  why: 'A machine, a disk, an account or a region is lost as a whole. What is kept in the same domain as its original is lost with it.',
  bad: `
domains: { rack: { title: One rack } }
repository: { domain: rack }
components: { database: { domain: rack } }
`,
  good: `
domains: { rack: { title: One rack }, vault: { title: Another building } }
repository: { domain: vault }
components: { database: { domain: rack } }
`,
  judge: (plan) => Object.keys(plan.components).flatMap((name) => judgeComponent(plan, name)),
};

function judgeComponent(plan: Plan, name: string): readonly Complaint[] {
  const component = plan.components[name] as Plan['components'][string];
  const places = copyPlaces(plan, name, component);
  const { domain } = component;
  if (places.length === 0 || !keepsData(component)) return [];
  const path = ['components', name, 'domain'];
  const elsewhere = places.filter(
    (place) => place.domain !== undefined && domain !== undefined && !isLost(place.domain, [domain]),
  );
  if (elsewhere.length > 0) return [];
  if (domain === undefined || places.some((place) => place.domain === undefined)) return [unknownDomain(plan, name)];
  const beside = places.every((one) => one.beside);
  const wide = WIDE.has(String(plan.domains[domain]?.kind));
  return [
    {
      path: beside ? ['components', name, 'backups'] : path,
      // A region is lost rarely, and the plan may answer that by a scenario of its own, where it is judged.
      ...(wide ? { level: 'warning' as const } : {}),
      message: `${name} and its copies live in the same failure domain, ${domain}: they are lost together`,
      hint: beside
        ? 'Say in copies where they are kept, and keep one in another domain.'
        : 'Keep the repository, or one of the copies, in another domain.',
      related: beside || !plan.repository ? [] : [{ path: ['repository', 'domain'], message: 'where the copies live' }],
    },
  ];
}

const WIDE = new Set(['region', 'account', 'provider', 'source']);

function unknownDomain({ components, repository }: Plan, name: string): Complaint {
  const unsaid = components[name]?.domain === undefined || !repository;
  return {
    path: unsaid ? ['components', name, 'domain'] : ['repository', 'domain'],
    level: 'warning',
    message: `nothing says that ${name} and its copies are not lost together`,
    hint: 'Name the failure domain of the component and of its copies: domain: an entry of domains.',
  };
}
