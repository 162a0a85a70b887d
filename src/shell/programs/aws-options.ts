/** An option of one operation of the AWS command line. */
export interface AwsOption {
  readonly name: string;
  readonly isRequired: boolean;
  /** Given or not given, or given as `--no-name`: it takes no value. */
  readonly isSwitch: boolean;
}

/** The options of an operation, without those that every call takes; undefined for operations that are not in the table. */
export function awsOptions(service: string, operation: string): ReadonlyMap<string, AwsOption> | undefined {
  return OPERATIONS.get(`${service} ${operation}`);
}

/** What every call takes, whatever it does. */
export const GLOBAL_OPTIONS: ReadonlySet<string> = new Set(
  `
  debug endpoint-url no-verify-ssl no-paginate output query profile region version color no-sign-request ca-bundle cli-read-timeout
  cli-connect-timeout cli-binary-format no-cli-pager cli-auto-prompt no-cli-auto-prompt cli-input-json cli-input-yaml generate-cli-skeleton
  starting-token page-size max-items help
  `
    .trim()
    .split(/\s+/),
);

/*
 * The operations that runbooks use, not all of AWS. Taken from the argument tables of the AWS command line 1.45 (botocore 1.43);
 * `!`: required, `?`: a switch. What is missing here is not judged.
 */
