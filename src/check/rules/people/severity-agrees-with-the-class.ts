import type { Plan } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** How much a component matters and how loud the alarm is must be thought of together. */
export const severityAgreesWithTheClass: Rule = {
  id: 'severity-agrees-with-the-class',
  level: 'warning',
  title: 'Losing something of the first class is an incident of the first severity',
  why: 'When the matrix calls the loss of one component sev2, and that component is of the class that must be back first, the people who could keep its RTO are called later than those of a smaller loss.',
  bad: `
classes: { p0: { title: First, objectives: { rto: 1h } }, p1: { title: Second, objectives: { rto: 4h } } }
components: { database: { class: p0 } }
severities: { sev1: { title: Down }, sev2: { title: One thing is down, examples: [{ text: The database is gone, scenario: fire }] } }
scenarios: { fire: { title: The machine burns, loses: [database], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  good: `
classes: { p0: { title: First, objectives: { rto: 1h } }, p1: { title: Second, objectives: { rto: 4h } } }
components: { database: { class: p0 } }
severities: { sev1: { title: Down, examples: [{ text: The database is gone, scenario: fire }] }, sev2: { title: One thing is slow } }
scenarios: { fire: { title: The machine burns, loses: [database], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  judge: (plan) =>
    Object.entries(plan.severities)
      .slice(1)
      .flatMap(([name, { examples }]) =>
        examples.flatMap((example, index) =>
          typeof example === 'string' ? [] : judgeExample(plan, name, { ...example, index }),
        ),
      ),
};

interface Example {
  readonly text: string;
  readonly scenario?: string | undefined;
  readonly index: number;
}

function judgeExample(plan: Plan, severity: string, { text, scenario: name, index }: Example): readonly Complaint[] {
  const scenario = name !== undefined && Object.hasOwn(plan.scenarios, name) ? plan.scenarios[name] : undefined;
  const [first, second] = Object.keys(plan.classes);
  if (!scenario || first === undefined || second === undefined || !isWholeLoss(plan, name as string)) return [];
  const foremost = lostComponents(plan, scenario).filter((one) => plan.components[one]?.class === first);
  if (foremost.length === 0) return [];
  const worst = Object.keys(plan.severities)[0];
  return [
    {
      path: ['severities', severity, 'examples', index],
      message: `"${text}" is an example of ${severity}, and ${name} loses ${foremost.join(', ')}, of the class ${first}`,
      hint: `Make it an example of ${worst}, or say in which class it really is.`,
      related: [{ path: ['components', foremost[0] as string, 'class'], message: `of the class ${first}` }],
    },
  ];
}

/** A degradation leaves the component running, a way back is walked by choice, and an RTO of its own says that less than all is lost. */
function isWholeLoss({ scenarios }: Plan, name: string): boolean {
  const scenario = scenarios[name];
  const isWayBack = Object.values(scenarios).some(({ failback }) => failback === name);
  return scenario?.kind === 'disaster' && scenario.objectives.rto === undefined && !isWayBack;
}
