import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { Check } from '../client-api.ts';
import { ComponentField, count, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({ component: ComponentField });
const Output = z.strictObject({
  tables: z.number().describe('Tables that were read from end to end.'),
  rows: z.number().describe('Rows that were read.'),
  checks: z
    .array(
      z.strictObject({
        name: z.string().describe('What was asked.'),
        held: z.boolean().describe('Whether it is so.'),
        observed: z.string().describe('What was seen.'),
      }),
    )
    .describe('Each thing that was looked at.'),
});

export const verifyServer = postgresAction({
  name: 'postgres.verify_server',
  summary: 'Read every table of a database to its end and put the questions of the plan.',
  danger: 'read',
  timeout: hours(6),
  input: Input,
  output: Output,
  permissions: () => ['SELECT on every table (pg_read_all_data)', 'superuser, for the check of indexes (optional)'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run({ client, signal, log }, { component }) {
    const { tables, rows, checks } = await client.inspect({ component, quick: false, signal, log });
    return { tables, rows, checks: checks.map((check) => ({ ...check })) };
  },
  /** The tables were just read; the questions are put once more. */
  async verify({ client, signal, log }, { component }, output) {
    const again = await client.inspect({ component, quick: true, signal, log });
    const asked = new Set(again.checks.map(({ name }) => name));
    const once = output.checks.filter(({ name }) => !asked.has(name));
    return [
      proof('there is something to verify', output.tables > 0, `${count(output.tables, 'table')}, ${output.rows} rows`),
      ...[...once, ...again.checks].map(({ name, held, observed }: Check) => proof(name, held, observed)),
    ];
  },
  undo: nothingToUndo,
});
