import { plain, spoken } from './blocks.ts';
import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';
import { remembering } from './remember.ts';
import { indexing, type WordIndex } from './word-index.ts';

/** Words that name the same sort of thing. A plan calls its database `Database`, `Orders DB` or `RDS`. */
const FAMILIES: readonly (readonly [string, string])[] = [
  [
    'database',
    'db database databases postgres postgresql rds mysql aurora mariadb sql mongo mongodb dynamodb cockroachdb oracle',
  ],
  ['replica', 'replica replicas'],
  ['cache', 'cache caches caching redis elasticache memcached memorystore valkey'],
  ['search', 'elasticsearch opensearch search solr elastic'],
  ['queue', 'queue queues sqs kafka rabbitmq mq nats'],
  ['files', 's3 bucket buckets file files media object objects storage uploads upload assets blob gcs attachments'],
  ['cluster', 'kubernetes k8s eks gke aks etcd cluster velero'],
  ['source', 'code git github gitlab source repository repositories repo'],
  ['images', 'image images docker ecr registry artifacts'],
  ['secrets', 'secret secrets vault credentials keys'],
  ['infrastructure', 'infrastructure terraform iac configuration config configurations'],
  ['frontend', 'frontend website web ui vercel cloudfront cdn static'],
  ['dns', 'dns route53 domain domains'],
  ['load-balancer', 'alb elb nlb balancer ingress haproxy'],
  ['identity', 'auth authentication identity iam sso okta'],
  ['monitoring', 'monitoring grafana prometheus logging logs alerting'],
  ['worker', 'worker workers jobs background'],
  [
    'application',
    'application applications app apps backend api service services server servers ecs fargate endpoints',
  ],
];

const FAMILY_OF = new Map(FAMILIES.flatMap(([family, words]) => words.split(' ').map((word) => [word, family])));

const FAMILY_OF_KIND = new Map([['postgres', 'database'], ['bucket', 'files'], ['container-service', 'application'], ['workload', 'application'], ['service', 'application'], ['registry', 'images'], ['infrastructure-state', 'infrastructure'], ['parameters', 'secrets']]); // biome-ignore format: one list

export const familyOfKind = (kind: string): string => FAMILY_OF_KIND.get(kind) ?? kind;

/** Words that are in every title, and tell nothing from nothing. */
const NO_NAME = new Set(
  'the a an of and or in on to for from by with at is are be as it its our this that how what when if complete total partial full primary production prod data loss lost failure failures failed fails failing outage outages down restore restored restoring restoration recovery recover recovering recovered scenario scenarios system systems critical non all any after bad accidental accidentally deleted deletion deleting delete corruption corrupted disaster disasters dr backup backups back up procedure procedures runbook playbook plan incident response snapshot snapshots dump dumps automated automatic manual daily weekly monthly strategy policy test tests drill aws azure gcp google cloud amazon state layer main multi cross unavailable unavailability crash crashed broken rollback failover failback ha instance instances managed multi-az single layer tier process steps guide'.split(
    ' ',
  ),
);

interface Meaning {
  /** Sorts of things that are named. */
  readonly families: ReadonlySet<string>;
  /** Words that tell one of a sort from the others. */
  readonly names: ReadonlySet<string>;
}

const meaningOf = remembering((text: string): Meaning => {
  const words = (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).filter((word) => !/^\d+$/.test(word));
  const families = new Set(words.flatMap((word) => FAMILY_OF.get(word) ?? []));
  const names = words.filter((word) => !FAMILY_OF.has(word) && !NO_NAME.has(word) && word.length > 1);
  return { families, names: new Set(names.map((word) => word.replace(/(?<=[a-z]{3})s$/, ''))) };
});

/** The words of a title that tell one thing from another, with one word for each sort. */
export function tellingWords(title: string): readonly string[] {
  const { families, names } = meaningOf(plain(title));
  return [...names, ...families].filter((word) => word !== 'application');
}

/** All that a title names, also what is said of everything. */
export function thingsIn(title: string): readonly string[] {
  const { families, names } = meaningOf(spoken(plain(title)));
  return [...names, ...families];
}

const withoutBrackets = (title: string): string => title.replaceAll(/\s*\([^)]*\)/g, '');

interface Known extends Meaning {
  readonly name: string;
  /** What runs in a cluster is lost with it. */
  readonly isWorkload: boolean;
}

