import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { ComparedTable } from '../client-api.ts';
import { ComponentField, count, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  salvage: z.string().describe('The stored rows, as extract_rows names them.'),
});

const counts = {
  rows: z.number().describe('Salvaged rows.'),
  equal: z.number().describe('Rows that are there exactly as they were.'),
  changed_since: z.number().describe('Rows that are there and differ: they were written again since.'),
  missing: z.number().describe('Rows that are not there.'),
};
const Output = z.strictObject({
  ...counts,
  orphans: z.number().describe('Rows whose foreign key points at nothing.'),
  tables: z
    .array(z.strictObject({ table: z.string().describe('The table, as schema.table.'), ...counts }))
    .describe('The same, by table.'),
});
type Output = z.infer<typeof Output>;

export const verifyRows = postgresAction({
  name: 'postgres.verify_rows',
  summary: 'Compare every salvaged row with the live database.',
  danger: 'read',
  timeout: hours(1),
  input: Input,
  output: Output,
  permissions: ({ component }) => [`SELECT on the tables of ${component}`, 'TEMPORARY on its database'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run({ client, signal }, { component, salvage }) {
    return outputOf(await client.compare({ component, salvage, signal }));
  },
  async verify({ client, signal }, { component, salvage }) {
    const { rows, missing, equal, changed_since, orphans } = outputOf(
      await client.compare({ component, salvage, signal }),
    );
    return [
      proof('every salvaged row is there', rows > 0 && missing === 0, `${count(rows, 'row')}, ${missing} missing`),
      proof(
        'rows equal or written again since',
        equal + changed_since === rows,
        `${equal} equal, ${changed_since} changed`,
      ),
      proof('every reference of them leads somewhere', orphans === 0, `${orphans} lead nowhere`),
    ];
  },
  undo: nothingToUndo,
});

function outputOf(compared: readonly ComparedTable[]): Output {
  const tables = compared.map(({ table, rows, equal, changed, missing }) => ({
    table,
    rows,
    equal,
    changed_since: changed,
    missing,
  }));
  const sum = (of: 'rows' | 'equal' | 'changed_since' | 'missing') => tables.reduce((total, one) => total + one[of], 0);
  return {
    rows: sum('rows'),
    equal: sum('equal'),
    changed_since: sum('changed_since'),
    missing: sum('missing'),
    orphans: compared.reduce((total, { orphans }) => total + orphans, 0),
    tables,
  };
}
