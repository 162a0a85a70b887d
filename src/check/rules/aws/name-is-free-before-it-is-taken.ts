import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, isSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Deleting takes minutes, and keeps the name until it is over. */
export const nameIsFreeBeforeItIsTaken: Rule = {
  id: 'name-is-free-before-it-is-taken',
  level: 'error',
  title: 'An RDS name is given again only after its instance is gone',
  why: 'DeleteDBInstance returns at once; the instance is "deleting" for minutes, and its identifier is in use until it is gone. A rename or a restore to that name ends with DBInstanceAlreadyExists, after the old one is past saving (RDS API reference, DeleteDBInstance and ModifyDBInstance).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: swap, uses: shell.run, with: { command: "aws rds delete-db-instance --db-instance-identifier shop --final-db-snapshot-identifier last\\naws rds modify-db-instance --db-instance-identifier new --new-db-instance-identifier shop --apply-immediately" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: swap, uses: shell.run, with: { command: "aws rds delete-db-instance --db-instance-identifier shop --final-db-snapshot-identifier last\\naws rds wait db-instance-deleted --db-instance-identifier shop\\naws rds modify-db-instance --db-instance-identifier new --new-db-instance-identifier shop --apply-immediately" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

/** Options with the name that is taken. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  'rds modify-db-instance': ['new-db-instance-identifier'],
  'rds restore-db-instance-from-db-snapshot': ['db-instance-identifier'],
  'rds restore-db-instance-to-point-in-time': ['target-db-instance-identifier'],
  'rds create-db-instance': ['db-instance-identifier'],
  'rds create-db-instance-read-replica': ['db-instance-identifier'],
};
const OWN = ['db-instance-identifier'];

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const calls = callsOf(sequence);
  return calls.flatMap((taking, index): readonly Complaint[] => {
    const names = TAKES[callName(taking.aws)];
    if (!names) return [];
    const deletion = calls.slice(0, index).findLast((one) => isDeletionOf(one, taking, names));
    if (!deletion) return [];
    const between = calls.slice(calls.indexOf(deletion) + 1, index);
    if (between.some(isWait)) return [];
    const name = taking.aws.get(names[0] as string);
    return [
      about(taking, {
        message: `"${deletion.placed.step.id}" has only begun to delete ${name}, so that its name is still in use: this ends with DBInstanceAlreadyExists`,
        hint: `Before it: aws rds wait db-instance-deleted --db-instance-identifier ${name}; after a rename wait until the new name is available.`,
        related: [{ path: deletion.path, within: deletion.command.at, message: 'only begins to delete it' }],
      }),
    ];
  });
}

const isDeletionOf = (one: PlacedCall, taking: PlacedCall, names: readonly string[]): boolean =>
  callName(one.aws) === 'rds delete-db-instance' && isSame(one, OWN, taking, names);

const isWait = ({ aws, command }: PlacedCall): boolean =>
  callName(aws) === 'rds wait db-instance-deleted' ||
  (callName(aws) === 'rds describe-db-instances' &&
    (command.inside.includes('loop') || command.through.some(({ program }) => program === 'watch')));
