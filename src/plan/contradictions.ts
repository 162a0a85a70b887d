import { findCycle, type Needs } from '../lib/graph.ts';
import { nearestOf } from '../lib/nearest.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import type { Plan, Scenario } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';
import type { Problem } from './problem.ts';
import { runbookProblems } from './runbook-expressions.ts';

/** Everything in which a plan of the right shape contradicts itself: names that lead nowhere, circles, doubles. */
export function contradictions(plan: Plan): readonly Problem[] {
  return [
    ...peopleProblems(plan),
    ...domainProblems(plan),
    ...componentProblems(plan),
    ...Object.entries(plan.scenarios).flatMap(([name, scenario]) => scenarioProblems(plan, name, scenario)),
    ...runbookProblems(plan),
  ];
}

function peopleProblems({ plan, people, roles, waivers }: Plan): readonly Problem[] {
  return [
    ...mustExist('role', plan.owner, roles, ['plan', 'owner']),
    ...Object.entries(roles).flatMap(([name, role]) =>
      role.people.flatMap((person, index) => mustExist('person', person, people, ['roles', name, 'people', index])),
    ),
    ...waivers.flatMap((waiver, index) => mustExist('role', waiver.owner, roles, ['waivers', index, 'owner'])),
  ];
}

function domainProblems({ domains, repository, components }: Plan): readonly Problem[] {
  const uses: (readonly [string | undefined, PlanPath])[] = [
    [repository.domain, ['repository', 'domain']],
    ...Object.entries(components).map(([name, { domain }]) => [domain, ['components', name, 'domain']] as const),
  ];
  return uses.flatMap(([domain, path]) => (domain === undefined ? [] : mustExist('domain', domain, domains, path)));
}

function componentProblems({ components, environments }: Plan): readonly Problem[] {
  const needs = new Map(Object.entries(components).map(([name, component]) => [name, component.needs]));
  return [
    ...Object.entries(components).flatMap(([name, component]) =>
      component.needs.flatMap((needed, index) =>
        mustExist('component', needed, components, ['components', name, 'needs', index]),
      ),
    ),
    ...circle(needs, 'component', (name) => ['components', name, 'needs']),
    ...Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap((policy, index) =>
        policy.method === 'postgres.wal_stream' && policy.every !== undefined
          ? [endlessCadence(['components', name, 'backups', index, 'every'])]
          : [],
      ),
    ),
    ...Object.entries(environments).flatMap(([environment, { components: differing }]) =>
      Object.keys(differing).flatMap((name) =>
        mustExist('component', name, components, ['environments', environment, 'components', name], true),
      ),
    ),
  ];
}

const endlessCadence = (path: PlanPath): Problem => ({
  rule: 'plan.contradiction',
  level: 'error',
  path,
  message: 'postgres.wal_stream has a cadence, and it never stops',
  hint: 'Remove "every": the log is streamed as it is written.',
});

function scenarioProblems(plan: Plan, name: string, scenario: Scenario): readonly Problem[] {
  const at = ['scenarios', name];
  const steps = Object.fromEntries(scenario.steps.map((step) => [step.id, step]));
  const doubles = doubleSteps(scenario, at);
  return [
    ...scenario.loses.flatMap((lost, index) => mustExist('component', lost, plan.components, [...at, 'loses', index])),
    ...mustExist('step', scenario.healthy, steps, [...at, 'healthy']),
    ...doubles,
    ...scenario.steps.flatMap((step, index) => [
      ...(step.needs ?? []).flatMap((needed, n) =>
        mustExist('step', needed, steps, [...at, 'steps', index, 'needs', n]),
      ),
      ...(step.approve
        ? mustExist('role', step.approve.role, plan.roles, [...at, 'steps', index, 'approve', 'role'])
        : []),
    ]),
    ...(doubles.length > 0
      ? []
      : circle(stepNeeds(scenario), 'step', (step) => [
          ...at,
          'steps',
          scenario.steps.findIndex(({ id }) => id === step),
        ])),
    ...tooFewApprovers(plan, scenario, at),
  ];
}

function doubleSteps(scenario: Scenario, at: PlanPath): readonly Problem[] {
  const first = new Map<string, number>();
  return scenario.steps.flatMap((step, index) => {
    const before = first.get(step.id);
    if (before === undefined) {
      first.set(step.id, index);
      return [];
    }
    const related = [{ path: [...at, 'steps', before, 'id'], message: 'the first one' }];
    const message = `two steps of ${pathText(at)} are called "${step.id}"`;
    return [
      {
        rule: 'plan.duplicate',
        level: 'error',
        path: [...at, 'steps', index, 'id'],
        message,
        hint: 'Give every step its own name.',
        related,
      },
    ];
  });
}

/** More approvals than people can never be given: the run would wait for ever. */
function tooFewApprovers({ roles }: Plan, scenario: Scenario, at: PlanPath): readonly Problem[] {
  return scenario.steps.flatMap(({ id, approve }, index) => {
    const people = approve && roles[approve.role]?.people;
    if (!approve || !people || approve.count <= new Set(people).size) return [];
    return [
      {
        rule: 'plan.contradiction',
        level: 'error',
        path: [...at, 'steps', index, 'approve', 'count'],
        message: `the step "${id}" asks for ${approve.count} approvals, and the role ${approve.role} has ${new Set(people).size} people`,
        hint: 'Ask for fewer, or add people to the role.',
      },
    ];
  });
}

function mustExist(what: string, name: string, known: object, path: PlanPath, atKey = false): readonly Problem[] {
  if (Object.hasOwn(known, name)) return [];
  const meant = nearestOf(name, Object.keys(known));
  return [
    {
      rule: 'plan.reference',
      level: 'error',
      path,
      atKey,
      message: `${pathText(path)} names the ${what} "${name}", which does not exist`,
      hint: meant ? `Did you mean ${meant}?` : `There are: ${Object.keys(known).join(', ') || 'none'}.`,
    },
  ];
}

function circle(needs: Needs, what: string, pathOf: (name: string) => PlanPath): readonly Problem[] {
  const cycle = findCycle(needs);
  if (!cycle) return [];
  return [
    {
      rule: 'plan.cycle',
      level: 'error',
      path: pathOf(String(cycle[0])),
      message: `${what}s that need each other in a circle can never begin: ${cycle.join(' → ')}`,
      hint: 'Remove one of these needs.',
    },
  ];
}
