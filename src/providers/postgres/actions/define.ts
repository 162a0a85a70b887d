import { z } from 'zod';
import type { Action } from '../../../actions/action.ts';
import type { Obligation, Proof } from '../../../model/run.ts';
import type { PostgresClient } from '../client-api.ts';

/** An action on PostgreSQL; only there to give the parts their types. */
export const postgresAction = <In, Out>(action: Action<PostgresClient, In, Out>): Action<PostgresClient, In, Out> =>
  action;

export const ComponentField = z.string().min(1).describe('The database: an entry of `components` of kind postgres.');

export const XidField = z.int().min(1).describe('Number of the transaction, as find_deletion gives it.');

export const LsnField = z
  .string()
  .regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'a position in the log is written like 16/B374D848')
  .describe('Position in the write-ahead log, e.g. 16/B374D848.');

export const TableRowsField = z.array(
  z.strictObject({
    table: z.string().describe('The table, as schema.table.'),
    rows: z.number().describe('Number of rows.'),
  }),
);

export const proof = (claim: string, held: boolean, observed: string): Proof => ({ claim, held, observed });

/** Reading has no effect that could be found done, so each look is made anew. */
export const neverDone = async () => ({ state: 'absent' }) as const;

export const nothingToUndo = { impossible: 'It only reads: there is nothing to take back.' } as const;

/** `1 row`, `2 rows`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** What is owed for an old primary: closing it and promoting another leave the same behind, and attaching it anew settles both. */
export const leftBehind = (component: string): Obligation => ({
  id: `postgres.left_behind:${component}`,
  what: `${component} is closed and follows nobody: attach it with postgres.rejoin, or decide that it is given up`,
});
