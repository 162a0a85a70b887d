import { escapeIdentifier } from 'pg';
import { BODIES, type Case, type Harm, type Later, type TableCase } from './cases.ts';

/** A case in a schema of its own. Names are as awkward as they may be. */
export interface Built {
  readonly schema: string;
  readonly tables: readonly BuiltTable[];
}

export interface BuiltTable extends TableCase {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly keys: readonly string[];
  /** Names of columns without generated ones, as they were at first. */
  readonly columns: readonly string[];
}

const q = escapeIdentifier;
const BODY = 'Body "ä"';

export function build(number: number, { tables }: Case): Built {
  const schema = `case ${number} "ß"`;
  return {
    schema,
    tables: tables.map((table, index) => {
      const name = `T${index} 'x" 名`;
      const keys = keysOf(table);
      const refers =
        table.parent === undefined ? [] : keysOf(tables[table.parent] as TableCase).map((key) => `ref ${key}`);
      const usable = table.parent !== undefined && (tables[table.parent] as TableCase).key === 'none' ? [] : refers;
      const circle = index === 0 ? ['back'] : [];
      return {
        ...table,
        number: index,
        name,
        keys,
        sql: `${q(schema)}.${q(name)}`,
        columns: [...COLUMNS, ...usable, ...circle],
      };
    }),
  };
}

function keysOf({ key, partitioned }: TableCase): readonly string[] {
  if (key === 'none') return [];
  return ['id', ...(key === 'composite' ? ['B ü'] : []), ...(partitioned ? ['part'] : [])];
}

const COLUMNS = ['id', 'B ü', 'part', 'n', 'code', BODY];

/** Makes the schema with all its rows. */
export function createSql({ schema, tables }: Built, { circle }: Case): string {
  const made = tables.map((table) => createTable(table, tables));
  const last = tables.at(-1) as BuiltTable;
  const [first] = tables as [BuiltTable];
  const mayCircle = circle !== 'none' && last.keys.length === 1 && last !== first && first.key !== 'none';
  const back = mayCircle
    ? `UPDATE ${first.sql} SET back = 1 + id % ${last.rows} WHERE id % 3 = 0;
       ALTER TABLE ${first.sql} ADD CONSTRAINT "b'ack" FOREIGN KEY (back) REFERENCES ${last.sql} (id) ON DELETE SET NULL
         ${circle === 'checked late' ? 'DEFERRABLE INITIALLY DEFERRED' : ''};`
    : '';
  return `CREATE SCHEMA ${q(schema)}; CREATE TABLE ${q(schema)}.log (line text);
    CREATE FUNCTION ${q(schema)}.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO ${q(schema)}.log VALUES (TG_TABLE_NAME || TG_OP); RETURN NULL; END $$;
    ${made.join('\n')} ${back} ${tables.map((table) => triggerSql(schema, table)).join('\n')}`;
}

