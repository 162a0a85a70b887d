import type { BackupMethodName } from '../../model/plan.ts';
import { copiesOf, keepVerification } from './backup-copies.ts';
import { methodIn } from './backup-words.ts';
import { allSections, plain, type Section, type TableBlock } from './blocks.ts';
import { componentFor, kindIn } from './find-components.ts';
import { type Lines, spanOf } from './lines.ts';
import { componentsLike } from './match-component.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { keptFor, scheduleIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** How copies come to be: tables and lists that name how often, and for how long they are kept. */
export function findBackups(reading: Reading, isProcedure: (section: Section) => boolean): void {
  const walk = (section: Section, above: readonly Section[]): void => {
    const path = [...above, section];
    const about = path.some((one) => topicOf(one) === 'backups');
    for (const table of tablesOf(section)) readTable(reading, table, path);
    if (about && !isProcedure(section)) readLists(reading, path);
    else if (about && isProcedure(section)) readSchedule(reading, path);
    for (const child of section.sections) walk(child, path);
  };
  walk(reading.root, []);
}

const FREQUENCY = /frequency|schedule|how often|interval|every|cadence|^when|runs/i;
const SUBJECT = /component|system|resource|data|service|what|target|source|asset|item|store/i;
const RETENTION = /retention|kept|keep|retain|lifetime/i;

function readTable(reading: Reading, table: TableBlock, path: readonly Section[]): void {
  const frequency = columnOf(table, FREQUENCY);
  const retention = columnOf(table, RETENTION);
  const kind = columnOf(table, /method|type|backup$|what|how\b|tool/i);
  const subject = table.header.findIndex(
    (cell, index) => ![frequency, retention, kind].includes(index) && SUBJECT.test(plain(cell)),
  );
  const isBackup =
    retention !== undefined || (frequency !== undefined && table.header.some((cell) => /back-?up/i.test(cell)));
  if (!isBackup || (frequency === undefined && retention === undefined)) return;
  const rest = table.header
    .map((_cell, index) => index)
    .filter((index) => ![frequency, retention, kind].includes(index) && index !== subject);
  for (const row of table.rows) {
    const title = subject < 0 ? subjectIn(path) : cellOf(row, subject);
    if (title === undefined) continue;
    const note = rest.flatMap((index) => {
      const text = cellOf(row, index);
      return text === undefined ? [] : [`${plain(table.header[index] ?? '')}: ${text}`];
    });
    const method = cellOf(row, kind) ?? '';
    const [every, keep] = [cellOf(row, frequency), cellOf(row, retention)];
    const component = writePolicy(reading, { title, method, every, keep, note, lines: row.lines });
    if (component !== undefined) useRow(reading, row, [subject, frequency, retention, kind, ...rest]);
  }
}

interface Policy {
  readonly title: string;
  readonly method: string;
  readonly every: string | undefined;
  readonly keep: string | undefined;
  readonly note: readonly string[];
  readonly lines: Lines;
}

/** What words about databases mean when they are said of a bucket. */
const OF_BUCKETS = new Map<string, BackupMethodName>([['rds.replica', 's3.replication'], ['rds.automated', 's3.copy']]); // biome-ignore format: one list

/** Keeps a policy; what of it is no value goes into its note, so that all of it is there. Undefined when nobody knows of what it is. */
function writePolicy(reading: Reading, { title, method, every, keep, note, lines }: Policy): string | undefined {
  const { draft } = reading;
  const component = componentFor(reading, title, lines);
  if (component === undefined) return undefined;
  const at = ['components', component, 'backups', draft.count(['components', component, 'backups'])];
  const said = note.map((text) => text.replace(/^[^:]*: /, ''));
  const found = methodIn([method, title, ...said], isOnRds(reading, component));
  const kind = draft.read(['components', component, 'kind']);
  const name = kind?.kind === 'value' && kind.value === 'bucket' ? (OF_BUCKETS.get(found ?? '') ?? found) : found;
  draft.put([...at, 'method'], name ?? 'manual.copy', name ? lines : undefined);
  if (!name) reading.ask(`How exactly is "${title}" copied? manual.copy was assumed.`, lines);
  const [schedule, kept] = [every && scheduleIn(every), keep && keptFor(keep)];
  if (schedule) draft.put([...at, 'every'], schedule, lines);
  if (kept) draft.put([...at, 'keep'], kept, lines);
  copiesOf(reading, at, [method, ...note].join('; '), lines);
  const more = [
    ...(method ? [`Method: ${method}`] : []),
    ...(every && plain(every).toLowerCase() !== schedule?.toLowerCase() ? [`Frequency: ${plain(every)}`] : []),
    ...(keep ? [`Retention: ${plain(keep)}`] : []),
    ...note,
  ];
  if (more.length > 0) draft.put([...at, 'note'], more.join('; '), lines);
  return component;
}

