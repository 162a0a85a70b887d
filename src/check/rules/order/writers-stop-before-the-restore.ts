import type { Plan } from '../../../model/plan.ts';
import { composeCall } from '../../../shell/programs/compose.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Operation, whereIs } from '../../runbooks/acts.ts';
import { isAboutDamage, isRepointing, isRestore } from '../../runbooks/restores.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Orders that are taken into a database that is about to be given up are lost. */
export const writersStopBeforeTheRestore: Rule = {
  id: 'writers-stop-before-the-restore',
  level: 'error',
  title: 'Nobody writes to the damaged database while another one is made',
  why: 'A damaged database still answers, and applications go on writing to it while its successor is restored. What they were told is saved is not in the copy: it is gone at the moment they are pointed at the new one.',
  bad: `
scenarios:
  loss:
    title: Data was deleted by mistake
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier a --target-db-instance-identifier b --restore-time $AT } }
      - { id: point, uses: shell.run, with: { command: aws secretsmanager update-secret --secret-id db --secret-string file://b.json } }
`,
  good: `
scenarios:
  loss:
    title: Data was deleted by mistake
    steps:
      - { id: stop, uses: shell.run, with: { command: kubectl -n shop scale deployment/api --replicas=0 } }
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier a --target-db-instance-identifier b --restore-time $AT } }
      - { id: point, uses: shell.run, with: { command: aws secretsmanager update-secret --secret-id db --secret-string file://b.json } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario || !isAboutDamage(sequence.scenario)) return [];
  const restore = sequence.operations.find(({ command, name }) => isRestore(name) && command !== undefined);
  const repoint =
    restore && sequence.operations.find((one) => isRepointing(one.name) && sequence.happensAfter(one, restore));
  if (!restore || !repoint) return [];
  const before = sequence.steps.filter((placed) => sequence.happensAfter(repoint, { placed, path: placed.path }));
  if (
    before.some(saysStop) ||
    sequence.operations.some((one) => stops(one, plan) && sequence.happensAfter(repoint, one))
  )
    return [];
  return [
    {
      ...whereIs(restore),
      message: `nothing stops those who write before this: what they save until "${repoint.placed.step.id}" is lost`,
      hint: 'Scale the writers to nothing first, or close the database to them, and reconcile with other records afterwards.',
      related: [
        {
          ...whereIs(repoint),
          message: 'from here on the other one is used',
        },
      ],
    },
  ];
}

function stops({ name, command, placed: { step } }: Operation, plan: Plan): boolean {
  if (/^(k8s|ecs)\.stop$|^(postgres\.block_role|rds\.fence|sql\.close_database|vercel\.maintenance)$/.test(name))
    return true;
  if (/\.scale$/.test(name) && (step.with.replicas === 0 || step.with.tasks === 0)) return true;
  const compose = command && composeCall(command);
  return compose?.verb === 'stop' && compose.services.some((service) => !isDatabase(service, plan));
}

const isDatabase = (service: string, { components }: Plan): boolean =>
  Object.values(components).some(({ kind, ids }) => kind === 'database' && Object.values(ids).includes(service));

/** A person, a script of its own, or SQL that closes the door. */
const saysStop = ({ step }: PlacedStep): boolean =>
  /\b(stop|close|maintenance|read[- ]only|isolate|disconnect|nologin|revoke connect|freeze writes|compose stop)\b/i.test(
    `${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''} ${step.with.instruction ?? ''} ${step.with.command ?? ''}`,
  );
