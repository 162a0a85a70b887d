import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { TakenBackup } from '../client-api.ts';
import { ComponentField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({ component: ComponentField });
const Output = z.strictObject({
  backup: z.string().describe('Id of the backup in the repository.'),
  bytes: z.number().describe('Bytes of the dump, before compression.'),
});

export const dump = postgresAction({
  name: 'postgres.dump',
  summary: 'Dump one database with pg_dump into the repository.',
  danger: 'add',
  timeout: hours(12),
  input: Input,
  output: Output,
  permissions: () => ['SELECT on every table (pg_read_all_data)', 'write to the repository', 'pg_dump on this machine'],
  async observe({ client, key }, { component }) {
    const found = await client.backup(component, key);
    return found === undefined ? { state: 'absent' } : { state: 'done', output: outputOf(found) };
  },
  preview: ({ component }, seen) => ({
    danger: 'add',
    changes: seen.state === 'done' ? [] : [`a dump of ${component} is added to the repository`],
  }),
  async run({ client, key, signal, log }, { component }) {
    return outputOf(await client.dump({ component, key, signal, log }));
  },
  async verify({ client }, { component }, output) {
    const { whole, why } = await client.backupIsWhole(component, output.backup);
    return [proof(`the dump ${output.backup} is whole in the repository`, whole && output.bytes > 0, why)];
  },
  undo: { impossible: 'A backup is never removed by a run; what is kept, and how long, is decided elsewhere.' },
});

const outputOf = ({ id, bytes }: TakenBackup) => ({ backup: id, bytes });
