import { hasOption, option } from '../../shell/options.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { type CurlCall, curlCall } from '../../shell/programs/curl.ts';
import { type KubectlCall, kubectlCall } from '../../shell/programs/kubectl.ts';
import { downgradeCall } from '../../shell/programs/migrations.ts';
import { terraformCall } from '../../shell/programs/terraform.ts';
import type { ShellCommand } from '../../shell/script.ts';

/** The typed action that does what a command does; undefined when none is known. */
export function operationName(command: ShellCommand): string | undefined {
  const aws = awsCall(command);
  if (aws) return awsOperation(aws);
  const kubectl = kubectlCall(command);
  if (kubectl) return kubectlOperation(kubectl);
  const terraform = terraformCall(command);
  if (terraform) return PROGRAMS[`terraform ${terraform.verb}`];
  const curl = curlCall(command);
  if (curl) return curlOperation(curl);
  if (downgradeCall(command)) return 'migrations.downgrade';
  const [, first, second] = command.words.map(({ value }) => value);
  return (
    PROGRAMS[`${command.program} ${first} ${second}`] ??
    PROGRAMS[`${command.program} ${first}`] ??
    PROGRAMS[command.program]
  );
}

function awsOperation(call: AwsCall): string | undefined {
  const said = `${call.service} ${call.operation}`;
  if (said === 'ecs update-service') return updateOfService(call);
  // A record that proves a domain moves nobody.
  if (
    said === 'route53 change-resource-record-sets' &&
    /acm-validations|"Type"\s*:\s*"TXT"/.test(call.get('change-batch') ?? '')
  )
    return 'dns.prove';
  // Deleting a version that is a delete marker brings the object back.
  if (said === 's3api delete-object') return call.has('version-id') ? 's3.undelete' : 's3.delete';
  return AWS[call.operation === 'wait' ? `${said} ${call.plain[0]?.value}` : said];
}

/** One command starts tasks anew, puts another version in their place, or changes how many there are. */
function updateOfService(call: AwsCall): string {
  if (call.has('task-definition') || call.has('force-new-deployment')) return 'ecs.deploy';
  if (call.get('desired-count') === '0') return 'ecs.stop';
  return call.has('desired-count') ? 'ecs.scale' : 'ecs.deploy';
}

function kubectlOperation({ verb, plain, command }: KubectlCall): string | undefined {
  const [what = ''] = plain;
  if (verb === 'scale' && option(command, '--replicas') === '0') return 'k8s.stop';
  // Pods come back by themselves; what else is deleted matters when something is kept in it.
  if (verb === 'delete' && /^(pods?|po)(\/|$)/.test(what)) return 'k8s.restart';
  if (verb === 'delete')
    return /^(pvc|pv|persistentvolume|namespaces?|ns|statefulset|sts)/.test(what) ? 'k8s.delete' : undefined;
  if (verb === 'apply' && BEFORE_WORKLOADS.test(option(command, '-f', '--filename', '-k', '--kustomize') ?? ''))
    return 'k8s.prepare';
  return KUBECTL[`${verb} ${what}`] ?? KUBECTL[verb];
}

/** Files of what workloads need: applying them starts none. */
const BEFORE_WORKLOADS = /namespace|\bns\b|crds?\b|secret|operator|rbac|storage|cert-?manager/i;

/** Asking an address whether it answers, telling it something, or fetching a file from it. */
function curlOperation({ method, command }: CurlCall): string {
  if (method !== 'GET' && method !== 'HEAD') return 'http.send';
  const into = option(command, '-o', '--output');
  const isFetched =
    hasOption(command, '-O', '--remote-name') ||
    (into !== undefined && into !== '/dev/null') ||
    /^(sh|bash|tar|gunzip|psql|kubectl)$/.test(command.feeds?.program ?? '') ||
    command.redirects.some(({ operator, target }) => operator === '>' && target?.value !== '/dev/null');
  return isFetched ? 'http.fetch' : 'http.check';
}

const AWS: Readonly<Record<string, string>> = {
  'rds describe-db-snapshots': 'rds.find_point',
  'rds describe-db-instances': 'rds.status',
  'rds create-db-snapshot': 'rds.snapshot',
  'rds restore-db-instance-from-db-snapshot': 'rds.restore_snapshot',
  'rds restore-db-cluster-from-snapshot': 'rds.restore_snapshot',
  'rds restore-db-instance-to-point-in-time': 'rds.restore_to_time',
  'rds restore-db-cluster-to-point-in-time': 'rds.restore_to_time',
  'rds promote-read-replica': 'rds.promote_replica',
  'rds delete-db-instance': 'rds.delete',
  'rds wait db-instance-available': 'rds.wait_available',
  'rds wait db-instance-deleted': 'rds.wait_deleted',
  'rds wait db-snapshot-available': 'rds.wait_snapshot',
  'rds wait db-snapshot-completed': 'rds.wait_snapshot',
  's3api list-object-versions': 's3.find_deleted',
  's3api copy-object': 's3.restore_versions',
  's3 sync': 's3.copy',
  's3 cp': 's3.copy',
  'ecs describe-services': 'ecs.status',
  'ecs create-service': 'ecs.create_service',
  'ecs wait services-stable': 'ecs.wait_stable',
  'ssm put-parameter': 'parameters.set',
  'secretsmanager put-secret-value': 'secrets.set_fields',
  'secretsmanager update-secret': 'secrets.set_fields',
  'route53 change-resource-record-sets': 'dns.switch',
  'eks update-kubeconfig': 'k8s.use_cluster',
  'cloudfront create-invalidation': 'cloudfront.invalidate',
  'acm request-certificate': 'certificate.request',
  'acm wait certificate-validated': 'certificate.wait_issued',
  'elbv2 create-listener': 'load_balancer.create_listener',
};

const KUBECTL: Readonly<Record<string, string>> = {
  apply: 'k8s.apply',
  scale: 'k8s.scale',
  'rollout restart': 'k8s.restart',
  'rollout undo': 'k8s.roll_back',
  'set env': 'k8s.set_env',
  'set image': 'k8s.set_image',
  'config use-context': 'k8s.use_cluster',
  'config set-context': 'k8s.use_cluster',
  'rollout status': 'k8s.wait_rollout',
  wait: 'k8s.wait_ready',
  drain: 'k8s.drain',
  cordon: 'k8s.cordon',
};

const PROGRAMS: Readonly<Record<string, string>> = {
  'terraform apply': 'terraform.apply',
  'terraform plan': 'terraform.plan',
  'terraform destroy': 'terraform.destroy',
  'velero backup create': 'velero.backup',
  'velero restore create': 'velero.restore',
  pg_restore: 'postgres.load_dump',
  pg_dump: 'postgres.dump',
  pg_basebackup: 'postgres.base_backup',
  'helm rollback': 'k8s.roll_back',
  'helm upgrade': 'k8s.apply',
  'helm install': 'k8s.apply',
  kubectx: 'k8s.use_cluster',
  'gcloud container clusters': 'k8s.use_cluster',
  'az aks get-credentials': 'k8s.use_cluster',
  'vercel --prod': 'vercel.deploy',
  'vercel deploy': 'vercel.deploy',
  'vercel redeploy': 'vercel.redeploy',
  'vercel rollback': 'vercel.roll_back',
  'vercel promote': 'vercel.promote',
  'vercel env add': 'vercel.add_env',
  'vercel env rm': 'vercel.add_env',
  'docker build': 'images.build',
  'docker login': 'registry.login',
  'docker push': 'registry.push',
  'git push': 'git.push',
  'alembic upgrade': 'migrations.upgrade',
};
