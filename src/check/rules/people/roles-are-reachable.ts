import type { PlanPath } from '../../../model/finding.ts';
import type { Plan } from '../../../model/plan.ts';
import { reachOf } from '../../reach.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A role is worth as much as the telephone number behind it. */
export const rolesAreReachable: Rule = {
  id: 'roles-are-reachable',
  level: 'warning',
  title: 'Every role that is called has somebody who can be reached, and every contact has a role',
  why: 'A ladder that ends in "CTO" without a name, or in a name without a number, ends at night. And a database administrator who stands in the table, but whom no ladder ever calls, is not called.',
  bad: `
roles: { keeper: { people: [ann] }, chief: { title: Decides } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }, { after: 15m, to: [chief] }] } }
`,
  good: `
people: { eve: { name: Eve Example, phone: +49-30-1234567 } }
roles: { chief: { title: Decides, people: [eve] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }, { after: 15m, to: [chief] }] } }
`,
  judge(plan) {
    const calls = callsIn(plan);
    const called = new Map(calls.map((call) => [call.role, call]));
    return [...[...called.values()].flatMap((call) => unreachable(plan, call)), ...neverCalled(plan, called)];
  },
};

interface Call {
  readonly role: string;
  readonly path: PlanPath;
  readonly why: string;
}

/** Who is asked for something in an emergency. */
function callsIn(plan: Plan): readonly Call[] {
  const ladders = Object.entries(plan.escalation).flatMap(([name, { levels }]) =>
    levels.flatMap(({ to }, index) =>
      to.map((role, at) => ({
        role,
        path: ['escalation', name, 'levels', index, 'to', at],
        why: `the ladder ${name} calls it`,
      })),
    ),
  );
  const teams = Object.entries(plan.severities).flatMap(([name, { team }]) =>
    team.map((role, at) => ({ role, path: ['severities', name, 'team', at], why: `${name} calls it` })),
  );
  const approvals = Object.entries(plan.scenarios).flatMap(([name, { steps }]) =>
    steps.flatMap(({ id, approve }, index) =>
      approve
        ? [
            {
              role: approve.role,
              path: ['scenarios', name, 'steps', index, 'approve', 'role'],
              why: `it approves the step "${id}" of ${name}`,
            },
          ]
        : [],
    ),
  );
  const tasks = Object.entries(plan.tasks).flatMap(([name, { role }]) =>
    role === undefined ? [] : [{ role, path: ['tasks', name, 'role'], why: `it does the task ${name}` }],
  );
  const owner = { role: plan.plan.owner, path: ['plan', 'owner'], why: 'it keeps this plan' };
  return [owner, ...tasks, ...approvals, ...teams, ...ladders].filter(({ role }) => Object.hasOwn(plan.roles, role));
}

function unreachable(plan: Plan, { role, path, why }: Call): readonly Complaint[] {
  const { people, callable, vendor } = reachOf(plan, role);
  const related = [{ path, message: why }];
  const hint = 'Name somebody in people, with a telephone number, or a vendor with a contact.';
  if (people.length === 0 && vendor === undefined)
    return [{ path: ['roles', role], message: `nobody has the role ${role}, and ${why}`, hint, related }];
  if (vendor !== undefined || callable.length > 0) return [];
  return [
    {
      path: ['roles', role],
      message: `nobody who has the role ${role} can be reached: no telephone, no e-mail, and ${why}`,
      hint,
      related,
    },
  ];
}

/** Only where there are ladders or teams: else nobody says who is called at all. */
function neverCalled(plan: Plan, called: ReadonlyMap<string, Call>): readonly Complaint[] {
  if (Object.keys(plan.escalation).length === 0) return [];
  const above = new Set(Object.values(plan.roles).flatMap(({ reports_to }) => reports_to ?? []));
  const elsewhere = new Set([
    ...(plan.post_mortem?.attendees ?? []),
    ...plan.waivers.map(({ owner }) => owner),
    ...above,
  ]);
  return Object.entries(plan.roles)
    .filter(
      ([name, { people, reports_to }]) =>
        people.length > 0 && reports_to === undefined && !called.has(name) && !elsewhere.has(name),
    )
    .map(([name]) => ({
      path: ['roles', name],
      message: `the role ${name} has people, and no ladder, team, approval or task calls it`,
      hint: 'Call it where it is needed, or remove it.',
    }));
}
