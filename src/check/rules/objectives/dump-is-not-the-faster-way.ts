import type { Plan } from '../../../model/plan.ts';
import { parseSpan } from '../../../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { restoresDump, restoresSnapshot } from '../../runbooks/restores.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** Loading rows takes longer the more there are; attaching a disk does not. */
export const dumpIsNotTheFasterWay: Rule = {
  id: 'dump-is-not-the-faster-way',
  level: 'warning',
  title: 'Loading a dump is not expected to be quicker than restoring a snapshot',
  why: 'A storage snapshot becomes a server in about the same time whatever its size. A dump is written row by row, and every index is built anew: that grows with the data. An estimate that says the opposite was made with an empty database (PostgreSQL documentation, populating a database).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: snapshot, uses: shell.run, one_of: way, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier b --db-snapshot-identifier $ID }, expect: 30m }
      - { id: dump, uses: shell.run, one_of: way, with: { command: pg_restore -d shop shop.dump }, expect: 15m }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: snapshot, uses: shell.run, one_of: way, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier b --db-snapshot-identifier $ID }, expect: 30m }
      - { id: dump, uses: shell.run, one_of: way, with: { command: pg_restore -d shop shop.dump }, expect: 2h }
`,
  judge,
};

function judge(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const sequences = sequencesOf(plan, facts);
  const snapshots = sequences.flatMap((sequence) =>
    sequence.steps.filter((placed) => restoresSnapshot(sequence, placed)),
  );
  const slowest = snapshots.flatMap((placed) => timed(placed)).sort((a, b) => b.max - a.max)[0];
  if (!slowest) return [];
  return sequences
    .flatMap((sequence) => sequence.steps.filter((placed) => restoresDump(sequence, placed)))
    .flatMap((placed) => timed(placed))
    .filter(({ max }) => max < slowest.min || (max < slowest.max && max <= slowest.min))
    .map(({ placed }) => ({
      path: [...placed.path, 'expect'],
      message: `loading a dump is expected to take ${placed.step.expect}, and restoring a snapshot ${slowest.placed.step.expect}: with real data it is the other way round`,
      hint: 'Measure both in a drill with data of the real size, and write down what you measured.',
      related: [{ path: [...slowest.placed.path, 'expect'], message: 'the snapshot is restored here' }],
    }));
}

const timed = (
  placed: PlacedStep,
): readonly { readonly placed: PlacedStep; readonly min: number; readonly max: number }[] => {
  const span = placed.step.expect === undefined ? undefined : parseSpan(placed.step.expect);
  return span ? [{ placed, ...span }] : [];
};