/** Whether a database is one of RDS: its own words say so, or the commands that name it. */
function isOnRds({ draft }: Reading, component: string): boolean {
  const said = ['title', 'technology'].map((field) => draft.read(['components', component, field]));
  const words = said.map((node) => (node?.kind === 'value' ? String(node.value) : '')).join(' ');
  return (
    /\b(rds|aurora)\b/i.test(words) ||
    (draft.read(['domains', 'aws']) !== undefined && !/oracle|sql server|mongo|on-?prem/i.test(words))
  );
}

/** Lists below a heading about backups: of one kind of copy, or of several, one to a line. */
function readLists(reading: Reading, path: readonly Section[]): void {
  const section = path.at(-1) as Section;
  const title = subjectIn(path);
  for (const block of section.blocks.filter(({ kind }) => kind !== 'table')) {
    if (/verif|test|validat/i.test(section.title)) {
      if (block.kind === 'list') for (const item of block.items) keepVerification(reading, title, item);
      continue;
    }
    const pairs = pairsIn(block).filter(({ value }) => value !== '');
    const every = pairs.find(({ key }) => FREQUENCY.test(key));
    const keep = pairs.find(({ key }) => RETENTION.test(key));
    if (every || keep) readOne(reading, { title, section, pairs, every, keep });
    else for (const pair of pairs) readKind(reading, pair, path);
  }
}

interface One {
  readonly title: string;
  readonly section: Section;
  readonly pairs: readonly Pair[];
  readonly every: Pair | undefined;
  readonly keep: Pair | undefined;
}

/** `Frequency: daily`, `Retention: 7 days` below the heading of one kind of backup. */
function readOne(reading: Reading, { title, section, pairs, every, keep }: One): void {
  const others = pairs.filter((pair) => pair !== every && pair !== keep);
  const kinds = every
    ? []
    : others.filter(({ key }) => /versioning|replication|point-in-time|pitr|multi-az/i.test(key));
  if (kinds.length > 0) return void readKinds(reading, { title, section, pairs, every, keep }, kinds);
  const often = every
    ? plain(every.value)
    : others.map(({ value }) => plain(value)).find((value) => scheduleIn(value) !== undefined);
  const component = writePolicy(reading, {
    title,
    method: section.title,
    every: often,
    keep: keep && plain(keep.value),
    note: others.map(({ key, value }) => `${key}: ${plain(value)}`),
    lines: pairs.map(({ lines }) => lines).reduce(spanOf),
  });
  if (component !== undefined) for (const { lines, whole } of pairs) if (whole) reading.use(lines);
}

/** `Versioning: on`, `Replication: to the other region`, with one retention for the first of them. */
function readKinds(reading: Reading, { title, pairs, keep }: One, kinds: readonly Pair[]): void {
  for (const [index, { key, value, lines }] of kinds.entries()) {
    const kept = index === 0 && keep ? plain(keep.value) : undefined;
    const rest = index === 0 ? pairs.filter((pair) => pair !== keep && !kinds.includes(pair)) : [];
    const note = rest.map((pair) => `${pair.key}: ${plain(pair.value)}`);
    const from =
      index === 0
        ? pairs
            .filter((pair) => pair === keep || rest.includes(pair))
            .map((pair) => pair.lines)
            .reduce(spanOf, lines)
        : lines;
    const component = writePolicy(reading, {
      title,
      method: `${key}: ${plain(value)}`,
      every: undefined,
      keep: kept,
      note,
      lines: from,
    });
    if (component !== undefined)
      for (const pair of index === 0
        ? [...rest, ...(keep ? [keep] : []), ...kinds.slice(0, 1)]
        : kinds.slice(index, index + 1))
        if (pair.whole) reading.use(pair.lines);
  }
}

/** `RDS automated backups: every 6 hours, retained 30 days`, `Code: GitHub`: one kind of copy to a line. */
function readKind(reading: Reading, { key, value, lines, whole }: Pair, path: readonly Section[]): void {
  const text = plain(value);
  const [every, keep] = [scheduleIn(text), retentionIn(text)];
  const names = methodIn([key]) !== undefined || kindIn(key) !== 'other';
  if (every === undefined && keep === undefined && !(names && HOW.test(`${key} ${text}`))) return;
  if (/replicat|copied|copies/i.test(key) && addCopies(reading, subjectIn(path), text, lines))
    return void (whole && reading.use(lines));
  const own = withoutBackupWords(key);
  const title = own !== '' && (methodIn([own]) !== undefined || kindIn(own) !== 'other') ? own : subjectIn(path);
  const component = writePolicy(reading, {
    title,
    method: `${key}: ${text}`,
    every: every && text,
    keep,
    note: [],
    lines,
  });
  if (component !== undefined && whole) reading.use(lines);
}

