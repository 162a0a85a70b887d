import fc from 'fast-check';

/** A random schema with its rows, what harms it, and what is written later. Everything is data, so that a failure can be read. */
export interface Case {
  readonly tables: readonly TableCase[];
  /** The first table refers to the last one, too. */
  readonly circle: 'none' | 'checked at once' | 'checked late';
  readonly harm: readonly Harm[];
  readonly later: readonly Later[];
}

export interface TableCase {
  readonly key: 'plain' | 'identity' | 'serial' | 'composite' | 'none';
  readonly partitioned: boolean;
  readonly unique: 'none' | 'plain' | 'expression' | 'partial' | 'late' | 'nulls alike' | 'of a generated column';
  readonly body: keyof typeof BODIES;
  readonly generated: boolean;
  readonly trigger: boolean;
  /** Which table it refers to: itself or one before it. */
  readonly parent: number | undefined;
  readonly onDelete: 'CASCADE' | 'SET NULL';
  readonly rows: number;
}

export type Harm =
  | {
      readonly do: 'delete' | 'update' | 'update twice' | 'insert';
      readonly table: number;
      readonly mod: number;
      readonly rest: number;
    }
  /** Deletes a row, and another one takes its code. */
  | { readonly do: 'steal'; readonly table: number; readonly mod: number; readonly rest: number };

export type Later = {
  readonly do:
    | 'insert'
    | 'insert a lost key'
    | 'take a code'
    | 'update'
    | 'delete'
    | 'rewrite'
    | 'add column'
    | 'rename column'
    | 'drop column';
  readonly table: number;
  readonly mod: number;
  readonly rest: number;
};

/** Type of a column, and a value for the row `i`, in SQL. */
export const BODIES = {
  text: ['text', `repeat('ü"''\\' || i, 50)`],
  bytea: ['bytea', `decode(md5(i::text), 'hex')`],
  jsonb: ['jsonb', `jsonb_build_object('i', i, 'ü', null)`],
  json: ['json', `json_build_object('b', 1, 'a', i)`],
  array: ['int[]', 'ARRAY[i, NULL, i * 2]'],
  numeric: ['numeric', 'i / 7.0'],
  float: ['float8', 'sqrt(i)'],
  time: ['timestamptz', `timestamptz '2026-01-14 03:00+00' + i * interval '1.5 s'`],
  mood: ['public.mood', `(ARRAY['fine', 'bad']::public.mood[])[1 + i % 2]`],
  positive: ['public.positive', 'i + 1'],
  large: [
    'text',
    `CASE WHEN i % 3 = 0 THEN (SELECT string_agg(md5(x::text || i), '') FROM generate_series(1, 400) x) END`,
  ],
} as const;

const tableCase = (index: number): fc.Arbitrary<TableCase> =>
  fc
    .record({
      key: fc.constantFrom('plain', 'plain', 'identity', 'serial', 'composite', 'none'),
      partitioned: fc.boolean(),
      unique: fc.constantFrom('none', 'plain', 'expression', 'partial', 'late', 'nulls alike', 'of a generated column'),
      body: fc.constantFrom(...(Object.keys(BODIES) as (keyof typeof BODIES)[])),
      generated: fc.boolean(),
      trigger: fc.boolean(),
      parent: fc.option(fc.nat(index), { nil: undefined }),
      onDelete: fc.constantFrom('CASCADE', 'SET NULL'),
      rows: fc.integer({ min: 4, max: 25 }),
    } as const)
    .map((one) => {
      // Unique rules of a partitioned table would have to include what it is partitioned by.
      const whole = one.partitioned ? ({ ...one, unique: 'none' } as const) : one;
      // Rows that are alike are told apart by counting: nothing refers to them, and they to nothing.
      return whole.key === 'none' ? { ...whole, unique: 'none', parent: undefined, partitioned: false } : whole;
    });

const place = (tables: number) => ({
  table: fc.nat(tables - 1),
  mod: fc.integer({ min: 2, max: 5 }),
  rest: fc.nat(4),
});

export const salvageCase: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 4 }).chain((tables) =>
  fc.record({
    tables: fc.tuple(...Array.from({ length: tables }, (_, index) => tableCase(index))),
    circle: fc.constantFrom('none', 'none', 'checked at once', 'checked late'),
    harm: fc.array(
      fc.record({
        do: fc.constantFrom('delete', 'delete', 'update', 'update', 'update twice', 'insert', 'steal'),
        ...place(tables),
      } as const),
      { minLength: 1, maxLength: 4 },
    ),
    later: fc.array(
      fc.record({
        do: fc.constantFrom(
          'insert',
          'insert a lost key',
          'take a code',
          'take a code',
          'take a code',
          'update',
          'update',
          'delete',
          'rewrite',
          'add column',
          'rename column',
          'drop column',
        ),
        ...place(tables),
      } as const),
      { maxLength: 6 },
    ),
  } as const),
) as fc.Arbitrary<Case>;
