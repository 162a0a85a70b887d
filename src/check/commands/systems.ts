import type { Plan } from '../../model/plan.ts';
import { optionWords, plainWords } from '../../shell/options.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { kubectlCall } from '../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../shell/script.ts';

/** A kind of system that commands use, and how a plan shows that it knows one. */
export interface UsedSystem {
  /** As people call it, e.g. "Redis". */
  readonly what: string;
  /** Kinds of components that it may be. */
  readonly kinds: readonly string[];
  /** Words in the name, title, technology or ids of what it may be. */
  readonly words: RegExp;
}

/** The system that a command works on; undefined for what belongs to no inventory, or is not known. */
export function systemOf(command: ShellCommand): UsedSystem | undefined {
  const aws = awsCall(command);
  if (aws) return systemOfAws(aws);
  if (kubectlCall(command)) return KUBERNETES;
  if (command.program === 'ssh') return host(command);
  if (command.program === 'docker') return plainWords(command)[0]?.value === 'push' ? REGISTRY : undefined;
  return PROGRAMS.find(([program]) => program.test(command.program))?.[1];
}

/** Whether something in the plan is such a system: a component, a vendor, a channel or a domain. */
export function knows(plan: Plan, { kinds, words }: UsedSystem): boolean {
  const others = [...Object.entries(plan.vendors), ...Object.entries(plan.channels), ...Object.entries(plan.domains)];
  return (
    Object.entries(plan.components).some(
      ([name, one]) =>
        kinds.includes(one.kind) ||
        words.test([name, one.title, one.technology, one.note, ...Object.values(one.ids)].filter(Boolean).join(' ')),
    ) || others.some(([name, one]) => words.test(`${name} ${Object.values(one).join(' ')}`))
  );
}

const system = (what: string, kinds: readonly string[], words: RegExp): UsedSystem => ({ what, kinds, words });

const KUBERNETES = system(
  'a Kubernetes cluster',
  ['cluster', 'workload'],
  /kubernetes|k8s|\b(eks|gke|aks)\b|openshift/i,
);
const REGISTRY = system('an image registry', ['registry'], /registry|\b(ecr|gcr|acr)\b|docker hub/i);
const DATABASE = ['database', 'postgres', 'replica'];

const PROGRAMS: readonly (readonly [RegExp, UsedSystem])[] = [
  [/^(redis-cli|valkey-cli)$/, system('Redis', ['cache'], /redis|valkey|elasticache/i)],
  [/^(psql|pg_dump|pg_restore|pg_basebackup|dropdb|createdb)$/, system('PostgreSQL', DATABASE, /postgres/i)],
  [/^(mysql|mysqldump|mariadb)$/, system('MySQL', [], /mysql|mariadb|aurora/i)],
  [/^(mongosh|mongodump|mongorestore)$/, system('MongoDB', [], /mongo|documentdb/i)],
  [/^(rabbitmqctl|kafka-[\w-]+(\.sh)?)$/, system('a message broker', ['queue'], /rabbit|kafka|msk|queue/i)],
  [/^vault$/, system('Vault', ['secrets'], /vault/i)],
  [/^(terraform|tofu)$/, system('Terraform and its state', ['infrastructure-state'], /terraform|opentofu/i)],
  [/^vercel$/, system('Vercel', [], /vercel/i)],
  [/^heroku$/, system('Heroku', [], /heroku/i)],
];

function systemOfAws({ service, operation }: AwsCall): UsedSystem | undefined {
  return AWS[service] ?? (service === 'ssm' && /parameter/.test(operation) ? PARAMETERS : undefined);
}

const PARAMETERS = system('the Parameter Store', ['parameters', 'secrets'], /\bssm\b|parameter/i);

const AWS: Readonly<Record<string, UsedSystem>> = {
  rds: system('a database', DATABASE, /\brds\b|aurora/i),
  dynamodb: system('DynamoDB', [], /dynamo/i),
  elasticache: system('a cache', ['cache'], /redis|valkey|memcached|elasticache/i),
  opensearch: system('a search index', ['search'], /opensearch|elasticsearch/i),
  sqs: system('a queue', ['queue'], /\bsqs\b/i),
  sns: system('a notification topic', ['monitoring'], /\bsns\b|topic/i),
  ecs: system('ECS', ['cluster', 'container-service', 'service', 'worker'], /\becs\b|fargate/i),
  eks: KUBERNETES,
  lambda: system('Lambda', [], /lambda/i),
  ecr: REGISTRY,
  route53: system('the names (DNS)', ['dns'], /route ?53|\bdns\b/i),
  cloudfront: system('CloudFront', ['static-site'], /cloudfront/i),
  secretsmanager: system('Secrets Manager', ['secrets'], /secrets ?manager/i),
  logs: system('the logs (CloudWatch)', ['monitoring'], /cloudwatch|\blogs\b/i),
  cloudwatch: system('CloudWatch', ['monitoring'], /cloudwatch/i),
};

/** A machine that is named literally; of one whose name is worked out nothing is known. */
function host(command: ShellCommand): UsedSystem | undefined {
  const [target] = plainWords(command, ['-i', '-p', '-l', '-o', '-L', '-R', '-D', '-J', '-F', '-E', '-b', '-c', '-m']);
  if (!target?.isLiteral || optionWords(command, '-V').length > 0) return undefined;
  const name = target.value.split('@').at(-1) as string;
  return system(`the machine ${name}`, ['bastion', 'host'], new RegExp(name.replaceAll(/[^\w]/g, '\\$&'), 'i'));
}
