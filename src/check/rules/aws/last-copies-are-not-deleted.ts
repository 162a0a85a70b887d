import type { Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, fixedValue, isSame, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Who deletes the original should not delete its past with it. */
export const lastCopiesAreNotDeleted: Rule = {
  id: 'last-copies-are-not-deleted',
  level: 'error',
  title: 'An instance of the plan is not deleted together with its backups',
  why: 'With --skip-final-snapshot nothing is kept of the last state, and automated backups go with the instance unless --no-delete-automated-backups is given: the whole point-in-time history is gone at once, and cannot be brought back (RDS API reference, DeleteDBInstance).',
  bad: `
components: { stock: { kind: database, domain: machine, ids: { instance: stock-prod }, objectives: { rto: 1h }, backups: [{ method: rds.snapshot, every: 1h }] } }
scenarios: { gone: { title: Gone, loses: [stock], steps: [{ id: remove, uses: shell.run, with: { command: "aws rds delete-db-instance --db-instance-identifier stock-prod --skip-final-snapshot" } }] } }
`,
  good: `
components: { stock: { kind: database, domain: machine, ids: { instance: stock-prod }, objectives: { rto: 1h }, backups: [{ method: rds.snapshot, every: 1h }] } }
scenarios: { gone: { title: Gone, loses: [stock], steps: [{ id: remove, uses: shell.run, with: { command: "aws rds delete-db-instance --db-instance-identifier stock-prod --final-db-snapshot-identifier $LAST --no-delete-automated-backups" } }] } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence({ components }: Plan, sequence: Sequence): readonly Complaint[] {
  const owner = (id: string | undefined): string | undefined =>
    Object.entries(components).find(([, { ids }]) => id !== undefined && Object.values(ids).includes(id))?.[0];
  return callsOf(sequence, 'rds delete-db-instance').flatMap((deletion): readonly Complaint[] => {
    const { aws } = deletion;
    const component = owner(fixedValue(deletion, ...OWN));
    if (component === undefined || !aws.has('skip-final-snapshot') || aws.has('no-delete-automated-backups')) return [];
    if (hasSafeSnapshot(sequence, deletion)) return [];
    return [
      about(deletion, {
        message: `${aws.get('db-instance-identifier')} (${component}) is deleted without a last snapshot and with all its automated backups: nothing of its past can be restored after that`,
        hint: 'Use --final-db-snapshot-identifier and --no-delete-automated-backups, with an approval, after the new one was verified.',
      }),
    ];
  });
}

const OWN = ['db-instance-identifier'];
const SNAPSHOT = ['db-snapshot-identifier'];

/** A snapshot of it that was waited for is a last one, too. */
function hasSafeSnapshot(sequence: Sequence, deletion: PlacedCall): boolean {
  const before = callsOf(sequence).slice(0, callsOf(sequence).indexOf(deletion));
  return before.some(
    (one, index) =>
      callName(one.aws) === 'rds create-db-snapshot' &&
      isSame(one, OWN, deletion, OWN) &&
      before
        .slice(index + 1)
        .some(
          (wait) => callName(wait.aws) === 'rds wait db-snapshot-available' && mayBeSame(one, SNAPSHOT, wait, SNAPSHOT),
        ),
  );
}
