import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { minutes, parseDuration } from '../../../lib/duration.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { DurationText } from '../../../model/plan.ts';
import type { Deletion, DeletionSearch, PostgresClient } from '../client-api.ts';
import { chooseDeletion, describe, describeIncomplete, describeRemoved } from '../rows/choose.ts';
import {
  ComponentField,
  count,
  LsnField,
  neverDone,
  nothingToUndo,
  postgresAction,
  proof,
  TableRowsField,
  XidField,
} from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  within: DurationText.default('24h').describe('How far back to look.'),
  at_least: z.int().min(1).default(1).describe('Transactions that deleted fewer rows are passed over.'),
  xid: z.int().min(0).optional().describe('The transaction, when it is known or several fit. 0: not known.'),
  any_change: z
    .boolean()
    .default(false)
    .describe('With xid: also a transaction that deleted no row, but changed rows, or truncated or dropped tables.'),
});
type Input = z.infer<typeof Input>;

const moment = z.iso.datetime().describe('When it committed. ISO 8601, UTC.');
const Output = z.strictObject({
  xid: XidField,
  commit_lsn: LsnField.describe('Where its commit stands in the log: the moment before is just before this.'),
  committed_at: moment,
  rows: z.number().describe('Rows that were there before it and gone after it.'),
  tables: TableRowsField.describe('The same, by table.'),
  updated_rows: z
    .number()
    .describe(
      'How often it changed a row. extract_rows takes the old values with updated: true; load_rows puts them back.',
    ),
  removed: z
    .strictObject({
      before: z
        .string()
        .describe('Position in the log at which the tables can be read as they were; empty: no tables.'),
      relations: z.array(z.number().describe('A number.')).describe('Numbers of the tables, for extract_tables.'),
    })
    .default({ before: '', relations: [] })
    .describe('Tables that it truncated or dropped.'),
  candidates: z
    .array(z.strictObject({ xid: XidField, committed_at: moment, rows: z.number().describe('Rows it deleted.') }))
    .describe('Other transactions that deleted rows, most first.'),
});
type Output = z.infer<typeof Output>;

/** Smaller deletions are named up to this number. */
const NAMED = 10;

export const findDeletion = postgresAction({
  name: 'postgres.find_deletion',
  summary: 'Find the transaction that deleted rows, in the write-ahead log.',
  danger: 'read',
  timeout: minutes(15),
  input: Input,
  output: Output,
  permissions: () => ['REPLICATION, to bring the newest log into the repository'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run(ctx, input) {
    const search = await look(ctx, input, beginOf(input, ctx.clock.now()));
    const wanted = { component: input.component, atLeast: input.at_least, ...known(input) };
    const found = onlyRemoved(input, search) ?? chooseDeletion(search, wanted);
    ctx.log(`found:${describe(found)}`);
    tellTheRest(ctx, input.component, search);
    return outputOf(found, search);
  },
  /** The log is read a second time: the same transaction must be found again with the same rows. */
  async verify(ctx, input, output) {
    // From its own commit on: the span of the search has moved on since, and may have left it behind.
    const search = await look(ctx, { ...input, xid: output.xid }, new Date(output.committed_at));
    const again =
      search.deletions.find(({ xid }) => xid === output.xid) ?? onlyRemoved({ ...input, xid: output.xid }, search);
    const same = again?.rows === output.rows && again.commitLsn === output.commit_lsn;
    const observed = again ? `${count(again.rows, 'row')}, committed at ${again.commitLsn}` : 'not found';
    return [proof(`transaction ${output.xid} deleted ${count(output.rows, 'row')}`, same, observed)];
  },
  undo: nothingToUndo,
});

/** What may have been lost besides, and is not put back with the rows that were found. */
function tellTheRest(
  { log }: Pick<ActionContext<PostgresClient>, 'log'>,
  component: string,
  search: DeletionSearch,
): void {
  const { removedFiles, incomplete } = search;
  if (removedFiles.length > 0) log(`whole tables may be gone besides:\n${describeRemoved(removedFiles, component)}`);
  if (incomplete.length > 0)
    log(`not counted, the log has only their end:\n${describeIncomplete(incomplete, component)}`);
}

const look = (
  { client, signal, log }: ActionContext<PostgresClient>,
  input: Input,
  since: Date,
): Promise<DeletionSearch> => {
  const { component, any_change: anyChange } = input;
  return client.findDeletions({ component, since, signal, log, anyChange, ...known(input) });
};

/** The transaction that was asked for, where it deleted and changed nothing, and took whole tables away. */
function onlyRemoved(input: Input, { deletions, removedFiles }: DeletionSearch): Deletion | undefined {
  const { xid } = known(input);
  const removed = input.any_change ? removedFiles.find((one) => one.xid === xid) : undefined;
  if (removed === undefined || removed.tables.length === 0 || deletions.length > 0) return undefined;
  const { commitLsn, committedAt } = removed;
  return { xid: removed.xid, commitLsn, committedAt, rows: 0, tables: [], updatedRows: 0 };
}

/** The earliest position: later ones may stand after another of the tables was locked. */
function removedBy(xid: number, { removedFiles }: DeletionSearch): Output['removed'] {
  const removed = removedFiles.find((one) => one.xid === xid);
  const [before] = (removed?.tables ?? []).map((table) => parseLsn(table.before)).sort((a, b) => (a < b ? -1 : 1));
  if (removed === undefined || before === undefined) return { before: '', relations: [] };
  return { before: formatLsn(before), relations: [...removed.relations] };
}

const beginOf = ({ within }: Input, now: Date): Date => new Date(now.getTime() - (parseDuration(within) as number));

/** A plan passes an input on, and an input that nobody filled in is 0. */
const known = ({ xid }: Input): { xid?: number } => (xid === undefined || xid === 0 ? {} : { xid });

const outputOf = (found: Deletion, search: DeletionSearch) => ({
  xid: found.xid,
  commit_lsn: found.commitLsn,
  committed_at: found.committedAt,
  rows: found.rows,
  tables: found.tables.map(({ table, rows }) => ({ table, rows })),
  updated_rows: found.updatedRows,
  removed: removedBy(found.xid, search),
  candidates: search.deletions
    .filter(({ xid }) => xid !== found.xid)
    .slice(0, NAMED)
    .map(({ xid, committedAt, rows }) => ({ xid, committed_at: committedAt, rows })),
});
