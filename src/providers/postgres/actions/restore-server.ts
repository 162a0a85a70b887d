import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { PostgresClient, RestoredServer, RestoreTarget } from '../client-api.ts';
import { ComponentField, LsnField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  to: z
    .union([z.literal('latest'), z.iso.datetime({ offset: true }), LsnField])
    .default('latest')
    .describe('latest, a moment in ISO 8601, or a position in the log.'),
  delta: z
    .boolean()
    .default(false)
    .describe(
      'Restore over the data folder that is there, if it holds the same database system and no server runs on it: files that are right are kept, all others are replaced or removed.',
    ),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  data_folder: z.string().describe('Where it was restored.'),
  backup: z.string().describe('The base backup it was restored from.'),
  timeline: z.number().describe('The new timeline it writes on.'),
  reached_lsn: LsnField.describe('Where replay ended.'),
  last_commit_at: z.iso
    .datetime()
    .nullable()
    .describe('The newest commit that came back. ISO 8601, UTC; null when none was replayed.'),
});

export const restoreServer = postgresAction({
  name: 'postgres.restore_server',
  summary: 'Restore a destroyed server into its data folder and start it where only Lifeboat reaches it.',
  danger: 'change',
  timeout: hours(12),
  input: Input,
  output: Output,
  permissions: () => ['the private key of the repository', 'write to the data folder and its parent folder'],
  async observe({ client, key }, { component }) {
    const seen = await client.server(component);
    if (seen?.key !== key || seen.state === 'restoring' || !seen.running) return { state: 'absent' };
    return { state: 'done', output: outputOf(client, component, seen) };
  },
  preview: (input, seen) => ({
    danger: input.delta ? 'destroy' : 'change',
    changes: seen.state === 'done' ? [] : changesOf(input),
  }),
  async run({ client, key, signal, log }, input) {
    const { component, delta } = input;
    const restored = await client.restoreServer({ component, key, target: targetOf(input), delta, signal, log });
    return outputOf(client, component, restored);
  },
  async verify({ client, key }, { component }, output) {
    const seen = await client.server(component);
    const ours = seen?.key === key && seen.state !== 'restoring';
    return [
      proof(
        `${component} is restored from ${output.backup} and runs`,
        ours && seen.running && seen.backup === output.backup,
        seen ? `${seen.state}, running: ${seen.running}, from ${seen.backup}` : 'nothing is restored there',
      ),
    ];
  },
  undo: {
    impossible:
      'What was there before was lost already. Stop the restored server and move its data folder away if it must go.',
  },
});

function changesOf({ component, to, delta }: Input): readonly string[] {
  const files = delta
    ? [
        `${component} is restored (${to}) over its data folder: files that differ from the backup are replaced`,
        'what is in the data folder and not in the backup is removed',
      ]
    : [`${component} is restored (${to}) into its data folder, which must be missing or empty`];
  return [...files, 'the server is started on a private socket: applications do not reach it yet'];
}

function targetOf({ to }: Input): RestoreTarget {
  if (to === 'latest') return { kind: 'latest' };
  return to.includes('/') ? { kind: 'lsn', lsn: parseLsn(to) } : { kind: 'time', at: new Date(to) };
}

const outputOf = (client: PostgresClient, component: string, restored: RestoredServer) => ({
  data_folder: client.component(component).server?.data_folder ?? '',
  backup: restored.backup,
  timeline: restored.timeline,
  reached_lsn: restored.reachedLsn,
  last_commit_at: restored.lastCommitAt,
});
