import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { Salvage } from '../client-api.ts';
import { ComponentField, count, LsnField, postgresAction, proof, XidField } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  instance: z.string().describe('The side instance that stands just before the transaction.'),
  xid: XidField,
  commit_lsn: LsnField.describe('Where the transaction committed, as find_deletion gives it.'),
});

const Output = z.strictObject({
  salvage: z.string().describe('Id of the stored rows in the repository.'),
  rows: z.number().describe('Rows that were stored: exactly those the transaction deleted.'),
  tables: z
    .array(
      z.strictObject({
        table: z.string().describe('The table, as schema.table.'),
        rows: z.number().describe('Number of rows.'),
        key: z.array(z.string()).describe('Columns that name a row; empty when the table has no key.'),
      }),
    )
    .describe('The same, by table.'),
});

export const extractRows = postgresAction({
  name: 'postgres.extract_rows',
  summary: 'Take exactly the deleted rows out of a side instance and store them encrypted in the repository.',
  danger: 'add',
  timeout: hours(2),
  input: Input,
  output: Output,
  permissions: ({ component }) => [
    `SELECT on the tables of ${component}, in the side instance`,
    'write to the repository',
  ],
  async observe({ client, key }, { component }) {
    const found = await client.salvage(component, { key });
    return found === undefined ? { state: 'absent' } : { state: 'done', output: outputOf(found) };
  },
  preview: ({ xid, instance }, seen) => ({
    danger: 'add',
    changes:
      seen.state === 'done'
        ? []
        : [`the rows that transaction ${xid} deleted are copied from ${instance} into the repository, encrypted`],
  }),
  async run({ client, key, signal }, { component, instance, xid, commit_lsn: commitLsn }) {
    return outputOf(await client.extract({ component, instance, xid, commitLsn, key, signal }));
  },
  async verify({ client }, { component }, output) {
    const { whole, why } = await client.backupIsWhole(component, output.salvage);
    const found = await client.salvage(component, { id: output.salvage });
    return [
      proof(`the salvage ${output.salvage} is whole in the repository`, whole, why),
      proof(
        `it holds ${count(output.rows, 'row')}`,
        output.rows > 0 && found?.rows === output.rows,
        found ? count(found.rows, 'row') : 'not there',
      ),
    ];
  },
  undo: {
    impossible: 'The stored rows are kept as evidence; they change nothing. lifeboat points shows what is stored.',
  },
});

const outputOf = ({ id, rows, tables }: Salvage) => ({
  salvage: id,
  rows,
  tables: tables.map((one) => ({ table: one.table, rows: one.rows, key: [...one.key] })),
});
