import { nearestOf } from '../lib/nearest.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import { expandedSteps, PROCEDURE, procedureUse } from '../model/plan/expand.ts';
import type { Component, Plan, Step } from '../model/plan.ts';
import type { Problem } from './problem.ts';

/** Every name in a plan that leads nowhere. */
export function nameProblems(plan: Plan): readonly Problem[] {
  const known = knownNames(plan);
  return [
    ...peopleNames(plan),
    ...placeNames(plan),
    ...Object.entries(plan.components).flatMap(([name, one]) => componentNames(one, ['components', name])),
    ...scenarioNames(plan),
    ...responseNames(plan),
    ...upkeepNames(plan),
  ].flatMap((use) => (use.name === undefined ? [] : (unknown(use, known) ?? [])));
}

/** Whose task it is, where the plan says it in so many words. */
const taskRole = ({ uses, with: input }: Step): string | undefined =>
  uses === 'human.task' && typeof input.role === 'string' && !input.role.includes('${{') ? input.role : undefined;

/** A place where something is called by its name. */
interface Use {
  readonly what: Kind;
  /** Undefined where the plan leaves it out. */
  readonly name: string | undefined;
  readonly path: PlanPath;
  readonly atKey?: boolean;
  /** What there is to choose from, where that depends on the place. */
  readonly known?: ReadonlySet<string>;
}

const PARTS = {
  role: 'roles',
  person: 'people',
  vendor: 'vendors',
  channel: 'channels',
  environment: 'environments',
  class: 'classes',
  component: 'components',
  scenario: 'scenarios',
  procedure: 'procedures',
  severity: 'severities',
} as const satisfies Record<string, keyof Plan>;
type Kind = keyof typeof PARTS | 'domain' | 'step' | 'role or person';
type Known = ReadonlyMap<Kind, ReadonlySet<string>>;

function knownNames(plan: Plan): Known {
  const parts = Object.entries(PARTS) as [keyof typeof PARTS, keyof Plan][];
  return new Map<Kind, ReadonlySet<string>>([
    ...parts.map(([what, part]) => [what, new Set(Object.keys(plan[part] as object))] as const),
    ['domain', new Set(Object.keys(plan.domains).flatMap(withParents))],
    ['role or person', new Set([...Object.keys(plan.roles), ...Object.keys(plan.people)])],
  ]);
}

