import type { Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { isRdsRestore, restoresSnapshot } from '../../runbooks/restores.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** An old server knows old passwords. */
export const passwordOfTheRestoredServer: Rule = {
  id: 'password-of-the-restored-server',
  level: 'error',
  title: 'A restored server is given the password that is in use',
  why: 'The passwords of a database are part of it: a restored RDS instance has those of the moment it was restored to. Once the password was rotated since, what the secret store hands out is refused, at the first step that connects (RDS User Guide, restoring from a DB snapshot).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $SNAPSHOT } }
      - { id: look, uses: shell.run, with: { command: 'PGPASSWORD=$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text) psql -h new -c "SELECT 1"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $SNAPSHOT } }
      - { id: password, uses: shell.run, with: { command: 'aws rds modify-db-instance --db-instance-identifier new --master-user-password "$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text)" --apply-immediately' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  const restore = sequence.steps.find((placed) => restoresServer(sequence, placed));
  if (!restore || setsPassword(sequence)) return [];
  const isRotated = Object.values(plan.components).some(({ backups }) =>
    backups.some(({ method }) => method === 'secrets.rotation'),
  );
  const uses = [
    ...sequence.commands.filter(({ command }) => readsSecret(command)),
    ...(isRotated ? sequence.operations.filter(({ name }) => name === 'secrets.set_fields') : []),
  ];
  const use = uses.find((one) => sequence.happensAfter(one, { placed: restore, path: restore.path }));
  if (!use) return [];
  return [
    {
      path: use.path,
      ...(isRotated ? {} : { level: 'warning' as const }),
      ...(use.within === undefined ? {} : { within: use.within }),
      message: `the server that "${restore.step.id}" has made knows the password of its own moment, and the secret that of today${isRotated ? ', and it is rotated' : ''}: when it was changed since, the login is refused`,
      hint: 'After the restore set it: aws rds modify-db-instance --master-user-password … --apply-immediately, or use rds.set_password.',
      related: [{ path: restore.path, message: 'restored here' }],
    },
  ];
}

/** By a command: who uses typed actions sees what is missing by their names. */
const restoresServer = (sequence: Sequence, placed: PlacedStep): boolean =>
  placed.step.uses === 'shell.run' &&
  (restoresSnapshot(sequence, placed) || sequence.operationsOf(placed).some(({ name }) => isRdsRestore(name)));

const setsPassword = (sequence: Sequence): boolean =>
  sequence.steps.some(
    ({ step }) => /\.set_password$/.test(step.uses) || /\bpassword\b/i.test(String(step.with.instruction ?? '')),
  ) ||
  sequence.commands.some(({ command }) => {
    const call = awsCall(command);
    return call?.service === 'rds' && (call.has('master-user-password') || call.has('manage-master-user-password'));
  }) ||
  sequence.sql.some(
    ({ sql }) => sql.tokens[0]?.value === 'alter' && sql.tokens.some(({ value }) => value === 'password'),
  );

function readsSecret(command: Parameters<typeof awsCall>[0]): boolean {
  const call = awsCall(command);
  switch (call && `${call.service} ${call.operation}`) {
    case 'secretsmanager get-secret-value':
      return true;
    case 'ssm get-parameter':
      return call?.has('with-decryption') === true;
    default:
      return command.program === 'vault' && command.words.some(({ value }) => value === 'get' || value === 'read');
  }
}
