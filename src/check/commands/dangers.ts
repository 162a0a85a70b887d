import { hasOption } from '../../shell/options.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { composeCall } from '../../shell/programs/compose.ts';
import { kubectlCall } from '../../shell/programs/kubectl.ts';
import { sqlTexts } from '../../shell/programs/sql.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';

/** Something in a shell text that cannot be taken back, or that changes what customers meet. */
export interface DangerousPart {
  readonly danger: 'change' | 'destroy';
  /** Whether data of people can be lost by it: then a copy must be taken first. */
  readonly losesData: boolean;
  /** What is called, e.g. `rds delete-db-instance`. */
  readonly name: string;
  /** What happens, as the end of a sentence: "deletes the instance". */
  readonly does: string;
  readonly at: number;
  readonly command?: ShellCommand;
}

type Danger = Pick<DangerousPart, 'danger' | 'losesData' | 'name' | 'does'>;

/**
 * The dangerous parts of a shell text, in order. Only what is known for certain to be dangerous; starting, restarting and scaling a service
 * is not, and neither is making something new beside what is there.
 */
export function dangersOf(script: ShellScript): readonly DangerousPart[] {
  const commands = script.commands.flatMap((command) => {
    const danger = dangerOf(command);
    return danger ? [{ ...danger, at: command.at, command }] : [];
  });
  const statements = sqlTexts(script).flatMap(({ sql, at, command }) => {
    const danger = dangerOfSql(sql);
    return danger ? [{ ...danger, at, ...(command ? { command } : {}) }] : [];
  });
  return [...commands, ...statements].sort((a, b) => a.at - b.at);
}

const destroy = (name: string, does: string, losesData = true): Danger => ({
  danger: 'destroy',
  losesData,
  name,
  does,
});
const change = (name: string, does: string): Danger => ({ danger: 'change', losesData: false, name, does });

function dangerOf(command: ShellCommand): Danger | undefined {
  const aws = awsCall(command);
  if (aws) return dangerOfAws(aws);
  const kubectl = kubectlCall(command);
  if (kubectl) return dangerOfKubectl(kubectl.verb, kubectl.plain[0], command);
  const compose = composeCall(command);
  if (compose) return dangerOfCompose(compose.verb, command);
  return dangerOfProgram(command);
}

function dangerOfAws(call: AwsCall): Danger | undefined {
  const name = `${call.service} ${call.operation}`;
  if (call.has('dry-run') || call.has('dryrun')) return undefined;
  if (name === 's3 sync')
    return call.has('delete') ? destroy('s3 sync --delete', 'removes what is not in the source') : undefined;
  if (name === 's3 rm') return destroy(name, 'removes the objects');
  if (name === 'ssm put-parameter')
    return call.has('overwrite') ? change(name, 'changes what running services read') : undefined;
  if (name === 'ecs update-service')
    return call.has('task-definition') ? change(name, 'puts another version before the customers') : undefined;
  const [danger, does] = AWS[name] ?? [];
  if (danger === undefined || does === undefined) return undefined;
  return danger === 'change' ? change(name, does) : destroy(name, does, danger === 'lose');
}

/** By AWS CLI command: what it does. `lose`: data goes with it; `destroy`: it cannot be taken back, and no data goes with it. */
const AWS: Readonly<Record<string, readonly ['lose' | 'destroy' | 'change', string]>> = {
  'rds delete-db-instance': ['lose', 'deletes the instance'],
  'rds delete-db-cluster': ['lose', 'deletes the cluster of databases'],
  'rds delete-db-snapshot': ['lose', 'deletes a copy'],
  'rds delete-db-cluster-snapshot': ['lose', 'deletes a copy'],
  'rds delete-db-instance-automated-backup': ['lose', 'deletes the automated backups'],
  'rds promote-read-replica': ['destroy', 'ends the replication for ever'],
  'rds promote-read-replica-db-cluster': ['destroy', 'ends the replication for ever'],
  'rds failover-db-cluster': ['change', 'moves the service to another server'],
  'rds switchover-read-replica': ['change', 'moves the service to another server'],
  'rds modify-db-instance': ['change', 'changes the instance'],
  'rds stop-db-instance': ['change', 'stops the database'],
  's3 rb': ['lose', 'deletes the bucket'],
  's3api delete-bucket': ['lose', 'deletes the bucket'],
  's3api delete-object': ['lose', 'deletes an object'],
  's3api delete-objects': ['lose', 'deletes objects'],
  'dynamodb delete-table': ['lose', 'deletes the table'],
  'ec2 terminate-instances': ['destroy', 'ends machines for good'],
  'ec2 delete-volume': ['lose', 'deletes a disk'],
  'ec2 delete-snapshot': ['lose', 'deletes a copy'],
  'efs delete-file-system': ['lose', 'deletes the file system'],
  'elasticache delete-replication-group': ['destroy', 'deletes the cache'],
  'eks delete-cluster': ['destroy', 'deletes the cluster'],
  'ecs delete-service': ['destroy', 'deletes the service'],
  'ecr batch-delete-image': ['destroy', 'deletes images'],
  'secretsmanager delete-secret': ['destroy', 'deletes the secret'],
  'kms schedule-key-deletion': ['lose', 'deletes a key, and with it all that it encrypts'],
  'backup delete-recovery-point': ['lose', 'deletes a copy'],
  'cloudformation delete-stack': ['lose', 'deletes all that the stack made'],
  'secretsmanager update-secret': ['change', 'changes what running services read'],
  'secretsmanager put-secret-value': ['change', 'changes what running services read'],
  'route53 change-resource-record-sets': ['change', 'moves the customers'],
  'cloudfront update-distribution': ['change', 'moves the customers'],
  'elbv2 modify-listener': ['change', 'moves the customers'],
};

