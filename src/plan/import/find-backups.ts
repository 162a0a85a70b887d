import { plain, type Section, type TableBlock } from './blocks.ts';
import { componentOf } from './find-components.ts';
import { type Lines, spanOf } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { keptFor, scheduleIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';
import { topicOf } from './topics.ts';

/** How copies come to be: tables and lists that name how often, and for how long they are kept. */
export function findBackups(reading: Reading): void {
  const walk = (section: Section, inside: boolean): void => {
    const about = inside || topicOf(section) === 'backups';
    for (const table of tablesOf(section)) readTable(reading, table, section);
    if (about) readList(reading, section);
    for (const child of section.sections) walk(child, about);
  };
  walk(reading.root, false);
}

const METHODS: readonly (readonly [RegExp, string])[] = [
  [/multi-?az|standby/i, 'rds.multi_az'],
  [/point[- ]in[- ]time|pitr|transaction log/i, 'rds.point_in_time'],
  [/\bwal\b|write-ahead/i, 'postgres.wal_archive'],
  [/pg_?dump|logical|sql dump|\bdump/i, 'postgres.dump'],
  [/base ?backup/i, 'postgres.base_backup'],
  [/rotation/i, 'secrets.rotation'],
  [/versioning|version/i, 's3.versioning'],
  [/cross-region replication|\bcrr\b|bucket.*replicat|replicat.*bucket/i, 's3.replication'],
  [/replica\b/i, 'rds.replica'],
  [/velero/i, 'velero.backup'],
  [/etcd/i, 'etcd.snapshot'],
  [/redis|elasticache|cache/i, 'redis.snapshot'],
  [/elastic|opensearch|search/i, 'elasticsearch.snapshot'],
  [/terraform|state|infrastructure/i, 'terraform.state'],
  [/\bgit|source|\bcode\b/i, 'git.repository'],
  [/image|\becr\b|registry/i, 'registry.images'],
  [/secret/i, 'secrets.replica'],
  [/manual.*snapshot|snapshot.*manual/i, 'rds.snapshot'],
  [/\brds\b|automated|database|postgres|mysql|\bdb\b/i, 'rds.automated'],
  [/\bs3\b|bucket|media|file|object/i, 's3.copy'],
  [/kubernetes|configmap|manifest/i, 'kubernetes.export'],
  [/npm|package|dependenc/i, 'package.cache'],
];

const FREQUENCY = /frequency|schedule|how often|interval|every|cadence|when/i;
const SUBJECT = /component|system|resource|data|service|what|target|source|asset|item|store/i;
const RETENTION = /retention|kept|keep|retain|lifetime/i;

function readTable(reading: Reading, table: TableBlock, section: Section): void {
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
    const title = subject < 0 ? subjectOf(section) : cellOf(row, subject);
    if (title === undefined) continue;
    const note = rest.flatMap((index) => {
      const text = cellOf(row, index);
      return text === undefined ? [] : [`${plain(table.header[index] ?? '')}: ${text}`];
    });
    policy(reading, {
      title,
      method: cellOf(row, kind) ?? '',
      every: cellOf(row, frequency),
      keep: cellOf(row, retention),
      note,
      lines: row.lines,
    });
    useRow(reading, row, [subject, frequency, retention, kind, ...rest]);
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

/** Keeps a policy; what of it is no value goes into its note, so that all of the row is there. */
function policy(reading: Reading, { title, method, every, keep, note, lines }: Policy): void {
  const { draft } = reading;
  const component = componentOf(reading, title, lines);
  const at = ['components', component, 'backups', draft.count(['components', component, 'backups'])];
  const words = [method, title, ...note];
  const found = words
    .map((text) => METHODS.find(([pattern]) => pattern.test(text))?.[1])
    .find((name) => name !== undefined);
  draft.put([...at, 'method'], found ?? 'manual.copy', lines);
  reading.ask(`How exactly is "${title}" copied? ${found ?? 'manual.copy'} was concluded from the words.`, lines);
  const [schedule, kept] = [every && scheduleIn(every), keep && keptFor(keep)];
  if (schedule) draft.put([...at, 'every'], schedule, lines);
  if (kept) draft.put([...at, 'keep'], kept, lines);
  const more = [
    ...(method ? [`Method: ${method}`] : []),
    ...(every && plain(every).toLowerCase() !== schedule?.toLowerCase() ? [`Frequency: ${plain(every)}`] : []),
    ...(keep ? [`Retention: ${plain(keep)}`] : []),
    ...note,
  ];
  if (more.length > 0) draft.put([...at, 'note'], more.join('; '), lines);
}

/** `Frequency: daily`, `Retention: 7 days` below the heading of one kind of backup. */
function readList(reading: Reading, section: Section): void {
  for (const block of section.blocks.filter(({ kind }) => kind !== 'table')) {
    const pairs = pairsIn(block).filter(({ value }) => value !== '');
    const every = pairs.find(({ key }) => FREQUENCY.test(key));
    const keep = pairs.find(({ key }) => RETENTION.test(key));
    if (!every && !keep) continue;
    policy(reading, {
      title: subjectOf(section),
      method: '',
      every: every && plain(every.value),
      keep: keep && plain(keep.value),
      note: [
        section.title,
        ...pairs.filter((pair) => pair !== every && pair !== keep).map(({ key, value }) => `${key}: ${plain(value)}`),
      ],
      lines: pairs.map(({ lines }) => lines).reduce(spanOf),
    });
    for (const { lines, whole } of pairs) if (whole) reading.use(lines);
  }
}

/** What a section about backups is about: `Automated RDS Backups` is about RDS. */
function subjectOf({ title }: Section): string {
  const words = title
    .replaceAll(/\b(automated|automatic|back-?ups?|strategy|policy|policies|schedules?|procedures?|and|&)\b/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^\W+|\W+$/g, '');
  return words === '' ? title : words;
}
