import { plain } from './blocks.ts';
import type { Lines } from './lines.ts';
import { nameFor, type Reading, slug } from './reading.ts';

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/replica\b/i, 'replica'],
  [/secret|vault|credential/i, 'secrets'],
  [/terraform|infrastructure|iac\b|config/i, 'infrastructure-state'],
  [/redis|cache|memcache/i, 'cache'],
  [/elastic|opensearch|search|solr/i, 'search'],
  [/queue|sqs|kafka|rabbit|message/i, 'queue'],
  [/\bs3\b|bucket|object|file|media|storage|upload|asset/i, 'bucket'],
  [/database|postgres|mysql|rds\b|\bdb\b|\bsql\b|mongo|aurora/i, 'database'],
  [/kubernetes|\beks\b|\bgke\b|\bk8s\b|etcd|cluster/i, 'cluster'],
  [/worker|background|job/i, 'worker'],
  [/image|registry|\becr\b|container registry/i, 'registry'],
  [/source|\bcode\b|\bgit/i, 'source'],
  [/front-?end|website|web app|\bui\b|vercel/i, 'frontend'],
  [/\bdns\b|route ?53|domain/i, 'dns'],
  [/load balancer|\balb\b|\belb\b|ingress/i, 'load-balancer'],
  [/monitor|grafana|prometheus|logging|alert/i, 'monitoring'],
  [/auth|identity|iam\b|sso\b/i, 'identity'],
  [/\bapi\b|application|service|backend|server|\bapp\b|ecs\b|payment/i, 'container-service'],
];

/** The component of that title, made when it is new. Its kind is guessed from the words, and said to be. */
export function componentOf({ draft }: Reading, written: string, from: Lines): string {
  const title = plain(written).replace(/\s*\([^)]*\)$/, '');
  const known = draft.keys(['components']).find((name) => name === slug(title));
  if (known !== undefined) return known;
  const name = nameFor(title, draft.keys(['components']));
  draft.put(['components', name, 'kind'], KINDS.find(([words]) => words.test(title))?.[1] ?? 'other');
  draft.put(['components', name, 'title'], plain(written), from);
  return name;
}

const NO_NAME = new Set(
  'the a an of and or in on to for from by with complete total partial full primary production data loss lost failure failed outage down restore restoration recovery recover scenario system service critical non all any is after bad accidental accidentally deleted deletion corruption corrupted disaster backup backups procedure runbook'.split(
    ' ',
  ),
);

/** The words of a title that tell one thing from another. */
export const tellingWords = (title: string): readonly string[] =>
  (
    plain(title)
      .toLowerCase()
      .match(/[a-z0-9]{2,}/g) ?? []
  )
    .map((word) => SAME_AS.get(word) ?? word)
    .filter((word) => !NO_NAME.has(word));

const SAME_AS = new Map([['db', 'database'], ['rds', 'database'], ['postgresql', 'database'], ['postgres', 'database'], ['databases', 'database'], ['files', 'file'], ['k8s', 'kubernetes'], ['eks', 'kubernetes'], ['app', 'application'], ['rollback', 'deployment']]); // biome-ignore format: one list

/** Components that share a telling word with a title. */
export const componentsIn = ({ draft }: Reading, title: string): readonly string[] => {
  const words = tellingWords(title);
  return draft.keys(['components']).filter((name) => {
    const node = draft.read(['components', name, 'title']);
    const own = tellingWords(node?.kind === 'value' ? String(node.value) : name);
    return own.some((word) => words.includes(word));
  });
};
