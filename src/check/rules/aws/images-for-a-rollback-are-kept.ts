import type { Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** One can only go back to what is still there, and still the same. */
export const imagesForARollbackAreKept: Rule = {
  id: 'images-for-a-rollback-are-kept',
  level: 'warning',
  title: 'The images that a rollback needs are kept for a stated time',
  why: 'A registry removes images by a lifecycle that somebody may set for other reasons, and a tag can be moved to another image unless tags are immutable (ECR user guide, lifecycle policies and image tag mutability). A rollback to last week then finds nothing, or something else under the old name.',
  bad: `
components: { images: { kind: registry, domain: machine, objectives: { rto: 1h }, backups: [{ method: registry.images }] } }
scenarios: { bad: { title: A bad release, kind: rollback, loses: [api], steps: [{ id: find, uses: shell.run, with: { command: "aws ecr describe-images --repository-name shop" } }, { id: verify, uses: http.wait_healthy, with: { component: api } }] } }
`,
  good: `
components: { images: { kind: registry, domain: machine, objectives: { rto: 1h }, backups: [{ method: registry.images, keep: 180d }] } }
scenarios: { bad: { title: A bad release, kind: rollback, loses: [api], steps: [{ id: find, uses: shell.run, with: { command: "aws ecr describe-images --repository-name shop" } }, { id: verify, uses: http.wait_healthy, with: { component: api } }] } }
`,
  judge: judgePlan,
};

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const rollbacks = runbooks(plan, facts).filter(({ scenario }) => scenario.kind === 'rollback');
  return Object.entries(plan.components).flatMap(([name, { kind, backups }]): readonly Complaint[] => {
    const book = kind === 'registry' ? rollbacks.find((one) => takesFrom(plan, one, name)) : undefined;
    const index = backups.findIndex(({ method }) => method === 'registry.images');
    const policy = backups[index];
    if (!book || !policy || policy.keep !== undefined || policy.copies.some(({ immutable }) => immutable)) return [];
    return [
      {
        path: ['components', name, 'backups', index],
        message: `${book.name} goes back to an older image of ${name}, and nothing says how long images are kept, or that a tag stays what it was`,
        hint: 'Write how long they are kept (keep), make tags immutable, and except the last releases from any lifecycle.',
        related: [{ path: book.path, message: 'needs an older image' }],
      },
    ];
  });
}

/** It asks the registry for images, or takes back what needs the registry. */
const takesFrom = ({ components }: Plan, { scenario }: Runbook, registry: string): boolean =>
  scenario.loses.some((lost) => components[lost]?.needs.includes(registry)) ||
  scenario.steps.some((step) =>
    scriptOf(step)?.commands.some((command) => {
      const call = awsCall(command);
      return (
        (call?.service === 'ecr' && /^(describe|list)-images$/.test(call.operation)) ||
        isPull(command.program, command.words[1]?.value)
      );
    }),
  );

const isPull = (program: string, verb: string | undefined): boolean =>
  /^(docker|podman)$/.test(program) && verb === 'pull';
