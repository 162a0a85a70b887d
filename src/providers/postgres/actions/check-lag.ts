import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { type Duration, formatDuration, minutes, parseDuration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import { DurationText } from '../../../model/plan.ts';
import type { LossReading, PostgresClient } from '../client-api.ts';
import { isWithin, lossInWords } from '../failover/loss.ts';
import { ComponentField, LsnField, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField.describe('The primary that is lost or left.'),
  replicas: z.array(z.string().min(1)).min(1).describe('Its replicas. The one that has received most is chosen.'),
  at_most: DurationText.optional().describe('How much may be lost. Default: the RPO of the component.'),
  down_since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Since when nothing can have been written, as judge_primary found it. Default: now.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  replica: z.string().describe('The replica that has received most.'),
  system: z.string().describe('Identifier of the system it is a copy of.'),
  timeline: z.number().describe('The timeline it is on.'),
  received: LsnField.describe('Up to where it has received the log.'),
  known_from: z
    .enum(['primary', 'repository', 'clock'])
    .describe(
      'primary: it was asked, the figures are exact. repository: at least so much, by our copy of the log. clock: at most so long.',
    ),
  lost: z.number().optional().describe('Acknowledged commits that it lacks; absent when nobody can count them.'),
  lost_bytes: z.number().optional().describe('Bytes of log that it lacks; absent when nobody can tell.'),
  loss_seconds: z.number().optional().describe('Length of time that is lost; absent when nobody can tell.'),
  replicas: z
    .array(
      z.strictObject({
        name: z.string().describe('The replica.'),
        received: z.string().describe('Up to where it has received the log; empty when it could not be asked.'),
        problems: z.array(z.string()).describe('What one should know before relying on it.'),
      }),
    )
    .describe('All of them.'),
});
type Output = z.infer<typeof Output>;

export const checkLag = postgresAction({
  name: 'postgres.check_lag',
  summary: 'Find the replica that has received most, and measure what is lost when it takes over.',
  danger: 'read',
  timeout: minutes(5),
  input: Input,
  output: Output,
  permissions: () => ['log in to the replicas', 'pg_monitor', 'REPLICATION, for counting commits on the primary'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run(ctx, input) {
    const reading = await read(ctx, input);
    const best = bestOf(reading);
    for (const { name, problems } of reading.replicas) for (const problem of problems) ctx.log(`${name}: ${problem}`);
    for (const { name, why } of reading.unreachable) ctx.log(`${name} cannot be asked: ${why}`);
    requireWithin(ctx, input, reading);
    ctx.log(`${best.name} has received up to ${best.received}; lost: ${lossInWords(reading.loss)}`);
    return outputOf(reading);
  },
  async verify(ctx, input, output) {
    const { replicas } = await read(ctx, input);
    const again = replicas.find(({ name }) => name === output.replica);
    const held = again !== undefined && again.system === output.system && isAsFar(again.received, output.received);
    const claim = `${output.replica} has received the log up to ${output.received}`;
    return [proof(claim, held, again === undefined ? 'it cannot be asked' : again.received)];
  },
  undo: nothingToUndo,
});

const read = ({ client, clock, signal }: ActionContext<PostgresClient>, input: Input): Promise<LossReading> =>
  client.lossReading({
    component: input.component,
    replicas: input.replicas,
    until: input.down_since === undefined ? clock.now() : new Date(input.down_since),
    signal,
  });

const bestOf = ({ replicas, best }: LossReading) =>
  replicas.find(({ name }) => name === best) as LossReading['replicas'][number];

const isAsFar = (now: string, before: string): boolean => parseLsn(now) >= parseLsn(before);

function requireWithin({ client }: ActionContext<PostgresClient>, input: Input, { best, loss }: LossReading): void {
  const limit =
    input.at_most === undefined ? client.maximumLoss(input.component) : (parseDuration(input.at_most) as Duration);
  if (limit === undefined || isWithin(loss, limit)) return;
  throw new KnownError(
    'LOSS_TOO_GREAT',
    `with ${best} as primary more may be lost than ${formatDuration(limit)}: ${lossInWords(loss)}`,
    'If the replica is to take over all the same: lifeboat decide RUN STEP edit --set at_most=… --reason "…", then retry.',
  );
}

function outputOf(reading: LossReading): Output {
  const { name, system, timeline, received } = bestOf(reading);
  const { known_from, commits, bytes, seconds } = reading.loss;
  return {
    replica: name,
    system,
    timeline,
    received,
    known_from,
    ...(commits === undefined ? {} : { lost: commits }),
    ...(bytes === undefined ? {} : { lost_bytes: bytes }),
    ...(seconds === undefined ? {} : { loss_seconds: seconds }),
    replicas: [
      ...reading.replicas.map((one) => ({ name: one.name, received: one.received, problems: [...one.problems] })),
      ...reading.unreachable.map((one) => ({ name: one.name, received: '', problems: [one.why] })),
    ],
  };
}