/** Who names `aws/us-east-1` has named `aws` too. */
function withParents(domain: string): readonly string[] {
  const parts = domain.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function unknown({ what, name = '', path, atKey = false, known: here }: Use, all: Known): Problem | undefined {
  const known = here ?? all.get(what) ?? new Set<string>();
  if (known.has(name)) return undefined;
  const meant = nearestOf(name, [...known]);
  return {
    rule: 'plan.reference',
    level: 'error',
    path,
    atKey,
    message: `${pathText(path)} names the ${what} "${name}", which does not exist`,
    hint: meant ? `Did you mean ${meant}?` : `There are: ${[...known].join(', ') || 'none'}.`,
  };
}

const each = (what: Kind, names: readonly string[], path: PlanPath): readonly Use[] =>
  names.map((name, index) => ({ what, name, path: [...path, index] }));

function peopleNames({ plan, people: all, roles, channels, waivers }: Plan): readonly Use[] {
  return [
    { what: 'role', name: plan.owner, path: ['plan', 'owner'] },
    ...each('domain', plan.kept_in, ['plan', 'kept_in']),
    ...Object.entries(all).flatMap(([name, one]) =>
      each('domain', one.signs_in_through, ['people', name, 'signs_in_through']),
    ),
    ...Object.entries(roles).flatMap(([name, { people, vendor, reports_to }]): readonly Use[] => [
      ...each('person', people, ['roles', name, 'people']),
      { what: 'vendor', name: vendor, path: ['roles', name, 'vendor'] },
      { what: 'role', name: reports_to, path: ['roles', name, 'reports_to'] },
    ]),
    ...Object.entries(channels).flatMap(([name, { domain, fallback }]): readonly Use[] => [
      { what: 'domain', name: domain, path: ['channels', name, 'domain'] },
      { what: 'channel', name: fallback, path: ['channels', name, 'fallback'] },
    ]),
    ...waivers.map(({ owner }, index): Use => ({ what: 'role', name: owner, path: ['waivers', index, 'owner'] })),
  ];
}

function placeNames({ repository, environments, data, service_levels }: Plan): readonly Use[] {
  return [
    { what: 'domain', name: repository?.domain, path: ['repository', 'domain'] },
    ...each('domain', repository?.identity_in ?? [], ['repository', 'identity_in']),
    ...Object.entries(environments).flatMap(([name, { domain, components }]): readonly Use[] => [
      { what: 'domain', name: domain, path: ['environments', name, 'domain'] },
      ...Object.keys(components).map(
        (component): Use => ({
          what: 'component',
          name: component,
          path: ['environments', name, 'components', component],
          atKey: true,
        }),
      ),
    ]),
    ...Object.entries(data).flatMap(([name, one]) => each('component', one.in, ['data', name, 'in'])),
    ...service_levels.flatMap(({ components }, index) =>
      each('component', components, ['service_levels', index, 'components']),
    ),
  ];
}

function componentNames({ domain, also_in, needs, class: named, backups }: Component, at: PlanPath): readonly Use[] {
  return [
    { what: 'domain', name: domain, path: [...at, 'domain'] },
    ...each('domain', also_in, [...at, 'also_in']),
    ...each('component', needs, [...at, 'needs']),
    { what: 'class', name: named, path: [...at, 'class'] },
    ...backups.flatMap(({ copies, verify }, index) => [
      ...copies.flatMap((copy, n): readonly Use[] => [
        { what: 'domain', name: copy.domain, path: [...at, 'backups', index, 'copies', n, 'domain'] },
        { what: 'domain', name: copy.key_in, path: [...at, 'backups', index, 'copies', n, 'key_in'] },
      ]),
      ...verify.map(
        ({ into }, n): Use => ({
          what: 'environment',
          name: into,
          path: [...at, 'backups', index, 'verify', n, 'into'],
        }),
      ),
    ]),
  ];
}

function scenarioNames(plan: Plan): readonly Use[] {
  const scenarios = Object.entries(plan.scenarios).flatMap(([name, one]): readonly Use[] => {
    const at = ['scenarios', name];
    const failback = typeof one.failback === 'string' ? one.failback : undefined;
    return [
      ...each('component', one.loses, [...at, 'loses']),
      ...each('domain', one.loses_domains, [...at, 'loses_domains']),
      { what: 'severity', name: one.severity, path: [...at, 'severity'] },
      { what: 'scenario', name: failback, path: [...at, 'failback'] },
      { what: 'step', name: one.healthy, path: [...at, 'healthy'], known: idsOf(one.steps) },
      ...stepNames(plan, one.steps, at),
    ];
  });
  const procedures = Object.entries(plan.procedures).flatMap(([name, { steps }]) =>
    stepNames(plan, steps, ['procedures', name]),
  );
  return [...scenarios, ...procedures];
}

const idsOf = (steps: readonly Step[]): ReadonlySet<string> => new Set(steps.map(({ id }) => id));

function stepNames(plan: Plan, steps: readonly Step[], parent: PlanPath): readonly Use[] {
  const known = idsOf(steps);
  return steps.flatMap((step, index): readonly Use[] => {
    const at = [...parent, 'steps', index];
    return [
      ...each('step', step.needs ?? [], [...at, 'needs']).map((use) => ({ ...use, known })),
      ...each('step', step.proven ?? [], [...at, 'proven']).map((use) => ({ ...use, known })),
      ...safetyPointNames(step, [...at, 'safety_point']),
      { what: 'role', name: step.approve?.role, path: [...at, 'approve', 'role'] },
      ...(step.approve?.escalate ?? []).map(
        ({ role }, n): Use => ({ what: 'role', name: role, path: [...at, 'approve', 'escalate', n, 'role'] }),
      ),
      { what: 'role', name: taskRole(step), path: [...at, 'with', 'role'] },
      { what: 'role', name: step.confirm?.role, path: [...at, 'confirm', 'role'] },
      { what: 'domain', name: step.in, path: [...at, 'in'] },
      ...(step.uses === PROCEDURE ? procedureNames(plan, step, [...at, 'with']) : []),
    ];
  });
}

const safetyPointNames = ({ safety_point: named = [] }: Step, path: PlanPath): readonly Use[] =>
  typeof named === 'string' ? [{ what: 'component', name: named, path }] : each('component', named, path);

/** What a use of a procedure leaves out is found by its form: a use that names none is one of the name "". */
function procedureNames(plan: Plan, step: Step, at: PlanPath): readonly Use[] {
  const { procedure = '', from, to, without } = procedureUse(step);
  const itself: Use = { what: 'procedure', name: procedure, path: [...at, 'procedure'] };
  if (!Object.hasOwn(plan.procedures, procedure)) return [itself];
  const known = idsOf(plan.procedures[procedure]?.steps ?? []);
  return [
    { what: 'step', name: from, path: [...at, 'from'], known },
    { what: 'step', name: to, path: [...at, 'to'], known },
    ...each('step', without, [...at, 'without']).map((use) => ({ ...use, known })),
  ];
}

function responseNames({ severities, escalation, templates, post_mortem }: Plan): readonly Use[] {
  return [
    ...Object.entries(severities).flatMap(([name, { team, examples }]): readonly Use[] => [
      ...each('role', team, ['severities', name, 'team']),
      ...examples.map((example, index): Use => {
        const scenario = typeof example === 'string' ? undefined : example.scenario;
        return { what: 'scenario', name: scenario, path: ['severities', name, 'examples', index, 'scenario'] };
      }),
    ]),
    ...Object.entries(escalation).flatMap(([name, one]) => [
      ...each('severity', one.severities, ['escalation', name, 'severities']),
      ...one.levels.flatMap(({ to }, index) => each('role', to, ['escalation', name, 'levels', index, 'to'])),
    ]),
    ...Object.entries(templates).flatMap(([name, one]): readonly Use[] => [
      { what: 'channel', name: one.channel, path: ['templates', name, 'channel'] },
      ...each('severity', one.severities, ['templates', name, 'severities']),
    ]),
    ...each('role or person', post_mortem?.attendees ?? [], ['post_mortem', 'attendees']),
  ];
}

function upkeepNames(plan: Plan): readonly Use[] {
  return [
    ...Object.entries(plan.drills).flatMap(([name, drill]): readonly Use[] => {
      const known = new Set(drill.scenarios.flatMap((scenario) => stepsWithin(plan, scenario)));
      const { from, to, without = [] } = drill.steps ?? {};
      const at = ['drills', name];
      return [
        ...each('scenario', drill.scenarios, [...at, 'scenarios']),
        { what: 'environment', name: drill.environment, path: [...at, 'environment'] },
        { what: 'step', name: from, path: [...at, 'steps', 'from'], known },
        { what: 'step', name: to, path: [...at, 'steps', 'to'], known },
        ...each('step', without, [...at, 'steps', 'without']).map((use) => ({ ...use, known })),
      ];
    }),
    ...Object.entries(plan.tasks).map(
      ([name, { role }]): Use => ({ what: 'role', name: role, path: ['tasks', name, 'role'] }),
    ),
  ];
}

/** Steps of a scenario and of the procedures it uses, each by the name it has where it is written. */
const stepsWithin = (plan: Plan, scenario: string): readonly string[] =>
  expandedSteps(plan, scenario).flatMap(({ step, via }) => [
    step.id.slice(step.id.lastIndexOf('.') + 1),
    ...via.map((outer) => outer.step.id),
  ]);
