import type { Plan } from '../../../model/plan.ts';
import { copyPlaces } from '../../copies.ts';
import { isLost, keepsData } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Who takes over an account can delete all that is in it. */
export const copiesOutsideTheAccount: Rule = {
  id: 'copies-outside-the-account',
  level: 'warning',
  title: 'One copy of everything cannot be deleted by whoever takes over the account',
  why: 'Ransomware and stolen administrator keys delete the backups first. A copy in another account or with another provider, or one that nobody can delete for a time, is out of their reach.',
  bad: `
domains: { aws: { title: AWS, kind: provider }, aws/east: { title: A region } }
components: { files: { kind: bucket, domain: aws/east, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: aws }] }] } }
scenarios: { loss: { loses: [database, api, files] } }
`,
  good: `
domains: { aws: { title: AWS, kind: provider }, aws/east: { title: A region } }
components: { files: { kind: bucket, domain: aws/east, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: aws, immutable: 30d }] }] } }
scenarios: { loss: { loses: [database, api, files] } }
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, component]): readonly Complaint[] => {
      const account = accountOf(plan, component.domain);
      const places = copyPlaces(plan, name, component);
      if (account === undefined || !keepsData(component) || places.length === 0) return [];
      const safe = places.some(
        ({ domain, copy }) => copy?.immutable !== undefined || (domain !== undefined && !isLost(domain, [account])),
      );
      if (safe) return [];
      return [
        {
          path: ['components', name, 'backups'],
          message: `every copy of ${name} is in ${account}, and none of them is immutable: whoever takes over ${account} can delete them all`,
          hint: 'Keep one copy in another account or with another provider, or make one immutable.',
        },
      ];
    }),
};

/** The account a domain belongs to; where the plan knows no accounts, the provider at the head of its path. */
function accountOf({ domains }: Plan, domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined;
  const parts = domain.split('/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const kindOf = (one: string): string | undefined => (Object.hasOwn(domains, one) ? domains[one]?.kind : undefined);
  return above.find((one) => kindOf(one) === 'account') ?? above.find((one) => kindOf(one) === 'provider');
}
