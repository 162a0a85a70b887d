import { findCycle, type Needs } from '../lib/graph.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import { PROCEDURE, procedureUse } from '../model/plan/expand.ts';
import { type Plan, type Step, safetyPointsOf, TAKEN_METHODS } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';
import { escalationProblems } from './escalation-problems.ts';
import { evidenceProblems } from './evidence-paths.ts';
import { nameProblems } from './names.ts';
import type { Problem } from './problem.ts';
import { runbookProblems } from './runbook-expressions.ts';

/** Everything in which a plan of the right shape contradicts itself: names that lead nowhere, circles, doubles. */
export function contradictions(plan: Plan): readonly Problem[] {
  return [
    ...nameProblems(plan),
    ...evidenceProblems(plan),
    ...circles(plan),
    ...endlessCadences(plan),
    ...streamSettings(plan),
    ...Object.entries(plan.scenarios).flatMap(([name, { steps }]) => runbookFaults(plan, steps, ['scenarios', name])),
    ...Object.entries(plan.procedures).flatMap(([name, { steps }]) => runbookFaults(plan, steps, ['procedures', name])),
    ...runbookProblems(plan),
    ...escalationProblems(plan),
  ];
}

function circles({ components, roles, procedures }: Plan): readonly Problem[] {
  const needs = Object.entries(components).map(([name, one]) => [name, one.needs] as const);
  const above = Object.entries(roles).map(
    ([name, { reports_to }]) => [name, reports_to === undefined ? [] : [reports_to]] as const,
  );
  const used = Object.entries(procedures).map(([name, { steps }]) => [name, proceduresIn(steps)] as const);
  return [
    ...circle(new Map(needs), 'components that need each other in a circle can never begin', (name) => [
      'components',
      name,
      'needs',
    ]),
    ...circle(new Map(above), 'roles that report to each other in a circle have nobody above them', (name) => [
      'roles',
      name,
      'reports_to',
    ]),
    ...circle(new Map(used), 'procedures that use each other in a circle never end', (name) => [
      'procedures',
      name,
      'steps',
    ]),
  ];
}

const proceduresIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => (step.uses === PROCEDURE ? (procedureUse(step).procedure ?? []) : []));

function endlessCadences({ components }: Plan): readonly Problem[] {
  return Object.entries(components).flatMap(([name, { backups }]) =>
    backups.flatMap((policy, index) =>
      policy.method === 'postgres.wal_stream' && policy.every !== undefined
        ? [endlessCadence(['components', name, 'backups', index, 'every'])]
        : [],
    ),
  );
}

const endlessCadence = (path: PlanPath): Problem => ({
  rule: 'plan.contradiction',
  level: 'error',
  path,
  message: 'postgres.wal_stream has a cadence, and it never stops',
  hint: 'Remove "every": the log is streamed as it is written.',
});

/** What only a stream of the log can do. */
function streamSettings({ components }: Plan): readonly Problem[] {
  return Object.entries(components).flatMap(([name, { backups }]) =>
    backups.flatMap((policy, index) =>
      (['synchronous', 'spool'] as const)
        .filter((setting) => policy[setting] !== undefined && policy.method !== 'postgres.wal_stream')
        .map(
          (setting): Problem => ({
            rule: 'plan.contradiction',
            level: 'error',
            path: ['components', name, 'backups', index, setting],
            message: `${policy.method} has "${setting}", which only postgres.wal_stream knows`,
            hint: `Remove it, or write it at the wal_stream of ${name}.`,
          }),
        ),
    ),
  );
}

function runbookFaults(plan: Plan, steps: readonly Step[], at: PlanPath): readonly Problem[] {
  const doubles = doubleSteps(steps, at);
  const place = (id: string) => [...at, 'steps', steps.findIndex((step) => step.id === id)];
  const waiting = 'steps that need each other in a circle can never begin';
  return [
    ...doubles,
    ...(doubles.length > 0 ? [] : circle(stepNeeds({ steps }), waiting, place)),
    ...tooFewApprovers(plan, steps, at),
    ...unbackedSafetyPoints(plan, steps, at),
  ];
}

function doubleSteps(steps: readonly Step[], at: PlanPath): readonly Problem[] {
  const first = new Map<string, number>();
  return steps.flatMap((step, index) => {
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
function tooFewApprovers({ roles }: Plan, steps: readonly Step[], at: PlanPath): readonly Problem[] {
  const tooFew = (id: string, asked: Step['approve'], word: string, path: PlanPath): readonly Problem[] => {
    const people = asked && Object.hasOwn(roles, asked.role) ? roles[asked.role]?.people : undefined;
    if (!asked || !people || asked.count <= new Set(people).size) return [];
    return [
      {
        rule: 'plan.contradiction',
        level: 'error',
        path,
        message: `the step "${id}" asks for ${asked.count} ${word}, and the role ${asked.role} has ${new Set(people).size} people`,
        hint: 'Ask for fewer, or add people to the role.',
      },
    ];
  };
  return steps.flatMap(({ id, approve, confirm }, index) => [
    ...tooFew(id, approve, 'approvals', [...at, 'steps', index, 'approve', 'count']),
    ...tooFew(id, confirm, 'confirmations', [...at, 'steps', index, 'confirm', 'count']),
  ]);
}

/** A recovery point that nobody can take is never there: the step could not be begun. */
function unbackedSafetyPoints({ components }: Plan, steps: readonly Step[], at: PlanPath): readonly Problem[] {
  const isTaken = (name: string): boolean =>
    !Object.hasOwn(components, name) ||
    components[name]?.backups.some(({ method }) => TAKEN_METHODS.some((taken) => taken === method)) === true;
  return steps.flatMap((step, index) =>
    safetyPointsOf(step)
      .filter((name) => !isTaken(name))
      .map((name) => ({
        rule: 'plan.contradiction',
        level: 'error' as const,
        path: [...at, 'steps', index, 'safety_point'],
        message: `the step "${step.id}" demands a recovery point of ${name}, and Lifeboat takes none of it`,
        hint: `Add ${TAKEN_METHODS.join(' or ')} to components.${name}.backups, or keep what is there with a step of its own.`,
      })),
  );
}

function circle(needs: Needs, message: string, pathOf: (name: string) => PlanPath): readonly Problem[] {
  const cycle = findCycle(needs);
  if (!cycle) return [];
  return [
    {
      rule: 'plan.cycle',
      level: 'error',
      path: pathOf(String(cycle[0])),
      message: `${message}: ${cycle.join(' → ')}`,
      hint: 'Remove one of them.',
    },
  ];
}
