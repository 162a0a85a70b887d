import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import { type Plan, parseSpan } from '../../../model/plan.ts';
import { awsWaiter } from '../../../shell/programs/aws-waiters.ts';
import { scenarioPromise } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A waiter ends when it has asked often enough, not when the work is done. */
export const waiterLastsLongEnough: Rule = {
  id: 'waiter-lasts-long-enough',
  level: 'warning',
  title: 'A waiter of AWS waits as long as the step takes, and no longer than the RTO allows',
  why: 'A waiter of the AWS command line asks a fixed number of times and then fails, however far the work has come: 30 minutes for an RDS instance, 10 for the services of ECS, 10 for db-snapshot-completed (waiter models of botocore 1.43). A step that is expected to take as long ends with an error when all is well; a promise that is shorter than the waiter is broken before anybody notices.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds wait db-instance-available --db-instance-identifier new" }, expect: 15m..30m }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds wait db-instance-available --db-instance-identifier new" }, expect: 10m..20m }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

const judgeSequence = (plan: Plan, sequence: Sequence): readonly Complaint[] =>
  callsOf(sequence)
    .filter(({ aws, command }) => aws.operation === 'wait' && !isRepeated(command))
    .flatMap((wait) => tooShort(wait) ?? tooLong(plan, sequence, wait) ?? []);

/** In a loop, or with something to fall back on, a waiter that gives up is not the end. */
const isRepeated = ({ inside, hasFallback, through }: PlacedCall['command']): boolean =>
  inside.includes('loop') ||
  inside.includes('condition') ||
  hasFallback ||
  through.some(({ program }) => program === 'timeout');

const limitOf = ({ aws }: PlacedCall): number | undefined => awsWaiter(aws.service, aws.plain[0]?.value ?? '')?.limit;

function tooShort(wait: PlacedCall): Complaint | undefined {
  const limit = limitOf(wait);
  const { expect } = wait.placed.step;
  const span = expect === undefined ? undefined : parseSpan(expect);
  if (limit === undefined || span === undefined || span.max < limit) return undefined;
  const name = wait.aws.plain[0]?.value;
  return about(wait, {
    message: `wait ${name} gives up after ${formatDuration(limit)} and fails, and "${wait.placed.step.id}" is expected to take ${expect}: a slow one ends as an error while the work goes on`,
    hint: `Wait again until a time of your own, longer than ${formatDuration(span.max)} (a loop around the waiter, or the timeout of a typed action).`,
  });
}

function tooLong(plan: Plan, { name: runbook, scenario }: Sequence, wait: PlacedCall): Complaint | undefined {
  const limit = limitOf(wait);
  const promise = scenario && scenarioPromise(plan, runbook, 'rto');
  const given = wait.placed.step.timeout === undefined ? undefined : parseDuration(wait.placed.step.timeout);
  const longest = Math.min(limit ?? 0, given ?? Number.POSITIVE_INFINITY);
  const expected = wait.placed.step.expect === undefined ? undefined : parseSpan(wait.placed.step.expect)?.max;
  if (limit === undefined || promise?.limit === undefined || longest <= promise.limit) return undefined;
  // Then the plan says how long it takes, and rto-is-reachable adds it up.
  if (expected !== undefined && expected <= promise.limit) return undefined;
  const name = wait.aws.plain[0]?.value;
  return about(wait, {
    level: 'error',
    message: `wait ${name} may run ${formatDuration(longest)} before it fails, and ${runbook} promises an RTO of ${promise.text}`,
    hint: `Give the step a timeout below ${promise.text} and say what is done when it is over, or promise more than ${formatDuration(longest)}.`,
    related: [{ path: promise.path, message: `an RTO of ${promise.text}` }],
  });
}
