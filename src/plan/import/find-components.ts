import { plain } from './blocks.ts';
import type { Lines } from './lines.ts';
import { componentsLike } from './match-component.ts';
import { nameFor, type Reading, slug } from './reading.ts';

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/replica\b/i, 'replica'],
  [/secret|vault|credential/i, 'secrets'],
  [/redis|cache|memcache/i, 'cache'],
  [/elastic(?! ?load)|opensearch|search|solr/i, 'search'],
  [/queue|sqs|kafka|rabbit|message/i, 'queue'],
  [/database|postgres|mysql|\brds\b|\bdb\b|\bsql\b|mongo|aurora/i, 'database'],
  [/front-?end|website|web app|\bui\b|vercel|cloudfront|\bcdn\b/i, 'frontend'],
  [/image|registry|\becr\b|container registry/i, 'registry'],
  [/\bdns\b|route ?53|domain names?/i, 'dns'],
  [/load balancer|\balb\b|\belb\b|ingress/i, 'load-balancer'],
  [/certificate|\bacm\b/i, 'certificate'],
  [/bastion|jump host/i, 'bastion'],
  [/\bs3\b|bucket|object|file|media|storage|upload|asset/i, 'bucket'],
  [/terraform|infrastructure|iac\b|config/i, 'infrastructure-state'],
  [/worker|background|job/i, 'worker'],
  [/\bapi\b|application|backend|\becs\b|fargate/i, 'container-service'],
  [/kubernetes|\beks\b|\bgke\b|\bk8s\b|etcd|cluster/i, 'cluster'],
  [/source|\bcode\b|\bgit/i, 'source'],
  [/dependenc|packages?\b|npm/i, 'package-cache'],
  [/monitor|grafana|prometheus|logging|alert/i, 'monitoring'],
  [/auth|identity|iam\b|sso\b/i, 'identity'],
  [/\bvpc\b|network|nat gateway|security group|firewall/i, 'network'],
  [/pipeline|\bci\b|ci\/cd/i, 'pipeline'],
  [/service|server|\bapp\b|payment/i, 'container-service'],
];

/** The kind that words name; `other` when they name none. */
export const kindIn = (words: string): string => KINDS.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';

/** The component of that title, made when it is new. Its kind is guessed from the words, or from what it is made of, and said to be. */
export function componentOf(reading: Reading, written: string, from: Lines, technology = ''): string {
  const known = sameComponent(reading, written);
  if (known !== undefined) return known;
  const kind = [written, technology]
    .map((words) => kindIn(withoutBrackets(plain(words))))
    .find((one) => one !== 'other');
  return newComponent(reading, plain(written), kind ?? 'other', from);
}

/** Makes a component, whatever others are called. */
export function newComponent({ draft }: Reading, title: string, kind: string, from: Lines): string {
  const name = nameFor(withoutBrackets(title), draft.keys(['components']));
  draft.put(['components', name, 'kind'], kind === 'other' ? kindIn(title) : kind);
  draft.put(['components', name, 'title'], title, from);
  return name;
}

const withoutBrackets = (title: string): string => title.replace(/\s*\([^)]*\)$/, '');

function sameComponent({ draft }: Reading, written: string): string | undefined {
  const name = slug(withoutBrackets(plain(written)));
  return draft.keys(['components']).find((known) => known === name);
}

/**
 * The component that words speak of; made when it is new. Undefined, and asked about, when they fit several. Rows of one table are
 * things apart: `apart` are its lines.
 */
export function componentFor(
  reading: Reading,
  written: string,
  from: Lines,
  apart?: Lines,
  technology?: string,
): string | undefined {
  const same = sameComponent(reading, written);
  if (same !== undefined) return same;
  const like = componentsLike(reading, written).filter((name) => !apart || !isWithin(reading, name, apart));
  const [only, ...others] = like;
  if (others.length > 0) {
    reading.ask(`Which one is meant by "${plain(written)}": ${[only, ...others].join(', ')}?`, from);
    return undefined;
  }
  return only ?? componentOf(reading, written, from, technology);
}

function isWithin({ draft }: Reading, name: string, { first, last }: Lines): boolean {
  const title = draft.read(['components', name, 'title']);
  return title?.kind === 'value' && title.from !== undefined && title.from.first >= first && title.from.last <= last;
}