function dangerOfKubectl(verb: string, what: string | undefined, command: ShellCommand): Danger | undefined {
  if (hasOption(command, '--dry-run')) return undefined;
  if (verb === 'delete')
    return /^(pods?|po|jobs?|events?)(\/|$)/.test(what ?? '')
      ? undefined
      : destroy(
          'kubectl delete',
          `deletes ${what ?? 'what is named'}`,
          /^(pvc|persistentvolume|pv|namespace|ns)/.test(what ?? ''),
        );
  if (verb === 'drain' && hasOption(command, '--delete-emptydir-data', '--delete-local-data'))
    return destroy('kubectl drain', 'deletes what its pods keep in emptyDir volumes', false);
  if (verb === 'set' && (what === 'env' || what === 'image'))
    return change(`kubectl set ${what}`, 'puts other settings before the customers');
  if (verb === 'rollout' && what === 'undo')
    return change('kubectl rollout undo', 'puts another version before the customers');
  return undefined;
}

function dangerOfCompose(verb: string, command: ShellCommand): Danger | undefined {
  if ((verb === 'down' || verb === 'rm') && hasOption(command, '-v', '--volumes'))
    return destroy(`docker compose ${verb} -v`, 'deletes the volumes');
  return verb === 'stop' || verb === 'down' || verb === 'kill'
    ? change(`docker compose ${verb}`, 'stops the service')
    : undefined;
}

function dangerOfProgram(command: ShellCommand): Danger | undefined {
  const { program, words } = command;
  const [first = '', second = ''] = words.slice(1).map(({ value }) => value);
  switch (program) {
    case 'pg_restore':
      if (!hasOption(command, '-d', '--dbname')) return undefined;
      return hasOption(command, '-c', '--clean')
        ? destroy('pg_restore --clean', 'drops what is in the database before it loads the dump')
        : change(program, 'writes into the database');
    case 'dropdb':
      return destroy(program, 'deletes the database');
    case 'terraform':
    case 'tofu':
      if (first === 'destroy') return destroy(`${program} destroy`, 'deletes all that the workspace made', false);
      return first === 'apply' ? change(`${program} apply`, 'changes the infrastructure') : undefined;
    case 'alembic':
      return first === 'downgrade'
        ? destroy('alembic downgrade', 'takes back migrations, with the columns and tables they made')
        : undefined;
    case 'redis-cli':
    case 'valkey-cli':
      return words.some(({ value }) => /^flush(all|db)$/i.test(value))
        ? destroy(`${program} FLUSHALL`, 'empties the store', false)
        : undefined;
    case 'helm':
      if (first === 'uninstall' || first === 'delete') return destroy('helm uninstall', 'deletes the release', false);
      return first === 'rollback' ? change('helm rollback', 'puts another version before the customers') : undefined;
    case 'vercel':
      return first === 'rollback' || first === 'promote'
        ? change(`vercel ${first}`, 'puts another version before the customers')
        : undefined;
    case 'docker':
      return first === 'volume' && /^(rm|prune)$/.test(second)
        ? destroy(`docker volume ${second}`, 'deletes volumes')
        : undefined;
    case 'rm':
      return hasOption(command, '-r', '-R', '--recursive') && words.some(isKept)
        ? destroy('rm -r', 'deletes the folder')
        : undefined;
    default:
      return program.startsWith('mkfs') ? destroy(program, 'overwrites the disk') : undefined;
  }
}

/** A folder in which data is kept, not one of the work of this script. */
const isKept = ({ value }: { readonly value: string }): boolean =>
  /^\/(?!tmp(\/|$)|var\/tmp(\/|$)|dev\/shm)/.test(value);

function dangerOfSql(sql: string): Danger | undefined {
  const text = sql.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(/--.*$/gm, '');
  return SQL.find(([pattern]) => pattern.test(text))?.[1];
}

const SQL: readonly (readonly [RegExp, Danger])[] = [
  [/\bDROP\s+(TABLE|DATABASE|SCHEMA|COLUMN)\b/i, destroy('DROP', 'drops it with its data')],
  [/\bTRUNCATE\b/i, destroy('TRUNCATE', 'empties the table')],
  [/\bDELETE\s+FROM\b/i, destroy('DELETE', 'deletes rows')],
  [
    /\bALTER\s+DATABASE\s+\S+\s+RENAME\b/i,
    change('ALTER DATABASE … RENAME', 'takes the database away from all who use it'),
  ],
  [/\bALTER\s+TABLE\b/i, change('ALTER TABLE', 'changes the table')],
  [/\bpg_terminate_backend\s*\(\s*pid\s*\)/i, change('pg_terminate_backend', 'ends the sessions of others')],
];
