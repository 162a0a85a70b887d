import { allNeeded } from '../../../lib/graph.ts';
import type { Plan, Scenario } from '../../../model/plan.ts';
import { componentNeeds } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { wordsOf } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The code of yesterday may not know the schema of today. */
export const codeAndSchemaGoBackTogether: Rule = {
  id: 'code-and-schema-go-back-together',
  level: 'warning',
  title: 'Before code is rolled back, somebody sees whether it knows the schema of today',
  why: 'A deployment that had a migration left the database changed. Rolling back the code alone puts the old code on the new schema: what it writes may be refused, or be wrong in silence. Whether there was a migration must be seen before, not found out after.',
  bad: `
scenarios:
  loss:
    kind: rollback
    steps:
      - { id: undo, uses: shell.run, with: { command: kubectl rollout undo deployment/api --to-revision=41 } }
`,
  good: `
scenarios:
  loss:
    kind: rollback
    steps:
      - { id: schema, uses: shell.run, with: { command: alembic current } }
      - { id: undo, uses: shell.run, with: { command: kubectl rollout undo deployment/api --to-revision=41 } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  const { scenario } = sequence;
  if (!scenario?.loses.some((name) => usesDatabase(plan, name))) return [];
  if (speaksOfSchema(scenario, sequence)) return [];
  return sequence.operations
    .filter(({ command, name }) => command !== undefined && /^(k8s|ecs|vercel)\.roll_back$/.test(name))
    .slice(0, 1)
    .map(({ path, within, placed }) => ({
      path,
      ...(within === undefined ? {} : { within }),
      message: `"${placed.step.id}" puts older code on the schema of today, and nothing looks whether a migration came between`,
      hint: 'Compare the revision of the schema with the one this code was made for; when they differ, take the migration back as well.',
    }));
}

function speaksOfSchema(scenario: Scenario, { steps }: Sequence): boolean {
  const { title, note, rollback, detection, prerequisites } = scenario;
  const said = [title, note, rollback, ...detection, ...prerequisites];
  const done = steps.map((one) => `${one.step.uses} ${wordsOf(one)}`);
  const text = [...said, ...done].join(' ').replaceAll(/[._]/g, ' ');
  return /\b(migrat\w*|schema\w*|alembic|flyway|liquibase)\b/i.test(text);
}

function usesDatabase(plan: Plan, name: string): boolean {
  const needed = [name, ...allNeeded(componentNeeds(plan), name)];
  return needed.some(
    (one) => Object.hasOwn(plan.components, one) && /^(database|postgres)$/.test(plan.components[one]?.kind ?? ''),
  );
}