const NAME = 'name:';
const FAMILY = 'family:';
/** Families of those that have no name of their own. */
const UNNAMED = 'unnamed:';
const WORKLOAD = 'workload';

const componentsOf = indexing('components', (draft, name) => {
  const entry = knownAs(draft, name);
  const words = [
    ...marked(NAME, entry.names),
    ...marked(FAMILY, entry.families),
    ...(entry.names.size === 0 ? marked(UNNAMED, entry.families) : []),
    ...(entry.isWorkload ? [WORKLOAD] : []),
  ];
  return { entry, words };
});

/** What a component is called, without what stands in brackets, unless that alone says what it is. */
function knownAs(draft: Draft, name: string): Known {
  const said = (field: string) => {
    const node = draft.read(['components', name, field]);
    return node?.kind === 'value' ? String(node.value) : '';
  };
  const title = plain(said('title')) || name;
  const main = meaningOf(withoutBrackets(title));
  const { families } = main.families.size > 0 ? main : meaningOf(title);
  return {
    name,
    families: families.size > 0 ? families : new Set([familyOfKind(said('kind'))]),
    names: main.names,
    isWorkload: said('kind') === 'workload',
  };
}

/** The components with any of these words, in the order of the draft. */
function withAny({ all, with: having }: WordIndex<Known>, words: readonly string[]): readonly Known[] {
  const places = new Set(words.flatMap((word) => having(word)));
  return [...places].sort((a, b) => a - b).map((place) => all[place] as Known);
}

const marked = (mark: string, words: Iterable<string>): readonly string[] => [...words].map((word) => mark + word);

const share = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((word) => b.has(word));

/**
 * The components that words may speak of: those of the same sort, unless names tell them apart. `Orders DB snapshot` is neither the
 * users database nor the orders queue. One means that it is this one; two that nobody knows.
 */
export function componentsLike(reading: Reading, title: string): readonly string[] {
  const wanted = meaningOf(withoutBrackets(plain(title)));
  const sort = marked(wanted.names.size === 0 ? FAMILY : UNNAMED, wanted.families);
  const known = withAny(componentsOf(reading.draft), [...marked(NAME, wanted.names), ...sort]);
  const fits = known.filter((one) => mayBeOne(one, wanted));
  const named = fits.filter(({ names }) => share(names, wanted.names));
  const best = named.length > 0 ? named : fits;
  return (best.length > 1 ? closest(best, wanted) : best).map(({ name }) => name);
}

/** Whether two meanings may be of one thing. `Application` and `service` are said of everything, so only names tell those apart. */
function mayBeOne(one: Meaning, other: Meaning): boolean {
  const [strong, wanted] = [withoutWeak(one.families), withoutWeak(other.families)];
  const sameName = share(one.names, other.names);
  const unnamed = one.names.size === 0 || other.names.size === 0;
  if (strong.size + wanted.size > 0)
    return sameName ? wanted.size === 0 || share(strong, wanted) : share(strong, wanted) && unnamed;
  return sameName || (one.names.size + other.names.size === 0 && share(one.families, other.families));
}

const withoutWeak = (families: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...families].filter((family) => family !== 'application'));

/** Of several, those that are called as plainly, and have no other sort in their name: `RDS database` is `Database`, not `Orders`. */
function closest<T extends Meaning>(candidates: readonly T[], wanted: Meaning): readonly T[] {
  const plainly = wanted.names.size > 0 ? [] : candidates.filter(({ names }) => names.size === 0);
  const left = plainly.length > 0 ? plainly : candidates;
  const exact = left.filter(({ families }) => [...families].every((family) => wanted.families.has(family)));
  return exact.length > 0 ? exact : left;
}

/** The components that a loss of this title takes: all of the sort it names, or those it names. */
export function componentsIn(reading: Reading, title: string): readonly string[] {
  const wanted = meaningOf(spoken(plain(title)));
  const sorts = new Set(
    [...wanted.families].filter((family) => family !== 'application' || wanted.families.size === 1),
  );
  const known = componentsOf(reading.draft);
  const named = withAny(known, marked(NAME, wanted.names));
  const ofSort = withAny(known, [...marked(FAMILY, sorts), ...(sorts.has('cluster') ? [WORKLOAD] : [])]);
  const isOfSort = new Set(ofSort);
  const both = named.filter((one) => isOfSort.has(one));
  const [best = []] = [both, named, ofSort].filter((found) => found.length > 0);
  return best.map(({ name }) => name);
}
