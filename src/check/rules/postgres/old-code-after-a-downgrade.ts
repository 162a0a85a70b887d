import { hasOption } from '../../../shell/options.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Operation, whereIs } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The schema of yesterday needs the code of yesterday. */
export const oldCodeAfterADowngrade: Rule = {
  id: 'old-code-after-a-downgrade',
  level: 'error',
  title: 'After a migration is taken back, the code that fits the old schema is started',
  why: 'Only the new code knows how to take its migration back, and only the old code can live without it. A restart without another version starts the new code again: it asks for columns that are gone, and where it migrates at its start it puts them back.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: down, uses: shell.run, with: { command: alembic downgrade 1f2e } }
      - { id: restart, uses: shell.run, with: { command: kubectl rollout restart deployment/api } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: down, uses: shell.run, with: { command: alembic downgrade 1f2e } }
      - { id: old, uses: shell.run, with: { command: kubectl set image deployment/api api=registry.example.com/api:41 } }
      - { id: restart, uses: shell.run, with: { command: kubectl rollout restart deployment/api } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const down = sequence.operations.find(({ name }) => name === 'migrations.downgrade');
  if (!down || sequence.operations.some(bringsOtherCode)) return [];
  if (
    sequence.steps.some(
      ({ step }) => isPerson(step.uses) && OLD.test(`${step.id} ${step.title ?? ''} ${step.with.instruction}`),
    )
  )
    return [];
  return sequence.operations
    .filter((one) => restartsSameCode(one) && sequence.happensAfter(one, down))
    .slice(0, 1)
    .map(({ path, within, placed }) => ({
      path,
      ...(within === undefined ? {} : { within }),
      message: `"${placed.step.id}" starts the same code again, which needs the schema that "${down.placed.step.id}" has taken back`,
      hint: 'Stop all who use the database first, and deploy the version before, by its name, to each of them.',
      related: [
        {
          ...whereIs(down),
          message: 'the migration is taken back here',
        },
      ],
    }));
}

/** A typed deployment may bring any version: only commands are known to bring the same one. */
function restartsSameCode({ name, command }: Operation): boolean {
  if (!command) return false;
  if (name === 'k8s.restart') return true;
  return (
    name === 'ecs.deploy' && !hasOption(command, '--task-definition') && hasOption(command, '--force-new-deployment')
  );
}

const bringsOtherCode = ({ name, command }: Operation): boolean =>
  /\.(roll_back|promote|set_image|apply|deploy|find_good_\w+)$/.test(name) &&
  !(name === 'ecs.deploy' && command !== undefined && !hasOption(command, '--task-definition'));

const isPerson = (uses: string): boolean => uses.startsWith('human.');
const OLD = /\b(roll(s|ed)? back|previous|old|version before|revert\w*)\b/i;
