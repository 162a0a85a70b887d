import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { hours } from '../../../lib/duration.ts';
import { type Following, type PostgresClient, REJOIN_METHODS } from '../client-api.ts';
import { ComponentField, leftBehind, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField.describe('The old primary, whose data folder is on this machine.'),
  primary: z.string().min(1).describe('The new primary, which it is to follow.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  method: z
    .enum(REJOIN_METHODS)
    .describe('rewound: taken back to where the two parted. copied: anew from the primary; the old files are kept.'),
  timeline: z.number().describe('The timeline it follows.'),
});
type Context = ActionContext<PostgresClient>;

export const rejoin = postgresAction({
  name: 'postgres.rejoin',
  summary: 'Make an old primary a replica of the new one.',
  danger: 'destroy',
  timeout: hours(12),
  input: Input,
  output: Output,
  permissions: () => [
    'root, or the user that owns the data folder of the old primary',
    'REPLICATION on the new primary',
    'superuser on the new primary, or EXECUTE on the functions that pg_rewind calls',
  ],
  async observe(ctx, input) {
    const seen = await look(ctx, input);
    const isOurs = seen.key === ctx.key && seen.method !== undefined;
    return seen.follows && isOurs ? { state: 'done', output: outputOf(seen) } : { state: 'absent' };
  },
  preview: ({ component, primary }, seen) => ({
    danger: 'destroy',
    changes:
      seen.state === 'done'
        ? []
        : [
            `${component} is stopped and becomes a replica of ${primary}`,
            `commits that only ${component} has are taken out of it`,
          ],
  }),
  async run({ client, key, signal, log }, input) {
    return outputOf(await client.rejoin({ ...input, key, signal, log }));
  },
  async verify(ctx, input) {
    const { follows, how } = await look(ctx, input);
    return [proof(`${input.component} follows ${input.primary}`, follows, how)];
  },
  undo: { impossible: 'It is a replica now. What only it had is in its old folder, or in the backups from before.' },
  settles: ({ component }) => leftBehind(component).id,
});

const look = ({ client, signal }: Context, { component, primary }: Input): Promise<Following> =>
  client.following({ component, primary, signal });

const outputOf = ({ method, timeline }: Following) => ({ method: method ?? ('rewound' as const), timeline });
