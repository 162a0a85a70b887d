import { z } from 'zod';
import { CONFLICT_KINDS, type Loaded } from '../client-api.ts';

const counts = (would: string) => ({
  inserted: z.number().describe(`Rows that ${would} put back.`),
  already_there: z.number().describe('Rows that existed again already. They are left as they are: a later write wins.'),
  restored: z.number().default(0).describe(`Changed rows that ${would} given their old values back.`),
  unchanged: z.number().default(0).describe('Changed rows that have their old values already.'),
  conflicting: z
    .number()
    .describe('Rows that are not put back, since a later write or a rule of the database stands against it.'),
});

/** Conflicts that are named in the log of a run. The command salvage writes more of them into a file. */
export const KEPT = 100;

/** What `load_rows` did, or would do. */
export const loadedFields = (would: 'were' | 'would be') => ({
  ...counts(would),
  tables: z
    .array(z.strictObject({ table: z.string().describe('The table, as schema.table.'), ...counts(would) }))
    .describe('The same, by table.'),
  conflicts: z
    .array(
      z.strictObject({
        table: z.string().describe('The table, as schema.table.'),
        kind: z
          .enum(CONFLICT_KINDS)
          .describe(
            'taken: another row has a value that must be unique. no parent: what it refers to is gone. changed since, deleted since: somebody has written the row later. key changed: rows may refer to the new key. moved: it is in another partition now.',
          ),
        row: z.string().describe('The key of the salvaged row, or its beginning where the table has no key.'),
        rule: z.string().optional().describe('The rule of the database that stands against it.'),
        other: z.string().optional().describe('The key of the row in its place, or what it refers to.'),
      }),
    )
    .default([])
    .describe('The first of the conflicts.'),
  notes: z.array(z.string().describe('One sentence.')).default([]).describe('What else one must know, in words.'),
});

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export function loadedOutput({ tables, conflicts, notes }: Loaded, kept = KEPT) {
  const rows = tables.map((one) => ({
    table: one.table,
    inserted: one.inserted,
    already_there: one.alreadyThere,
    restored: one.restored,
    unchanged: one.unchanged,
    conflicting: one.conflicting,
  }));
  return {
    inserted: sum(rows.map((one) => one.inserted)),
    already_there: sum(rows.map((one) => one.already_there)),
    restored: sum(rows.map((one) => one.restored)),
    unchanged: sum(rows.map((one) => one.unchanged)),
    conflicting: sum(rows.map((one) => one.conflicting)),
    tables: rows,
    conflicts: conflicts.slice(0, kept).map((one) => ({ ...one })),
    notes: [...notes],
  };
}
