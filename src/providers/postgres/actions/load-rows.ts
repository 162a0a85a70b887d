import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { hours } from '../../../lib/duration.ts';
import { isJsonObject, type Json } from '../../../lib/json.ts';
import type { LoadedTable, PostgresClient, Receipt } from '../client-api.ts';
import { ComponentField, count, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  salvage: z.string().describe('The stored rows, as extract_rows names them.'),
});

const Output = z.strictObject({
  inserted: z.number().describe('Rows that were put back.'),
  already_there: z
    .number()
    .describe('Rows that existed again already. They were left as they are: a later write wins.'),
  conflicting: z.number().describe('Rows whose place another row has taken under a unique rule. They are not back.'),
  tables: z
    .array(
      z.strictObject({
        table: z.string().describe('The table, as schema.table.'),
        inserted: z.number().describe('Rows that were put back.'),
        already_there: z.number().describe('Rows that existed again already.'),
        conflicting: z.number().describe('Rows whose place is taken.'),
      }),
    )
    .describe('The same, by table.'),
});
type Output = z.infer<typeof Output>;

/** Noted before the commit: with it, what became of the transaction can be asked after any crash. */
const Note = z.object({ receipt: z.object({ system: z.string(), xid: z.string() }), output: Output });

export const loadRows = postgresAction({
  name: 'postgres.load_rows',
  summary: 'Put salvaged rows back into the live database, in one transaction, over nothing that exists.',
  danger: 'change',
  timeout: hours(1),
  input: Input,
  output: Output,
  permissions: ({ component }) => [`INSERT and SELECT on the tables of ${component}`, 'TEMPORARY on its database'],
  async observe(ctx, { component }) {
    const outcomes = await outcomesOf(ctx, component);
    const committed = outcomes.find(({ outcome }) => outcome === 'committed');
    if (committed !== undefined) return { state: 'done', output: committed.output };
    if (outcomes.some(({ outcome }) => outcome === 'in progress')) return { state: 'running' };
    const lost = outcomes.find(({ outcome }) => outcome === 'unknown');
    if (lost === undefined) return { state: 'absent' };
    return {
      state: 'unknown',
      why: `the server does not know any more what became of transaction ${lost.receipt.xid}, which put rows back`,
    };
  },
  preview: ({ component, salvage }, seen) => ({
    danger: 'change',
    changes:
      seen.state === 'done'
        ? []
        : [`the rows of ${salvage} are inserted into ${component}`, 'rows that exist again are left as they are'],
  }),
  async run(ctx, { component, salvage }) {
    const { client, signal } = ctx;
    const done = (await outcomesOf(ctx, component)).find(({ outcome }) => outcome === 'committed');
    if (done !== undefined) return done.output;
    const beforeCommit = (receipt: Receipt, tables: readonly LoadedTable[]) =>
      ctx.note({ receipt: { ...receipt }, output: outputOf(tables) } satisfies Json);
    return outputOf(await client.load({ component, salvage, signal, beforeCommit }));
  },
  async verify({ client, signal }, { component, salvage }, output) {
    const tables = await client.compare({ component, salvage, signal });
    const [rows, missing] = [sum(tables.map((one) => one.rows)), sum(tables.map((one) => one.missing))];
    const handled = output.inserted + output.already_there;
    return [
      proof('every salvaged row is there', rows > 0 && missing === 0, `${count(rows, 'row')}, ${missing} missing`),
      proof('every salvaged row is accounted for', handled === rows, `${handled} of ${rows}`),
    ];
  },
  undo: {
    impossible:
      'The application may have used the rows since. Delete them by hand if they must go; their keys are in the salvage.',
  },
});

interface Outcome {
  readonly receipt: Receipt;
  readonly output: Output;
  readonly outcome: Awaited<ReturnType<PostgresClient['outcome']>>;
}

async function outcomesOf(
  { client, notes }: ActionContext<PostgresClient>,
  component: string,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const fact of notes) {
    if (!isJsonObject(fact) || !('receipt' in fact)) continue;
    const { receipt, output } = Note.parse(fact);
    outcomes.push({ receipt, output, outcome: await client.outcome(component, receipt) });
  }
  return outcomes;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const outputOf = (tables: readonly LoadedTable[]): Output => ({
  inserted: sum(tables.map((one) => one.inserted)),
  already_there: sum(tables.map((one) => one.alreadyThere)),
  conflicting: sum(tables.map((one) => one.conflicting)),
  tables: tables.map(({ table, inserted, alreadyThere, conflicting }) => ({
    table,
    inserted,
    already_there: alreadyThere,
    conflicting,
  })),
});
