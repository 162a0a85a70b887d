import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { Salvage } from '../client-api.ts';
import { ComponentField, count, postgresAction, proof } from './define.ts';

const Input = z
  .strictObject({
    component: ComponentField,
    instance: z.string().describe('The side instance that stands before the tables were emptied or dropped.'),
    tables: z.array(z.string().min(1)).default([]).describe('The tables, as table or schema.table.'),
    relations: z
      .array(z.int().min(1))
      .default([])
      .describe(
        'Numbers of tables, as find_deletion gives them in removed.relations. What is no table is passed over.',
      ),
  })
  .refine(({ tables, relations }) => tables.length + relations.length > 0, 'name tables, or relations');

const Output = z.strictObject({
  salvage: z.string().describe('Id of the stored rows in the repository.'),
  rows: z.number().describe('Rows that were stored: all that these tables had.'),
  tables: z
    .array(
      z.strictObject({
        table: z.string().describe('The table, as schema.table.'),
        rows: z.number().describe('Number of rows.'),
      }),
    )
    .describe('The same, by table.'),
});

export const extractTables = postgresAction({
  name: 'postgres.extract_tables',
  summary:
    'Take tables that were truncated or dropped out of a side instance, and store them encrypted in the repository.',
  danger: 'add',
  timeout: hours(4),
  input: Input,
  output: Output,
  permissions: ({ component }) => [
    `SELECT on the tables of ${component}, in the side instance`,
    'write to the repository',
    'for dropped tables pg_dump of the version of the server, on this machine',
  ],
  async observe({ client, key }, { component }) {
    const found = await client.salvage(component, { key });
    return found === undefined ? { state: 'absent' } : { state: 'done', output: outputOf(found) };
  },
  preview: ({ tables, relations, instance }, seen) => ({
    danger: 'add',
    changes:
      seen.state === 'done'
        ? []
        : [`${namesOf(tables, relations)} are copied whole from ${instance} into the repository, encrypted`],
  }),
  async run({ client, key, signal }, input) {
    return outputOf(await client.extractTables({ ...input, key, signal }));
  },
  async verify({ client }, { component }, output) {
    const { whole, why } = await client.backupIsWhole(component, output.salvage);
    const found = await client.salvage(component, { id: output.salvage });
    return [
      proof(`the salvage ${output.salvage} is whole in the repository`, whole, why),
      proof(
        `it holds ${count(output.tables.length, 'table')} with ${count(output.rows, 'row')}`,
        output.tables.length > 0 && found?.rows === output.rows && found.tables.length === output.tables.length,
        found ? `${count(found.tables.length, 'table')}, ${count(found.rows, 'row')}` : 'not there',
      ),
    ];
  },
  undo: {
    impossible: 'The stored rows are kept as evidence; they change nothing. lifeboat points shows what is stored.',
  },
});

function namesOf(tables: readonly string[], relations: readonly number[]): string {
  const numbered =
    relations.length > 0 ? [`the tables among ${count(relations.length, 'object')} of the transaction`] : [];
  return [...tables, ...numbered].join(', ');
}

const outputOf = ({ id, rows, tables }: Salvage) => ({
  salvage: id,
  rows,
  tables: tables.map((one) => ({ table: one.table, rows: one.rows })),
});
