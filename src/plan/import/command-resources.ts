import { option, optionWords } from '../../shell/options.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { kubectlCall } from '../../shell/programs/kubectl.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';

/** Something that a command acts on, by the name its system has for it. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly title?: string;
  /** How the id is called in a plan: `instance`, `bucket`. */
  readonly idName: string;
  /** Words by which a document may speak of what it runs on. */
  readonly technology: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly region?: string;
  /** The command makes it, so it is not what was lost. */
  readonly made?: boolean;
}

/** Everything that the commands of a script name; what only a variable knows is left out. */
export const resourcesOf = ({ commands }: ShellScript): readonly (Resource & { readonly at: number })[] =>
  commands.flatMap((command) =>
    [...ofAws(command), ...ofKubectl(command), ...ofClients(command), ...ofOthers(command)].map((found) => ({
      ...found,
      at: command.at,
    })),
  );

/** A name and nothing a person or the shell has yet to fill in. */
export const isName = (id: string): boolean =>
  /^[\w./-]{2,100}$/.test(id) &&
  !/^(id|name)$|your|example|placeholder|x{3,}|_(id|name|here)$/i.test(id.replace(/\.example\.(com|org)$/, ''));

type Reader = (call: AwsCall) => readonly (Resource | undefined)[];

const named = (
  call: AwsCall,
  option: string,
  kind: string,
  idName: string,
  technology: string,
): Resource | undefined => {
  const id = call.get(option);
  const region = call.get('region');
  return id === undefined ? undefined : { kind, id, idName, technology, ...(region === undefined ? {} : { region }) };
};

const AWS: Readonly<Record<string, Reader>> = {
  rds: ofRds,
  ecs: ofEcs,
  s3: (call) => call.plain.map(({ value }) => bucketOf(/^s3:\/\/([^/]+)/.exec(value)?.[1])),
  s3api: (call) => [bucketOf(call.get('bucket'))],
  sqs: (call) =>
    [call.get('queue-url')].map((url) =>
      url === undefined
        ? undefined
        : { kind: 'queue', id: url.replace(/^.*\//, ''), idName: 'queue', technology: 'sqs queue' },
    ),
  secretsmanager: (call) => [named(call, 'secret-id', 'secrets', 'secret', 'secrets')],
  ssm: (call) => [named(call, 'name', 'parameters', 'parameter', 'parameter')],
  elasticache: (call) => [
    named(call, 'replication-group-id', 'cache', 'group', 'redis elasticache cache'),
    named(call, 'cache-cluster-id', 'cache', 'cluster', 'redis elasticache cache'),
  ],
  ecr: (call) => [named(call, 'repository-name', 'registry', 'repository', 'ecr images')],
  eks: (call) => [
    named(call, 'name', 'cluster', 'cluster', 'eks kubernetes'),
    named(call, 'cluster-name', 'cluster', 'cluster', 'eks kubernetes'),
  ],
  dynamodb: (call) => [named(call, 'table-name', 'database', 'table', 'dynamodb')],
  opensearch: (call) => [named(call, 'domain-name', 'search', 'domain', 'opensearch')],
  route53: (call) =>
    [named(call, 'hosted-zone-id', 'dns', 'zone', 'route53 dns')].map(
      (found) => found && { ...found, title: `DNS zone ${found.id}` },
    ),
  lambda: (call) => [named(call, 'function-name', 'container-service', 'function', 'lambda')],
};

function ofAws(command: ShellCommand): readonly Resource[] {
  const call = awsCall(command);
  const read = call === undefined ? undefined : AWS[call.service];
  return call && read ? read(call).filter((found) => found !== undefined) : [];
}

function ofRds(call: AwsCall): readonly (Resource | undefined)[] {
  const source = named(call, 'source-db-instance-identifier', 'database', 'instance', 'rds postgresql mysql');
  const target = named(call, 'target-db-instance-identifier', 'database', 'instance', 'rds');
  const own = ['db-instance-identifier', 'db-cluster-identifier', 'new-db-instance-identifier'].map((name) =>
    named(call, name, 'database', 'instance', 'rds postgresql mysql aurora'),
  );
  const makes = /^(restore|create-db-(instance|cluster))/.test(call.operation);
  const isReplica = call.operation.startsWith('promote-read-replica');
  return [
    source,
    target && { ...target, made: true },
    ...own.map(
      (found, index) =>
        found && {
          ...found,
          ...(makes || index === 2 ? { made: true } : {}),
          ...(isReplica || /replica/i.test(found.id) ? { kind: 'replica' } : {}),
        },
    ),
  ];
}

function ofEcs(call: AwsCall): readonly (Resource | undefined)[] {
  const cluster = call.get('cluster');
  const names = [
    call.get('service'),
    ...call.all('services').map(({ value }) => value),
    call.operation === 'create-service' ? call.get('service-name') : undefined,
  ];
  return names.map((id) =>
    id === undefined
      ? undefined
      : {
          kind: /worker|job/i.test(id) ? 'worker' : 'container-service',
          id,
          idName: 'service',
          technology: 'ecs fargate',
          ...(cluster === undefined ? {} : { more: { cluster } }),
        },
  );
}

/** Buckets that only keep copies are no component of their own. */
const bucketOf = (id: string | undefined): Resource | undefined =>
  id === undefined || /back-?up|archive|dump|\bwal\b/i.test(id)
    ? undefined
    : { kind: 'bucket', id, idName: 'bucket', technology: 's3 bucket' };

function ofKubectl(command: ShellCommand): readonly Resource[] {
  const call = kubectlCall(command);
  if (!call) return [];
  const words = call.plain.flatMap((word, index, all) => {
    const [, joined] = /^(?:deploy(?:ment)?|statefulset|sts)s?(?:\.apps)?\/(.+)$/.exec(word) ?? [];
    const isKind = /^(deploy(ment)?|statefulset|sts)s?$/.test(all[index - 1] ?? '');
    return joined ?? (isKind && !word.includes('/') ? word : []);
  });
  return words.map((id) => ({
    kind: 'workload',
    id,
    idName: 'deployment',
    technology: 'kubernetes k8s eks gke aks',
    ...(call.namespace === undefined ? {} : { more: { namespace: call.namespace } }),
  }));
}

/** The database that clients of PostgreSQL are told to open. */
function ofClients(command: ShellCommand): readonly Resource[] {
  if (!/^(psql|pg_dump|pg_restore)$/.test(command.program)) return [];
  const word = optionWords(command, '-d', '--dbname')[0];
  if (word === undefined || !word.isLiteral || word.value.includes(':') || word.value === 'postgres') return [];
  return [{ kind: 'database', id: word.value, idName: 'database', technology: 'postgresql postgres rds aurora' }];
}

function ofOthers(command: ShellCommand): readonly Resource[] {
  const words = command.words.map(({ value }) => value);
  if (command.program === 'gcloud' && words[1] === 'sql') {
    const id = option(command, '--instance', '--source-instance') ?? (words[2] === 'instances' ? words[4] : undefined);
    return id === undefined || id.startsWith('-')
      ? []
      : [{ kind: 'database', id, idName: 'instance', technology: 'cloud sql postgresql mysql' }];
  }
  if (command.program === 'az' && /^(sql|postgres|mysql|cosmosdb|redis)$/.test(words[1] ?? '')) {
    const id = option(command, '--source-server', '--server', '--name', '-n');
    return id === undefined
      ? []
      : [{ kind: words[1] === 'redis' ? 'cache' : 'database', id, idName: 'server', technology: `azure ${words[1]}` }];
  }
  return [];
}
