import type { PlanPath } from '../../../model/finding.ts';
import type { Plan } from '../../../model/plan.ts';
import { isLost } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What recovers must not be lost with what it recovers. */
export const planIsAtHand: Rule = {
  id: 'plan-is-at-hand',
  level: 'error',
  title: 'Plan, program and key are left after every loss the plan answers',
  why: 'A plan in a wiki of the lost region, or a key in a secret store of the lost account, stops a recovery whose backups are perfect. Keep one copy of plan, program and key where none of it can be lost together: a second provider, a laptop, a stick in a safe.',
  bad: `
plan: { kept_in: [machine] }
scenarios: { fire: { title: The machine room burns, loses_domains: [machine], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  good: `
plan: { kept_in: [machine, cellar] }
scenarios: { fire: { title: The machine room burns, loses_domains: [machine], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  judge: (plan) => kept(plan).flatMap((one) => judgeKept(plan, one)),
};

interface Kept {
  readonly what: string;
  readonly path: PlanPath;
  readonly places: readonly string[];
}

/** What the plan says of where it is kept. What it does not say is told by `lifeboat survive`. */
const kept = ({ plan, repository }: Plan): readonly Kept[] =>
  [
    { what: 'this plan and the program', path: ['plan', 'kept_in'], places: plan.kept_in },
    { what: 'the private key', path: ['repository', 'identity_in'], places: repository?.identity_in ?? [] },
  ].filter(({ places }) => places.length > 0);

const judgeKept = ({ scenarios }: Plan, { what, path, places }: Kept): readonly Complaint[] =>
  Object.entries(scenarios).flatMap(([name, { loses_domains }]): readonly Complaint[] => {
    if (!places.every((place) => isLost(place, loses_domains))) return [];
    return [
      {
        path,
        message: `${name} loses ${loses_domains.join(', ')}, and with it every place in which ${what} ${what.includes(' and ') ? 'are' : 'is'} kept`,
        hint: 'Keep a copy in another failure domain, and name it here.',
        related: [{ path: ['scenarios', name, 'loses_domains'], message: 'what is lost' }],
      },
    ];
  });
