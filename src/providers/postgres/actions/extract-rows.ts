import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { Salvage } from '../client-api.ts';
import { ComponentField, count, LsnField, postgresAction, proof, XidField } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  instance: z.string().describe('The side instance that stands just before the transaction.'),
  xid: XidField,
  commit_lsn: LsnField.describe('Where the transaction committed, as find_deletion gives it.'),
  updated: z
    .boolean()
    .default(false)
    .describe('Also the old values of rows that it changed: load_rows puts them back where nobody has written since.'),
});

const Output = z.strictObject({
  salvage: z.string().describe('Id of the stored rows in the repository.'),
  rows: z.number().describe('Rows that were stored: exactly those the transaction deleted.'),
  updated_rows: z.number().default(0).describe('Rows it changed whose old values were stored.'),
  moved_rows: z
    .number()
    .default(0)
    .describe('Rows it put into another partition. They are stored and not put back by themselves.'),
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
  async run({ client, key, signal }, { component, instance, xid, commit_lsn: commitLsn, updated }) {
    return outputOf(await client.extract({ component, instance, xid, commitLsn, updated, key, signal }));
  },
  async verify({ client }, { component }, output) {
    const { whole, why } = await client.backupIsWhole(component, output.salvage);
    const found = await client.salvage(component, { id: output.salvage });
    return [
      proof(`the salvage ${output.salvage} is whole in the repository`, whole, why),
      proof(
        `it holds ${inWords(output)}`,
        all(output) > 0 && found !== undefined && inWords(outputOf(found)) === inWords(output),
        found ? inWords(outputOf(found)) : 'not there',
      ),
    ];
  },
  undo: {
    impossible: 'The stored rows are kept as evidence; they change nothing. lifeboat points shows what is stored.',
  },
});

type Counts = Pick<z.infer<typeof Output>, 'rows' | 'updated_rows' | 'moved_rows'>;

const all = ({ rows, updated_rows, moved_rows }: Counts): number => rows + updated_rows + moved_rows;

function inWords({ rows, updated_rows, moved_rows }: Counts): string {
  const changed = updated_rows > 0 ? `, ${count(updated_rows, 'changed row')}` : '';
  const moved = moved_rows > 0 ? `, ${count(moved_rows, 'row')} of other partitions` : '';
  return `${count(rows, 'row')}${changed}${moved}`;
}

const outputOf = ({ id, rows, updatedRows, movedRows, tables }: Salvage) => ({
  salvage: id,
  rows,
  updated_rows: updatedRows,
  moved_rows: movedRows,
  tables: tables.map((one) => ({ table: one.table, rows: one.rows, key: [...one.key] })),
});