const TABLE = `
rds describe-db-instances
  db-instance-identifier filters max-records marker
rds describe-db-snapshots
  db-instance-identifier db-snapshot-identifier snapshot-type filters max-records marker include-shared? include-public? dbi-resource-id
rds create-db-snapshot
  db-snapshot-identifier! db-instance-identifier! tags
rds copy-db-snapshot
  source-db-snapshot-identifier! target-db-snapshot-identifier! kms-key-id tags copy-tags? pre-signed-url option-group-name
  target-custom-availability-zone snapshot-target copy-option-group? snapshot-availability-zone source-region
rds delete-db-snapshot
  db-snapshot-identifier!
rds restore-db-instance-from-db-snapshot
  db-instance-identifier! db-snapshot-identifier db-instance-class port availability-zone db-subnet-group-name multi-az?
  publicly-accessible? auto-minor-version-upgrade? license-model db-name engine iops storage-throughput option-group-name tags storage-type
  tde-credential-arn tde-credential-password vpc-security-group-ids domain domain-fqdn domain-ou domain-auth-secret-arn domain-dns-ips
  copy-tags-to-snapshot? domain-iam-role-name enable-iam-database-authentication? enable-cloudwatch-logs-exports processor-features
  use-default-processor-features? db-parameter-group-name deletion-protection? enable-customer-owned-ip? network-type backup-target
  custom-iam-instance-profile allocated-storage db-cluster-snapshot-identifier backup-retention-period preferred-backup-window
  dedicated-log-volume? ca-certificate-identifier engine-lifecycle-support additional-storage-volumes tag-specifications
  manage-master-user-password? master-user-secret-kms-key-id
rds restore-db-instance-to-point-in-time
  source-db-instance-identifier target-db-instance-identifier! restore-time use-latest-restorable-time? db-instance-class port
  availability-zone db-subnet-group-name multi-az? publicly-accessible? auto-minor-version-upgrade? license-model db-name engine iops
  storage-throughput option-group-name copy-tags-to-snapshot? tags storage-type tde-credential-arn tde-credential-password
  vpc-security-group-ids domain domain-iam-role-name domain-fqdn domain-ou domain-auth-secret-arn domain-dns-ips
  enable-iam-database-authentication? enable-cloudwatch-logs-exports processor-features use-default-processor-features?
  db-parameter-group-name deletion-protection? source-dbi-resource-id max-allocated-storage enable-customer-owned-ip? network-type
  source-db-instance-automated-backups-arn backup-target custom-iam-instance-profile allocated-storage backup-retention-period
  preferred-backup-window dedicated-log-volume? ca-certificate-identifier engine-lifecycle-support additional-storage-volumes
  tag-specifications manage-master-user-password? master-user-secret-kms-key-id
rds restore-db-cluster-from-snapshot
  availability-zones db-cluster-identifier! snapshot-identifier! engine! engine-version port db-subnet-group-name database-name
  option-group-name vpc-security-group-ids tags kms-key-id enable-iam-database-authentication? backtrack-window
  enable-cloudwatch-logs-exports engine-mode scaling-configuration db-cluster-parameter-group-name deletion-protection?
  copy-tags-to-snapshot? domain domain-iam-role-name db-cluster-instance-class storage-type iops publicly-accessible? network-type
  serverless-v2-scaling-configuration rds-custom-cluster-configuration monitoring-interval monitoring-role-arn enable-performance-insights?
  performance-insights-kms-key-id performance-insights-retention-period backup-retention-period preferred-backup-window
  engine-lifecycle-support tag-specifications enable-vpc-networking? enable-internet-access-gateway?
rds restore-db-cluster-to-point-in-time
  db-cluster-identifier! restore-type source-db-cluster-identifier restore-to-time use-latest-restorable-time? port db-subnet-group-name
  option-group-name vpc-security-group-ids tags kms-key-id enable-iam-database-authentication? backtrack-window
  enable-cloudwatch-logs-exports db-cluster-parameter-group-name deletion-protection? copy-tags-to-snapshot? domain domain-iam-role-name
  db-cluster-instance-class storage-type publicly-accessible? iops network-type source-db-cluster-resource-id
  serverless-v2-scaling-configuration scaling-configuration engine-mode rds-custom-cluster-configuration monitoring-interval
  monitoring-role-arn enable-performance-insights? performance-insights-kms-key-id performance-insights-retention-period
  backup-retention-period preferred-backup-window engine-lifecycle-support tag-specifications enable-vpc-networking?
  enable-internet-access-gateway?
rds modify-db-instance
  db-instance-identifier! allocated-storage db-instance-class db-subnet-group-name db-security-groups vpc-security-group-ids
  apply-immediately? master-user-password db-parameter-group-name backup-retention-period preferred-backup-window
  preferred-maintenance-window multi-az? engine-version allow-major-version-upgrade? auto-minor-version-upgrade? license-model iops
  storage-throughput option-group-name new-db-instance-identifier storage-type tde-credential-arn tde-credential-password
  ca-certificate-identifier domain domain-fqdn domain-ou domain-auth-secret-arn domain-dns-ips disable-domain? copy-tags-to-snapshot?
  monitoring-interval db-port-number publicly-accessible? monitoring-role-arn domain-iam-role-name promotion-tier
  enable-iam-database-authentication? database-insights-mode enable-performance-insights? performance-insights-kms-key-id
  performance-insights-retention-period cloudwatch-logs-export-configuration processor-features use-default-processor-features?
  deletion-protection? max-allocated-storage certificate-rotation-restart? replica-mode automation-mode resume-full-automation-mode-minutes
  enable-customer-owned-ip? network-type aws-backup-recovery-point-arn manage-master-user-password? rotate-master-user-password?
  master-user-secret-kms-key-id multi-tenant? dedicated-log-volume? engine additional-storage-volumes tag-specifications
  master-user-authentication-type
rds delete-db-instance
  db-instance-identifier! skip-final-snapshot? final-db-snapshot-identifier delete-automated-backups?
rds promote-read-replica
  db-instance-identifier! backup-retention-period preferred-backup-window tag-specifications
rds create-db-instance-read-replica
  db-instance-identifier! source-db-instance-identifier db-instance-class availability-zone port multi-az? auto-minor-version-upgrade? iops
  storage-throughput option-group-name db-parameter-group-name publicly-accessible? tags db-subnet-group-name vpc-security-group-ids
  storage-type copy-tags-to-snapshot? monitoring-interval monitoring-role-arn kms-key-id pre-signed-url enable-iam-database-authentication?
  database-insights-mode enable-performance-insights? performance-insights-kms-key-id performance-insights-retention-period
  enable-cloudwatch-logs-exports processor-features use-default-processor-features? deletion-protection? domain domain-iam-role-name
  domain-fqdn domain-ou domain-auth-secret-arn domain-dns-ips replica-mode enable-customer-owned-ip? network-type max-allocated-storage
  backup-target custom-iam-instance-profile allocated-storage source-db-cluster-identifier dedicated-log-volume? upgrade-storage-config?
  ca-certificate-identifier additional-storage-volumes tag-specifications source-region
s3api list-object-versions
  bucket! delimiter encoding-type key-marker max-keys prefix version-id-marker expected-bucket-owner request-payer
  optional-object-attributes
s3api list-objects-v2
  bucket! delimiter encoding-type max-keys prefix continuation-token fetch-owner? start-after request-payer expected-bucket-owner
  optional-object-attributes
s3api copy-object
  acl bucket! cache-control checksum-algorithm content-disposition content-encoding content-language content-type copy-source!
  copy-source-if-match copy-source-if-modified-since copy-source-if-none-match copy-source-if-unmodified-since expires grant-full-control
  grant-read grant-read-acp grant-write-acp if-match if-none-match key! metadata metadata-directive tagging-directive server-side-encryption
  storage-class website-redirect-location sse-customer-algorithm sse-customer-key sse-customer-key-md5 ssekms-key-id
  ssekms-encryption-context bucket-key-enabled? copy-source-sse-customer-algorithm copy-source-sse-customer-key
  copy-source-sse-customer-key-md5 request-payer tagging object-lock-mode object-lock-retain-until-date object-lock-legal-hold-status
  expected-bucket-owner expected-source-bucket-owner
s3api delete-object
  bucket! key! mfa version-id request-payer bypass-governance-retention? expected-bucket-owner if-match if-match-last-modified-time
  if-match-size
s3api delete-objects
  bucket! delete! mfa request-payer bypass-governance-retention? expected-bucket-owner checksum-algorithm
s3api restore-object
  bucket! key! version-id restore-request request-payer checksum-algorithm expected-bucket-owner
s3api put-bucket-versioning
  bucket! content-md5 checksum-algorithm mfa versioning-configuration! expected-bucket-owner
s3api put-bucket-lifecycle-configuration
  bucket! checksum-algorithm lifecycle-configuration expected-bucket-owner transition-default-minimum-object-size
s3api put-bucket-replication
  bucket! content-md5 checksum-algorithm replication-configuration! token expected-bucket-owner
s3api create-bucket
  acl bucket! create-bucket-configuration grant-full-control grant-read grant-read-acp grant-write grant-write-acp
  object-lock-enabled-for-bucket? object-ownership bucket-namespace
ecs update-service
  cluster service! desired-count task-definition capacity-provider-strategy deployment-configuration availability-zone-rebalancing
  network-configuration placement-constraints placement-strategy platform-version force-new-deployment? health-check-grace-period-seconds
  deployment-controller enable-execute-command? enable-ecs-managed-tags? load-balancers propagate-tags service-registries
  service-connect-configuration volume-configurations vpc-lattice-configurations disable-execute-command?
ecs describe-services
  cluster services! include
ssm put-parameter
  name! description value! type key-id overwrite? allowed-pattern tags tier policies data-type
ssm get-parameter
  name! with-decryption?
secretsmanager get-secret-value
  secret-id! version-id version-stage
secretsmanager put-secret-value
  secret-id! client-request-token secret-binary secret-string version-stages rotation-token
secretsmanager update-secret
  secret-id! client-request-token description kms-key-id secret-binary secret-string type
route53 change-resource-record-sets
  hosted-zone-id! change-batch!
elasticache create-snapshot
  replication-group-id cache-cluster-id snapshot-name! kms-key-id tags
eks update-kubeconfig
  name! kubeconfig role-arn proxy-url dry-run? verbose? alias user-alias assume-role-arn
sns publish
  topic-arn target-arn phone-number message! subject message-structure message-attributes message-deduplication-id message-group-id
`;

const OPERATIONS: ReadonlyMap<string, ReadonlyMap<string, AwsOption>> = readTable();

function readTable(): ReadonlyMap<string, ReadonlyMap<string, AwsOption>> {
  const found = new Map<string, Map<string, AwsOption>>();
  let operation = '';
  for (const line of TABLE.split('\n').filter((one) => one !== '')) {
    if (!line.startsWith(' ')) operation = line;
    const options = found.get(operation) ?? new Map<string, AwsOption>();
    if (line.startsWith(' ')) for (const word of line.trim().split(' ')) options.set(...optionOf(word));
    found.set(operation, options);
  }
  return found;
}

function optionOf(word: string): [string, AwsOption] {
  const name = word.replaceAll(/[!?]/g, '');
  return [name, { name, isRequired: word.includes('!'), isSwitch: word.includes('?') }];
}
