import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { hours } from '../../../lib/duration.ts';
import { isJsonObject, type Json } from '../../../lib/json.ts';
import type { Loaded, PostgresClient, Receipt } from '../client-api.ts';
import { loadedFields, loadedOutput, sum } from '../rows/loaded-fields.ts';
import { ComponentField, count, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  salvage: z.string().describe('The stored rows, as extract_rows and extract_tables name them.'),
  triggers: z
    .enum(['quiet', 'fire'])
    .default('quiet')
    .describe(
      'quiet: triggers are not set off by what is put back, which takes the right to set session_replication_role where a table has any. fire: they are.',
    ),
  accept_conflicts: z
    .boolean()
    .default(false)
    .describe('true: the step succeeds although lost rows could not be put back. They are reported either way.'),
});

const Output = z.strictObject(loadedFields('were'));
type Output = z.infer<typeof Output>;

/** Noted before the commit: with it, what became of the transaction can be asked after any crash. */
const Note = z.object({ receipt: z.object({ system: z.string(), xid: z.string() }), output: Output });

export const loadRows = postgresAction({
  name: 'postgres.load_rows',
  summary: 'Put salvaged rows back into the live database, in one transaction, over nothing that was written since.',
  danger: 'change',
  timeout: hours(1),
  input: Input,
  output: Output,
  permissions: ({ component, triggers }) => [
    `INSERT, UPDATE and SELECT on the tables of ${component}`,
    'TEMPORARY on its database',
    ...(triggers === 'quiet' ? ['SET ON PARAMETER session_replication_role, where tables have triggers'] : []),
  ],
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
  preview: ({ component, salvage, triggers }, seen) => ({
    danger: 'change',
    changes:
      seen.state === 'done'
        ? []
        : [
            `the rows of ${salvage} are put back into ${component}`,
            'what was written since is left as it is',
            ...(triggers === 'fire' ? ['triggers are set off by it'] : []),
          ],
  }),
  async run(ctx, { component, salvage, triggers }) {
    const { client, signal } = ctx;
    const done = (await outcomesOf(ctx, component)).find(({ outcome }) => outcome === 'committed');
    if (done !== undefined) return done.output;
    const beforeCommit = (receipt: Receipt, loaded: Loaded) =>
      ctx.note({ receipt: { ...receipt }, output: loadedOutput(loaded) } satisfies Json);
    return loadedOutput(await client.load({ component, salvage, triggers, signal, beforeCommit }));
  },
  async verify({ client, signal }, { component, salvage, accept_conflicts }, output) {
    const tables = await client.compare({ component, salvage, signal });
    const [rows, missing] = [sum(tables.map((one) => one.rows)), sum(tables.map((one) => one.missing))];
    const { inserted, already_there, restored, unchanged, conflicting } = output;
    const handled = inserted + already_there + restored + unchanged + conflicting;
    const seen = `${count(rows, 'row')}, ${missing} missing`;
    return [
      accept_conflicts
        ? proof('every salvaged row is there, but for the conflicts', rows > 0 && missing <= conflicting, seen)
        : proof('every salvaged row is there', rows > 0 && missing === 0, seen),
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
