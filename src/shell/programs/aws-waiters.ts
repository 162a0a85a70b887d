import { type Duration, minutes } from '../../lib/duration.ts';

/** How `aws … wait …` ends. */
export interface Waiter {
  /** After so long it gives up and fails: tries times the pause between them. */
  readonly limit: Duration;
  /** Whether it is content when the thing does not exist, although it waits for it to be there. */
  readonly isContentWithNothing: boolean;
}

/** What is known of a waiter; undefined for those that are not in the table. */
export function awsWaiter(service: string, name: string): Waiter | undefined {
  const limit = MINUTES[`${service} ${name}`];
  if (limit === undefined) return undefined;
  return { limit: minutes(limit), isContentWithNothing: CONTENT_WITH_NOTHING.has(`${service} ${name}`) };
}

/* Pause times tries of the waiter models of botocore 1.43, in minutes. */
const MINUTES: Readonly<Record<string, number>> = {
  'rds db-instance-available': 30,
  'rds db-instance-deleted': 30,
  'rds db-cluster-available': 30,
  'rds db-cluster-deleted': 30,
  'rds db-snapshot-available': 30,
  'rds db-snapshot-completed': 10,
  'rds db-snapshot-deleted': 30,
  'rds db-cluster-snapshot-available': 30,
  'ecs services-stable': 10,
  'ecs services-inactive': 10,
  'ecs tasks-running': 10,
  'ecs tasks-stopped': 10,
  'elasticache cache-cluster-available': 10,
  'elasticache replication-group-available': 10,
  'eks cluster-active': 20,
  'eks nodegroup-active': 40,
  'ec2 instance-running': 10,
  'ec2 instance-status-ok': 10,
  'ec2 snapshot-completed': 10,
  'ec2 volume-available': 10,
  'cloudfront distribution-deployed': 35,
  'cloudformation stack-create-complete': 60,
  'cloudformation stack-update-complete': 60,
  'route53 resource-record-sets-changed': 30,
  'elbv2 load-balancer-available': 10,
  'elbv2 target-in-service': 10,
  'acm certificate-validated': 5,
  'redshift cluster-available': 30,
  'redshift snapshot-available': 5,
};

/** Its model counts the answer "no such snapshot" as success; those that wait for something to be deleted rightly do so, and are not meant. */
const CONTENT_WITH_NOTHING = new Set(['rds db-snapshot-completed']);