/** `Cross-region replication: us-west-2` says where the copies of the policies above it live, too. */
function addCopies(reading: Reading, title: string, text: string, lines: Lines): boolean {
  const [component, ...others] = componentsLike(reading, title);
  if (component === undefined || others.length > 0) return false;
  const at = ['components', component, 'backups', reading.draft.count(['components', component, 'backups']) - 1];
  if (!reading.draft.read(at) || reading.draft.count([...at, 'copies']) > 0) return false;
  copiesOf(reading, at, text, lines);
  return reading.draft.count([...at, 'copies']) > 0;
}

/** How long copies are kept, where a line says more than that: `every 6 hours, retained 30 days`. */
function retentionIn(text: string): string | undefined {
  const [, behind, before] =
    /\b(?:retain\w*|retention|kept|keep)\W+(?:for\s+)?(\d+ ?\w+|indefinitely|forever)|(\d+[ -]?\w+) retention/i.exec(
      text,
    ) ?? [];
  const found = behind ?? before;
  return found === undefined || keptFor(found) === undefined ? undefined : found;
}

/** Words without which a line about a thing says nothing about its copies. */
const HOW =
  /back-?up|snapshot|replicat|version|dump|archiv|rotat|github|gitlab|\becr\b|\bs3\b|glacier|cop(y|ies)\b|retention|soft delete/i;

/** What a procedure about backups says of its schedule: a copy, or a proof that copies are of use. */
function readSchedule(reading: Reading, path: readonly Section[]): void {
  const section = path.at(-1) as Section;
  const pairs = allSections(section).flatMap(({ blocks }) => blocks.flatMap(pairsIn));
  const every = pairs.find(({ key, value }) => FREQUENCY.test(key) && scheduleIn(value) !== undefined);
  if (!every) return;
  const title = subjectIn(path);
  const schedule = scheduleIn(every.value) as string;
  if (/verif|test|validat/i.test(section.title)) {
    const component = componentFor(reading, title, every.lines);
    if (component === undefined) return;
    const at = ['components', component, 'backups', 0, 'verify', 0];
    if (!reading.draft.read(['components', component, 'backups', 0])) return;
    reading.draft.put([...at, 'how'], 'age');
    reading.draft.put([...at, 'every'], schedule, every.lines);
    reading.ask(
      `What does "${section.title}" prove of the copies of ${component}? Their age was assumed; \`restore\` is the only full proof.`,
      every.lines,
    );
  } else if (/runbook|procedure|script|job/i.test(section.title)) {
    reading.draft.put(['tasks', 'take-backups', 'title'], section.title, section.lines);
    reading.draft.put(['tasks', 'take-backups', 'every'], schedule, every.lines);
  } else
    writePolicy(reading, {
      title,
      method: withCommands(section),
      every: plain(every.value),
      keep: undefined,
      note: [],
      lines: every.lines,
    });
}

/** The title, and the command that takes the copy where it is one of those that tell. */
function withCommands(section: Section): string {
  const code = section.blocks.flatMap((block) => (block.kind === 'code' ? [block.text] : [])).join(' ');
  const [command] = /\b(create-db-snapshot|pg_dump|pg_basebackup|velero backup)\b/.exec(code) ?? [];
  return command === undefined ? section.title : `${section.title} (${command})`;
}

/** What a section about backups is about: `Automated RDS Backups` is about RDS; a title that names nothing has it from above. */
function subjectIn(path: readonly Section[]): string {
  const titles = path
    .filter(({ depth }) => depth > 1 || path.length === 1)
    .map(({ title }) => withoutBackupWords(title));
  return titles.findLast((words) => words !== '') ?? path.at(-1)?.title ?? 'All data';
}

const withoutBackupWords = (title: string): string =>
  plain(title)
    .replaceAll(
      /\b(automated|automatic|manual|daily|weekly|monthly|hourly|full|incremental|back-?ups?|snapshots?|pg_?dump|dumps?|logical|restore|recovery|verification|verify|strategy|strategies|policy|policies|schedules?|procedures?|process|runbook|overview|configuration|in place|current|data protection|and|of|the|&|for|cross-region|replication|retention|versioning|testing|tests?)\b/gi,
      ' ',
    )
    .replaceAll(/\([^)]*\)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^\W+|\W+$/g, '');
