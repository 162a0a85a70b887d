import { count } from '../actions/define.ts';
import { tableName } from '../rows/names.ts';
import type { CountedTable, Inventory } from './inventory.ts';
import { type Findings, noFindings, noneOf } from './proofs.ts';

export interface Compared {
  /** When the backup was taken. */
  readonly counted: Inventory;
  readonly restored: Inventory;
  /** Tables whose restored content is not exactly of the snapshot's moment, as `schema.table`, and why. */
  readonly blurred: ReadonlySet<string>;
  readonly whyBlurred: string;
  /** Why what differs may have changed after the copy and before the count: then only what is equal is proven. */
  readonly whyLoose?: string | undefined;
  /** A dump of one database: roles, other databases and their settings are not in it. */
  readonly rowsOnly?: boolean;
}

/** What a restore brought back, against what was counted in the backup's own snapshot. */
export function compareInventories(compared: Compared): Findings {
  const { counted: then, restored } = compared;
  const found = noFindings();
  if (compared.rowsOnly) {
    found.proofs.push(extensionsProof(then, restored));
    found.notLookedAt.push({ claim: 'every role is there', why: 'a dump of one database holds no roles' });
  } else found.proofs.push(sameDatabase(then, restored), ...namesProofs(then, restored), rolesProof(then, restored));
  compareTables(compared, found);
  compareNewest(compared, found);
  return found;
}

function sameDatabase(then: Inventory, restored: Inventory) {
  const faults = [
    ...(then.system === restored.system ? [] : [`it is of the system ${restored.system}, not ${then.system}`]),
    ...(then.database === restored.database ? [] : [`it is the database ${restored.database}, not ${then.database}`]),
    ...then.databases
      .filter((name) => !restored.databases.includes(name))
      .map((name) => `the database ${name} is missing`),
  ];
  return noneOf('it is the database that was backed up', faults, `${then.database} of the system ${then.system}`);
}

function namesProofs(then: Inventory, restored: Inventory) {
  const setting = ({ of, setting: text }: Inventory['settings'][number]) => `${of}: ${text}`;
  const collation = ({ name, version }: Inventory['collations'][number]) => `${name} ${version}`;
  return [
    extensionsProof(then, restored),
    same('the settings of databases and roles are there', then.settings.map(setting), restored.settings.map(setting)),
    same(
      'texts are sorted here as where the indexes were made (versions of collations)',
      then.collations.map(collation),
      restored.collations.map(collation),
    ),
  ];
}

function extensionsProof(then: Inventory, restored: Inventory) {
  const named = ({ name, version }: Inventory['extensions'][number]) => `${name} ${version}`;
  return same('the extensions are there', then.extensions.map(named), restored.extensions.map(named));
}

function same(claim: string, then: readonly string[], restored: readonly string[]) {
  const faults = [
    ...then.filter((one) => !restored.includes(one)).map((one) => `${one} is missing`),
    ...restored.filter((one) => !then.includes(one)).map((one) => `${one} was not there then`),
  ];
  return noneOf(claim, faults, then.length === 0 ? 'there were none' : then.join(', '));
}

function rolesProof(then: Inventory, restored: Inventory) {
  const faults = then.roles.flatMap((role) => {
    const now = restored.roles.find(({ name }) => name === role.name);
    if (now === undefined) return [`the role ${role.name} is missing`];
    const differs = now.login !== role.login || now.superuser !== role.superuser;
    return differs ? [`the role ${role.name} has other rights`] : [];
  });
  return noneOf('every role is there', faults, count(then.roles.length, 'role'));
}

function compareTables(compared: Compared, found: Findings): void {
  const { counted: then, restored, blurred, whyBlurred, whyLoose } = compared;
  const faults: string[] = [];
  let tables = 0;
  let rows = 0;
  for (const table of then.tables) {
    const name = tableName(table);
    const now = restored.tables.find((one) => one.schema === table.schema && one.name === table.name);
    const differs = now === undefined ? 'it is missing' : differenceOf(table, now);
    const loose = differs !== undefined && whyLoose !== undefined ? `${differs}; ${whyLoose}` : undefined;
    const why = (now && table.not) ?? (blurred.has(name) ? whyBlurred : loose);
    if (why !== undefined) {
      found.notLookedAt.push({ claim: `the content of ${name} is that of the backup's snapshot`, why });
      continue;
    }
    tables++;
    rows += table.rows ?? 0;
    if (differs !== undefined) faults.push(now === undefined ? `the table ${name} is missing` : `${name}: ${differs}`);
  }
  const sampled = then.tables.filter(({ percent }) => percent !== undefined).length;
  const sample = sampled === 0 ? '' : `; of ${count(sampled, 'large table')} a share of the blocks only`;
  const seen = `${count(tables, 'table')}, ${count(rows, 'row')} counted and compared by content${sample}`;
  if (then.tables.length === 0)
    found.proofs.push({ claim: TABLES_CLAIM, held: false, observed: 'there was no table at all when it was taken' });
  else if (tables > 0 || faults.length > 0) found.proofs.push(noneOf(TABLES_CLAIM, faults, seen));
}

const TABLES_CLAIM = "every table has the rows that it had in the backup's snapshot";

function differenceOf(then: CountedTable, now: CountedTable): string | undefined {
  if (now.not !== undefined) return `it cannot be read: ${now.not}`;
  if (then.rows !== now.rows) {
    const lost =
      then.persistence === 'u' || now.persistence === 'u' ? ' (it is unlogged: no backup holds its rows)' : '';
    return `${now.rows} rows instead of ${then.rows}${lost}`;
  }
  return then.sum === now.sum ? undefined : `${count(then.rows ?? 0, 'row')}, but not the same content`;
}

function compareNewest({ counted: then, restored, blurred, whyBlurred, whyLoose }: Compared, found: Findings): void {
  for (const { table, column, value } of then.newest) {
    const claim = `the newest row of ${table} (${column}) is there`;
    const now = restored.newest.find((one) => one.table === table && one.column === column);
    const loose = now?.value !== value ? whyLoose : undefined;
    const why = blurred.has(table) ? whyBlurred : loose;
    if (why !== undefined) found.notLookedAt.push({ claim, why });
    else
      found.proofs.push({
        claim,
        held: now !== undefined && now.value === value && value !== null,
        observed:
          now === undefined ? 'it cannot be read' : `${now.value ?? 'no row'}; then it was ${value ?? 'no row'}`,
      });
  }
}