function createTable(table: BuiltTable, all: readonly BuiltTable[]): string {
  const { sql, key, keys, partitioned, rows } = table;
  const [type, value] = BODIES[table.body];
  const id = {
    plain: 'int',
    composite: 'int',
    none: 'int',
    serial: 'serial',
    identity: 'int GENERATED ALWAYS AS IDENTITY',
  }[key];
  const parent = table.parent === undefined ? undefined : (all[table.parent] as BuiltTable);
  const refers = parent === undefined ? [] : parent.keys.map((name) => `ref ${name}`);
  const types: Readonly<Record<string, string>> = { 'ref id': 'int', 'ref B ü': 'text', 'ref part': 'int' };
  const columns = [
    `id ${id}`,
    '"B ü" text',
    'part int',
    'n int',
    'code text',
    `${q(BODY)} ${type}`,
    ...refers.map((name) => `${q(name)} ${types[name]}`),
    ...(table.number === 0 ? ['back int'] : []),
    ...(table.generated || table.unique === 'of a generated column'
      ? [`twice text GENERATED ALWAYS AS (code || '!') STORED`]
      : []),
    ...(keys.length > 0 ? [`PRIMARY KEY (${keys.map(q).join(', ')})`] : []),
    ...(parent && refers.length > 0
      ? [
          `FOREIGN KEY (${refers.map(q).join(', ')}) REFERENCES ${parent.sql} (${parent.keys.map(q).join(', ')}) ON DELETE ${table.onDelete}`,
        ]
      : []),
  ];
  const self = parent === table;
  const target = parent === undefined ? '' : self ? 'i / 2' : `1 + i * 7 % ${parent.rows}`;
  const values: Readonly<Record<string, string>> = {
    'ref id': target,
    'ref B ü': `'k' || (${target}) % 3`,
    'ref part': `(${target}) % 2`,
  };
  const has = self ? 'i > 1' : 'i % 4 > 0';
  const names = ['id', '"B ü"', 'part', 'n', 'code', q(BODY), ...refers.map(q)];
  const alike = key === 'none' ? 'i % 3' : 'i';
  return `CREATE TABLE ${sql} (${columns.join(', ')}) ${partitioned ? 'PARTITION BY LIST (part)' : ''};
    ${partitioned ? [0, 1].map((part) => `CREATE TABLE ${sql.slice(0, -1)}_${part}" PARTITION OF ${sql} FOR VALUES IN (${part});`).join(' ') : ''}
    ${uniqueSql(table)}
    INSERT INTO ${sql} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT i, 'k' || i % 3, i % 2, i, CASE WHEN i % 6 = 0 ${table.unique === 'nulls alike' ? 'AND i < 7' : ''} THEN NULL ELSE 'Code' || i END, ${value}
      ${refers.map((name) => `, CASE WHEN ${has} THEN ${values[name]} END`).join('')}
    FROM (SELECT ${alike} AS i FROM generate_series(1, ${rows}) i ORDER BY 1) AS numbered;`;
}

function uniqueSql({ sql, unique }: BuiltTable): string {
  switch (unique) {
    case 'none':
      return '';
    case 'plain':
      return `ALTER TABLE ${sql} ADD UNIQUE (code);`;
    case 'expression':
      return `CREATE UNIQUE INDEX ON ${sql} (lower(code), (n > -1));`;
    case 'partial':
      return `CREATE UNIQUE INDEX ON ${sql} (code) WHERE n < 2000;`;
    case 'late':
      return `ALTER TABLE ${sql} ADD UNIQUE (code) DEFERRABLE INITIALLY DEFERRED;`;
    case 'nulls alike':
      return `ALTER TABLE ${sql} ADD UNIQUE NULLS NOT DISTINCT (code);`;
    case 'of a generated column':
      return `CREATE UNIQUE INDEX ON ${sql} (twice);`;
  }
}

const triggerSql = (schema: string, { sql, trigger }: BuiltTable): string =>
  trigger
    ? `CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ${sql} FOR EACH ROW EXECUTE FUNCTION ${q(schema)}.note();`
    : '';

const tableOf = ({ tables }: Built, { table }: { table: number }): BuiltTable =>
  tables[table % tables.length] as BuiltTable;

/** Statements of the one transaction that does the harm; each may fail, and then only what it would have done is missing. */
export function harmSql(built: Built, harm: Harm, step: number): readonly string[] {
  const { sql } = tableOf(built, harm);
  const some = `WHERE id % ${harm.mod} = ${harm.rest % harm.mod}`;
  switch (harm.do) {
    case 'delete':
      return [`DELETE FROM ${sql} ${some}`];
    case 'update':
      return [`UPDATE ${sql} SET n = n + 1000, code = 'harm${step} ' || id ${some}`];
    case 'update twice':
      return [`UPDATE ${sql} SET n = n + 1 ${some}`, `UPDATE ${sql} SET n = -n ${some}`];
    case 'insert':
      return [insertSql(built, { ...harm, id: 500 + step, code: `'harmful ${step}'` })];
    case 'steal':
      return [
        `DELETE FROM ${sql} WHERE id = ${1 + harm.rest}`,
        `UPDATE ${sql} SET code = 'Code${1 + harm.rest}' WHERE id = ${2 + harm.rest}`,
      ];
  }
}

const insertSql = (built: Built, { id, code, ...place }: { id: number; code: string; table: number }): string =>
  `INSERT INTO ${tableOf(built, place).sql} (id, "B ü", part, n, code) OVERRIDING SYSTEM VALUE VALUES (${id}, 'k${id % 3}', ${id % 2}, 7, ${code})`;

/** One statement of somebody who works on; it may fail, like anybody's. Undefined where it makes no sense. */
export function laterSql(built: Built, later: Later, step: number): string | undefined {
  const table = tableOf(built, later);
  const some = `WHERE id % ${later.mod} = ${later.rest % later.mod}`;
  const alike = table.key === 'none';
  switch (later.do) {
    case 'insert':
      return insertSql(built, { ...later, id: 600 + step, code: `'later ${step}'` });
    case 'insert a lost key':
      return alike ? undefined : insertSql(built, { ...later, id: 1 + later.rest, code: `'later ${step}'` });
    case 'take a code':
      return alike ? undefined : insertSql(built, { ...later, id: 700 + step, code: `'Code${1 + later.rest}'` });
    case 'update':
      return alike ? undefined : `UPDATE ${table.sql} SET n = n + 7 ${some}`;
    case 'delete':
      return alike ? undefined : `DELETE FROM ${table.sql} ${some}`;
    case 'rewrite':
      return alike || table.partitioned ? undefined : `VACUUM FULL ${table.sql}`;
    case 'add column':
      return `ALTER TABLE ${table.sql} ADD "added ${step}" int NOT NULL DEFAULT 5`;
    case 'rename column':
      return alike ? undefined : `ALTER TABLE ${table.sql} RENAME ${q(BODY)} TO renamed`;
    case 'drop column':
      return alike ? undefined : `ALTER TABLE ${table.sql} DROP ${q(BODY)}`;
  }
}

/** Today's names of the columns of a table; those that are gone are left out. */
export const RENAMED: Readonly<Record<string, string>> = { [BODY]: 'renamed' };
