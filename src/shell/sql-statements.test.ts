import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calls, hasWords, sqlStatements } from './sql-statements.ts';

const said = (sql: string): readonly string[] => sqlStatements(sql).map(({ text }) => text);

describe('sqlStatements', () => {
  test('splits at semicolons outside of quotes, comments and dollar quotes', () => {
    expect(said(`SELECT ';' ; -- a;b\nSELECT "x;y" /* ; */ FROM t; DO $do$ BEGIN; END $do$;`)).toEqual([
      `SELECT ';'`,
      `SELECT "x;y" /* ; */ FROM t`,
      'DO $do$ BEGIN; END $do$',
    ]);
    expect(said(' ; ;\n')).toEqual([]);
    expect(said("SELECT 'open; and more")).toEqual(["SELECT 'open; and more"]);
  });

  test('commands of psql end with their line', () => {
    const [copy, rest] = sqlStatements("\\copy (SELECT * FROM a\nWHERE id IN (1)) TO 'x'");
    expect([copy?.meta, copy?.text]).toEqual(['copy', '\\copy (SELECT * FROM a']);
    expect(rest?.text).toBe("WHERE id IN (1)) TO 'x'");
    expect(sqlStatements('\\set ON_ERROR_STOP on\nSELECT 1').map(({ meta }) => meta)).toEqual(['set', undefined]);
  });

  test('words are small, names and texts are as they were meant, and offsets point into the text', () => {
    const sql = `SELECT "Max", 'it''s', 1.5 FROM Public.T`;
    const [one] = sqlStatements(sql);
    expect(one?.tokens.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'word select', 'name Max', 'symbol ,', "text it's", 'symbol ,', 'number 1.5', 'word from', 'word public', 'symbol .', 'word t',
    ]); // biome-ignore format: one list
    expect(one?.tokens.map(({ at }) => sql[at]).join('')).toBe(`S",',1FP.T`);
  });

  test('finds words that follow each other, and calls', () => {
    const [one] = sqlStatements('DELETE  FROM t WHERE pg_cancel_backend (1)');
    expect(one && [hasWords(one, 'delete', 'from'), hasWords(one, 'from', 'delete')]).toEqual([true, false]);
    expect(one && [calls(one, 'pg_cancel_backend'), calls(one, 't')]).toEqual([true, false]);
  });

  test('never throws, and always ends', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`';"$\\-/* a(\n`), maxLength: 40 }), (sql) => {
        expect(sqlStatements(sql).every(({ tokens }) => tokens.length >= 0)).toBe(true);
      }),
    ));
});
