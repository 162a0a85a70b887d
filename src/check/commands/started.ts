import { hasOption } from '../../shell/options.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { kubectlCall } from '../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../shell/script.ts';

/** Work that a command only starts: it returns at once, and the work may still fail. */
export interface StartedWork {
  /** What is under way, e.g. "the snapshot". */
  readonly what: string;
  /** The AWS service, or kubectl: a waiter of the same one ends the wait. */
  readonly by: string;
}

/** The work that a command leaves under way; undefined when it has ended with the command, or nothing is known of it. */
export function startedBy(command: ShellCommand): StartedWork | undefined {
  const aws = awsCall(command);
  if (aws) {
    const what = AWS[`${aws.service} ${aws.operation}`]?.work;
    return what === undefined ? undefined : { what, by: aws.service };
  }
  if (command.program !== 'velero' || hasOption(command, '-w', '--wait')) return undefined;
  const words = command.words.slice(1, 3).map(({ value }) => value);
  return words[1] === 'create' && /^(backup|restore)$/.test(words[0] ?? '')
    ? { what: `the ${words[0]} of Velero`, by: 'velero' }
    : undefined;
}

/** Whether a command waits for work of a service, or looks at the state of it again and again. */
export function waitsFor(command: ShellCommand, { by }: StartedWork): boolean {
  const aws = awsCall(command);
  if (aws)
    return (
      aws.service === by &&
      (aws.operation === 'wait' || (aws.operation.startsWith('describe') && command.inside.includes('loop')))
    );
  const verb = kubectlCall(command)?.verb;
  return (
    by === 'velero' &&
    (verb === 'wait' || (command.program === 'velero' && command.words.some(({ value }) => value === 'describe')))
  );
}

/** A thing that is there only some time after the call that makes it, and how one sees that it is. */
export interface StartedThing {
  readonly what: string;
  /** Options that name it, in the call that makes it and in those that look at it. */
  readonly name: readonly string[];
  readonly waiters: readonly string[];
  readonly look: string;
  readonly wait: string;
}

/** The thing that a call of AWS has only begun to make; undefined when it makes none, or nothing is known of it. */
export function thingStartedBy(aws: AwsCall): StartedThing | undefined {
  const call = `${aws.service} ${aws.operation}`;
  // Renaming is asynchronous as well: the new address is not there at once.
  return call === 'rds modify-db-instance' && aws.has('new-db-instance-identifier') ? INSTANCE : AWS[call]?.thing;
}

const SNAPSHOT: StartedThing = {
  what: 'the snapshot',
  name: ['db-snapshot-identifier', 'target-db-snapshot-identifier'],
  waiters: ['rds wait db-snapshot-available', 'rds wait db-snapshot-completed'],
  look: 'rds describe-db-snapshots',
  wait: 'aws rds wait db-snapshot-available',
};
const INSTANCE: StartedThing = {
  what: 'the instance',
  name: ['new-db-instance-identifier', 'target-db-instance-identifier', 'db-instance-identifier'],
  waiters: ['rds wait db-instance-available'],
  look: 'rds describe-db-instances',
  wait: 'aws rds wait db-instance-available',
};
const CLUSTER: StartedThing = {
  what: 'the cluster',
  name: ['db-cluster-identifier'],
  waiters: ['rds wait db-cluster-available', 'rds wait db-instance-available'],
  look: 'rds describe-db-clusters',
  wait: 'aws rds wait db-cluster-available',
};
const CACHE_SNAPSHOT: StartedThing = {
  what: 'the snapshot',
  name: ['snapshot-name'],
  waiters: [],
  look: 'elasticache describe-snapshots',
  wait: 'a loop around aws elasticache describe-snapshots, until SnapshotStatus is available,',
};

/** By AWS CLI command, from its API reference: each of these answers while the thing is still being made. */
const AWS: Readonly<Record<string, { readonly work?: string; readonly thing?: StartedThing }>> = {
  'rds create-db-snapshot': { work: 'the snapshot of the database', thing: SNAPSHOT },
  'rds create-db-cluster-snapshot': { work: 'the snapshot of the database' },
  'rds copy-db-snapshot': { work: 'the copy of the snapshot', thing: SNAPSHOT },
  'rds restore-db-instance-from-db-snapshot': { work: 'the restore of the database', thing: INSTANCE },
  'rds restore-db-instance-to-point-in-time': { work: 'the restore of the database', thing: INSTANCE },
  'rds restore-db-cluster-from-snapshot': { work: 'the restore of the database', thing: CLUSTER },
  'rds restore-db-cluster-to-point-in-time': { work: 'the restore of the database', thing: CLUSTER },
  'rds create-db-instance-read-replica': { thing: INSTANCE },
  'rds promote-read-replica': { work: 'the promotion' },
  'elasticache create-snapshot': { work: 'the snapshot of the cache', thing: CACHE_SNAPSHOT },
  'ec2 create-snapshot': { work: 'the snapshot of the disk' },
  'backup start-backup-job': { work: 'the backup job' },
  'backup start-restore-job': { work: 'the restore job' },
  'ecs update-service': { work: 'the deployment' },
  'dynamodb create-backup': { work: 'the backup of the table' },
  'cloudformation create-stack': { work: 'the stack' },
  'cloudformation update-stack': { work: 'the stack' },
};
