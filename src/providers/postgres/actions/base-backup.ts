import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { TakenBackup } from '../client-api.ts';
import { ComponentField, LsnField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({ component: ComponentField });
const Output = z.strictObject({
  backup: z.string().describe('Id of the backup in the repository.'),
  end_lsn: LsnField.describe('Position at which the copy is consistent.'),
  bytes: z.number().describe('Bytes that were copied, before compression.'),
});

export const baseBackup = postgresAction({
  name: 'postgres.base_backup',
  summary: 'Take a physical copy of the whole server into the repository.',
  danger: 'add',
  timeout: hours(12),
  input: Input,
  output: Output,
  permissions: () => ['REPLICATION', 'a replication line in pg_hba.conf', 'write to the repository'],
  async observe({ client, key }, { component }) {
    const found = await client.backup(component, key);
    return found === undefined ? { state: 'absent' } : { state: 'done', output: outputOf(found) };
  },
  preview: ({ component }, seen) => ({
    danger: 'add',
    changes: seen.state === 'done' ? [] : [`a base backup of ${component} is added to the repository`],
  }),
  async run({ client, key, signal, log }, { component }) {
    return outputOf(await client.baseBackup({ component, key, signal, log }));
  },
  async verify({ client }, { component }, output) {
    const { whole, why } = await client.backupIsWhole(component, output.backup);
    return [proof(`the backup ${output.backup} is whole in the repository`, whole, why)];
  },
  undo: { impossible: 'A backup is never removed by a run; what is kept, and how long, is decided elsewhere.' },
});

const outputOf = ({ id, bytes, endLsn }: TakenBackup) => ({ backup: id, bytes, end_lsn: endLsn ?? '0/0' });
