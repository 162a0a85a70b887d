import type { BackupMethodName } from '../../model/plan.ts';
import { scheduleIn } from './read-values.ts';

const METHODS: readonly (readonly [RegExp, BackupMethodName])[] = [
  [/multi-?az|standby/i, 'rds.multi_az'],
  [/manual.*snapshot|snapshot.*manual|create-db-snapshot/i, 'rds.snapshot'],
  [/point[- ]in[- ]time|pitr|transaction logs?/i, 'rds.point_in_time'],
  [/\bwal\b|write-ahead/i, 'postgres.wal_archive'],
  [/pg_?dump|logical|sql dump|\bdump/i, 'postgres.dump'],
  [/base ?backup|pgbackrest|barman|wal-g/i, 'postgres.base_backup'],
  [/rotation/i, 'secrets.rotation'],
  [/velero/i, 'velero.backup'],
  [/etcd/i, 'etcd.snapshot'],
  [/versioning|versioned/i, 's3.versioning'],
  [
    /bucket replication|\bcrr\b|replicat\w* (bucket|of the bucket|objects)|(bucket|s3|files?|media)\b.*replicat/i,
    's3.replication',
  ],
  [/replica\b|replication/i, 'rds.replica'],
  [/redis|elasticache|cache/i, 'redis.snapshot'],
  [/elasticsearch|opensearch|search/i, 'elasticsearch.snapshot'],
  [/\brds\b|aurora/i, 'rds.automated'],
  [/image|\becr\b|registry/i, 'registry.images'],
  [/secret/i, 'secrets.replica'],
  [/terraform|tfstate|state file/i, 'terraform.state'],
  [/\bgit\b|github|gitlab|source|\bcode\b|repositor/i, 'git.repository'],
  [/infrastructure/i, 'terraform.state'],
  [/kubernetes|configmap|manifest/i, 'kubernetes.export'],
  [/npm|packages?\b|dependenc/i, 'package.cache'],
  [/\bs3\b|bucket|blob|(file|object) storage|media files/i, 's3.copy'],
];

/** What can only be meant of a managed database where the document speaks of no other. */
const MANAGED = /automated|database|\bdb\b|postgres|mysql/i;

/** The way of copying that words name; those that say it best come first. */
export const methodIn = (words: readonly string[], onRds = false): BackupMethodName | undefined =>
  words
    .map(
      (text) =>
        METHODS.find(([pattern]) => pattern.test(text))?.[1] ??
        (onRds && MANAGED.test(text) ? 'rds.automated' : undefined),
    )
    .find((method) => method !== undefined);

type Storage = 'infrequent' | 'archive-instant' | 'archive' | 'deep-archive';

const STORAGE: readonly (readonly [RegExp, Storage])[] = [
  [/deep[ _-]?archive/i, 'deep-archive'],
  [/glacier[ _-](instant|ir)|instant retrieval/i, 'archive-instant'],
  [/glacier|archive (tier|storage|class)|coldline/i, 'archive'],
  [/standard[_-]?ia|infrequent|nearline/i, 'infrequent'],
];

export const storageIn = (text: string): Storage | undefined => STORAGE.find(([form]) => form.test(text))?.[1];

/** With whose key copies are encrypted, when that is said. */
export const encryptionIn = (text: string): 'no' | 'own-key' | 'provider' | undefined => {
  if (/\b(un-?encrypted|not encrypted|no encryption)\b/i.test(text)) return 'no';
  if (/\b(customer[- ]managed|cmk|own key|gpg|age key|sops)\b/i.test(text)) return 'own-key';
  return /\bencrypt(ed|ion)\b|\bkms\b|\baes-?256\b|\bsse-/i.test(text) ? 'provider' : undefined;
};

/** How copies are proven, and how often, where words say it: `Weekly restore to staging`. */
export function verificationIn(
  text: string,
): { readonly how: string; readonly every?: string; readonly into?: string } | undefined {
  const how = /\brestor\w*|recover\w* test|dr drill/i.test(text)
    ? 'restore'
    : /checksum|integrity|hash/i.test(text)
      ? 'checksum'
      : /quer(y|ies)|row counts?/i.test(text)
        ? 'queries'
        : /\bage\b|younger|older|recent|fresh/i.test(text)
          ? 'age'
          : /\b(list|exist|present|verif\w*|check\w*)/i.test(text)
            ? 'listing'
            : undefined;
  if (how === undefined) return undefined;
  const every = scheduleIn(text);
  const [, into] =
    /\b(?:to|in|into|on)\s+(?:the\s+)?(staging|test|non-?prod(?:uction)?|drill|scratch)\b/i.exec(text) ?? [];
  return {
    how,
    ...(every === undefined ? {} : { every }),
    ...(into === undefined ? {} : { into: into.toLowerCase() }),
  };
}
