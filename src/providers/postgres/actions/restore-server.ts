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

/** What differs between the ways to restore a server into its data folder. */
interface Way {
  readonly name: `postgres.${string}`;
  readonly summary: string;
  readonly danger: 'change' | 'destroy';
  /** Over what is there. */
  readonly delta: boolean;
  /** What becomes of the files. */
  files(input: Input): readonly string[];
}

/** An action that restores a server and starts it where only Lifeboat reaches it. */
export const restoring = ({ name, summary, danger, delta, files }: Way) =>
  postgresAction({
    name,
    summary,
    danger,
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
      danger,
      changes:
        seen.state === 'done'
          ? []
          : [...files(input), 'the server is started on a private socket: applications do not reach it yet'],
    }),
    async run({ client, key, signal, log }, input) {
      const { component } = input;
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
    goesBack: ({ component, to }) => ({ component, to }),
    undo: {
      impossible: delta
        ? 'Files that were replaced or removed are gone.'
        : 'What was there before was lost already. Stop the restored server and move its data folder away if it must go.',
    },
  });

/** Into a data folder that is lost. */
export const restoreServer = restoring({
  name: 'postgres.restore_server',
  summary: 'Restore a destroyed server into its data folder and start it where only Lifeboat reaches it.',
  danger: 'change',
  delta: false,
  files: ({ component, to }) => [
    `${component} is restored (${to}) into its data folder, which must be missing or empty`,
  ],
});

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
