import type { AnyAction } from '../actions/action.ts';
import {
  type Component,
  type ObjectiveValue,
  objectiveText,
  type Plan,
  promised,
  type Scenario,
  type Step,
} from '../model/plan.ts';

export interface ToRender {
  readonly plan: Plan;
  readonly environment: string;
  readonly hash: string;
  readonly actions: ReadonlyMap<string, AnyAction>;
}

/** The plan as a Markdown runbook, for reading and for paper. Only what the plan says stands in it. */
export function runbookText({ plan, environment, hash, actions }: ToRender): string {
  const { title, owner, version, classification, review } = plan.plan;
  const blocks = [
    `# ${plain(title)}`,
    [
      `- Plan: ${plan.plan.name}, version ${plain(version)}, environment ${environment}`,
      `- Kept by: ${peopleOf(plan, owner)}`,
      ...(classification ? [`- Classification: ${plain(classification)}`] : []),
      ...(review ? [`- Reviewed: ${review.last ?? 'no day is given'}, every ${review.every}`] : []),
      `- Hash of the plan: \`${hash}\``,
    ].join('\n'),
    '## Who',
    ...people(plan),
    '## What can be lost',
    table(
      ['Component', 'Kind', 'Needs', 'RTO', 'RPO', 'Backups'],
      Object.entries(plan.components).map(([name, component]) => componentRow(name, component)),
    ),
    ...Object.entries(plan.scenarios).flatMap(([name, scenario]) => scenarioBlocks(name, scenario, plan, actions)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function people(plan: Plan): readonly string[] {
  const rows = Object.entries(plan.roles).flatMap(([role, { title, people: names }]) =>
    names.map((name) => {
      const person = plan.people[name];
      return [title ?? role, person?.name ?? name, person?.phone ?? '', person?.email ?? ''];
    }),
  );
  return [table(['Role', 'Name', 'Phone', 'Mail'], rows)];
}

const componentRow = (name: string, component: Component): readonly string[] => [
  component.title ? `${component.title} (\`${name}\`)` : name,
  component.kind,
  component.needs.join(', '),
  component.objectives?.rto === undefined ? '' : objectiveText(component.objectives.rto),
  component.objectives?.rpo === undefined ? '' : objectiveText(component.objectives.rpo),
  component.backups.map(({ method, every }) => (every ? `${method} every ${every}` : method)).join(', '),
];

function scenarioBlocks(name: string, scenario: Scenario, plan: Plan, actions: ToRender['actions']): readonly string[] {
  const inputs = Object.entries(scenario.inputs).flatMap(([input, { default: known }]) =>
    known === undefined ? [` --set ${input}=…`] : [],
  );
  return [
    `## ${plain(scenario.title)}`,
    [
      `- Lost: ${scenario.loses.join(', ')}`,
      `- Objectives: ${[...servingText(scenario.objectives.rto), ...lossText(scenario.objectives.rpo)].join(', ') || 'none'}`,
      ...(scenario.detect_within ? [`- Noticed within: ${scenario.detect_within}`] : []),
      ...scenario.detection.map((sign) => `- How one notices: ${plain(sign)}`),
      ...Object.entries(scenario.inputs).map(
        ([input, { describe }]) => `- To know beforehand: ${input}: ${plain(describe)}`,
      ),
      ...(scenario.healthy === undefined ? [] : [`- Healthy again after the step \`${scenario.healthy}\``]),
    ].join('\n'),
    [
      'Look first, then do it:',
      '',
      '```',
      ...['--dry-run', ''].map((flag) => `lifeboat recover ${name}${inputs.join('')} ${flag}`.trim()),
      '```',
    ].join('\n'),
    scenario.steps.map((step, index) => stepText(step, index, plan, actions)).join('\n'),
  ];
}

const servingText = (rto: ObjectiveValue | undefined): readonly string[] =>
  rto === undefined ? [] : [`serving again within ${objectiveText(rto)}`];

function lossText(rpo: ObjectiveValue | undefined): readonly string[] {
  if (rpo === undefined) return [];
  return [promised(rpo)?.max === 0 ? 'no acknowledged write lost' : `at most ${objectiveText(rpo)} of data lost`];
}

function stepText(step: Step, index: number, plan: Plan, actions: ToRender['actions']): string {
  const action = actions.get(step.uses);
  const facts = [
    action ? `${action.summary.replace(/\.$/, '')} (\`${step.uses}\`, ${action.danger})` : `\`${step.uses}\``,
    ...(step.when ? [`Only when \`${step.when}\``] : []),
    ...(step.approve
      ? [
          `Approved by ${step.approve.count} of: ${peopleOf(plan, step.approve.role)}${step.approve.within ? `, within ${step.approve.within}` : ''}`,
        ]
      : []),
    ...(step.expect ? [`Takes about ${step.expect}${step.timeout ? `, at most ${step.timeout}` : ''}`] : []),
    ...(step.success ? [`Has succeeded when \`${step.success}\``] : []),
  ];
  const lines = facts.map((fact) => `   - ${fact}`);
  return [`${index + 1}. **${plain(step.title ?? step.id)}** (\`${step.id}\`)`, ...lines].join('\n');
}

function peopleOf(plan: Plan, role: string): string {
  const names = (plan.roles[role]?.people ?? []).map((name) => plan.people[name]?.name ?? name);
  return plain(names.length > 0 ? `${plan.roles[role]?.title ?? role} (${names.join(', ')})` : role);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Text of the plan must not become structure of the document. */
const plain = (text: string): string => text.replaceAll(/[\\<>*_[\]]/g, '\\$&').replaceAll(/\s+/g, ' ');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
