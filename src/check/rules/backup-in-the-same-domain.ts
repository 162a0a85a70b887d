import type { Complaint, Rule } from '../rule.ts';

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
  judge: ({ components, repository }) =>
    Object.entries(components).flatMap(([name, { domain, backups }]): readonly Complaint[] => {
      if (backups.length === 0) return [];
      const path = ['components', name, 'domain'];
      if (domain === undefined || repository.domain === undefined)
        return [
          {
            path: domain === undefined ? path : ['repository', 'domain'],
            level: 'warning',
            message: `nothing says that ${name} and its copies are not lost together`,
            hint: 'Name the failure domain of the component and of the repository: domain: an entry of domains.',
          },
        ];
      if (domain !== repository.domain) return [];
      return [
        {
          path,
          message: `${name} and its copies live in the same failure domain, ${domain}: they are lost together`,
          hint: 'Keep the repository in another domain.',
          related: [{ path: ['repository', 'domain'], message: 'where the copies live' }],
        },
      ];
    }),
};
