import { domainsNamed, isOnAzure, type NamedDomain, providerOf } from './domain-words.ts';
import type { Lines } from './lines.ts';
import type { Reading } from './reading.ts';

/** What is lost together: the regions, zones, accounts and services the document names. */
export function findDomains(reading: Reading, text: string): void {
  const { draft } = reading;
  for (const { domain, lines } of mentions(text)) {
    const provider = providerOf(domain.name);
    if (provider) put(reading, provider.name, provider.title, 'provider', lines);
    put(reading, domain.name, domain.title, domain.kind, lines);
  }
  for (const name of draft.keys(['domains']).filter((one) => one.split('/').length === 3)) {
    const region = name.split('/').slice(0, 2).join('/');
    if (!draft.read(['domains', region])) draft.put(['domains', region, 'title'], region);
  }
}

function put({ draft }: Reading, name: string, title: string, kind: string, lines: Lines): void {
  if (draft.read(['domains', name])) return;
  draft.put(['domains', name, 'title'], title, lines);
  draft.put(['domains', name, 'kind'], kind, lines);
}

function mentions(
  text: string,
): readonly { readonly domain: NamedDomain; readonly lines: Lines; readonly line: string }[] {
  const onAzure = isOnAzure(text);
  return text
    .split('\n')
    .flatMap((line, index) =>
      domainsNamed(line, onAzure).map((domain) => ({ domain, line, lines: { first: index + 1, last: index + 1 } })),
    );
}

/** The domains of the draft that a text names. */
export const domainsIn = ({ draft }: Reading, text: string): readonly string[] => {
  const known = draft.keys(['domains']);
  return [
    ...new Set(domainsNamed(text, draft.read(['domains', 'azure']) !== undefined).map(({ name }) => name)),
  ].filter((name) => known.includes(name));
};

/** Where production runs, and what stands by, as far as the document says it. */
export interface Regions {
  readonly primary?: { readonly name: string; readonly from?: Lines };
  readonly others: readonly string[];
}

const STANDS_BY =
  /\b(dr|backup|secondary|standby|passive|failover|fail over|recovery|cross-region|second|replica\w*|replicat\w* to|copied to|copies (in|to))\b[^.;|]{0,40}$/i;
const LEADS = /\b(primary|production|main|active|home|region|outage|hosted in|runs? in|located in)\b[^.;|]{0,25}$/i;

/** Tells the region production runs in from those that stand by. Without `primary` when that stays open. */
export function regionsOf(reading: Reading, text: string): Regions {
  const all = mentions(text).filter(({ domain }) => domain.kind === 'region');
  const names = [...new Set(all.map(({ domain }) => domain.name))];
  const [only, ...more] = names;
  if (only === undefined) return { others: [] };
  if (more.length === 0) return { primary: { name: only }, others: [] };
  const scores = names.map((name) => ({ name, ...evidenceFor(all.filter(({ domain }) => domain.name === name)) }));
  const leading = scores.filter(({ leads, standsBy }) => leads > standsBy);
  const [first, second] =
    leading.length > 0
      ? leading.sort((a, b) => b.leads - b.standsBy - (a.leads - a.standsBy))
      : scores.filter(({ standsBy }) => standsBy === 0);
  if (!first || (second && second.leads - second.standsBy === first.leads - first.standsBy)) {
    reading.ask(`In which region does production run: ${names.join(', ')}?`);
    return { others: names };
  }
  return {
    primary: { name: first.name, ...(first.from ? { from: first.from } : {}) },
    others: names.filter((name) => name !== first.name),
  };
}

function evidenceFor(all: ReturnType<typeof mentions>): {
  readonly leads: number;
  readonly standsBy: number;
  readonly from?: Lines;
} {
  let [leads, standsBy] = [0, 0];
  let from: Lines | undefined;
  for (const { domain, line, lines } of all) {
    const [before, after] = [line.slice(0, domain.at), line.slice(domain.at + domain.title.length)];
    const target = /(→|->|=>|\bto\b)\s*\W?$/.test(before);
    const source = /^\W{0,3}?(→|->|=>)/.test(after);
    if (
      !source &&
      (target ||
        STANDS_BY.test(before) ||
        /^[\s*`]{0,3}(\(|is |as )(the |our )?(standby|dr\b|backup|secondary)/i.test(after))
    )
      standsBy++;
    else if (
      source ||
      LEADS.test(before) ||
      /^[\s*`]{0,3}(\(|is |as )(the |our )?(primary|production|main)/i.test(after) ||
      /--region\s+$/.test(before)
    ) {
      leads++;
      from ??= lines;
    }
  }
  return { leads, standsBy, ...(from ? { from } : {}) };
}

/** Kinds of components that live with the provider of the region. */
const IN_A_REGION = new Set(['database', 'replica', 'bucket', 'cache', 'search', 'queue', 'container-service', 'service', 'worker', 'cluster', 'workload', 'load-balancer', 'secrets', 'parameters', 'registry', 'network', 'bastion']); // biome-ignore format: one list

/** Places components: where their own words say it, else in the region of production, which is asked about. */
export function placeComponents(reading: Reading, { primary }: Regions): void {
  const { draft } = reading;
  const assumed: string[] = [];
  for (const name of draft.keys(['components'])) {
    if (draft.read(['components', name, 'domain'])) continue;
    const own = ownDomain(reading, name);
    if (own) draft.put(['components', name, 'domain'], own.name, own.from);
    else if (primary && IN_A_REGION.has(textAt(reading, ['components', name, 'kind']))) {
      draft.put(['components', name, 'domain'], primary.name);
      assumed.push(name);
    }
  }
  if (primary && assumed.length > 0)
    reading.ask(
      `Do ${assumed.join(', ')} live in ${primary.name}? It was assumed, because the document names it for production.`,
      primary.from,
    );
}

const textAt = ({ draft }: Reading, at: readonly (string | number)[]): string => {
  const node = draft.read(at);
  return node?.kind === 'value' ? String(node.value) : '';
};

function ownDomain(reading: Reading, name: string): { readonly name: string; readonly from?: Lines } | undefined {
  for (const field of ['title', 'technology']) {
    const node = reading.draft.read(['components', name, field]);
    if (node?.kind !== 'value') continue;
    const [only, ...others] = domainsIn(reading, String(node.value));
    if (only !== undefined && others.length === 0) return { name: only, ...(node.from ? { from: node.from } : {}) };
  }
  return undefined;
}

/** A scenario whose title names a region, a zone or a provider loses it; `region failure` alone means the one of production. */
export function nameLostDomains(reading: Reading, { primary }: Regions): void {
  const { draft } = reading;
  for (const name of draft.keys(['scenarios'])) {
    const title = draft.read(['scenarios', name, 'title']);
    if (title?.kind !== 'value') continue;
    const words = String(title.value);
    const at = ['scenarios', name, 'loses_domains'];
    const named = domainsNamed(words, draft.read(['domains', 'azure']) !== undefined).filter(
      ({ kind }) => kind === 'region' || kind === 'zone' || kind === 'provider' || kind === 'account',
    );
    const isTarget = /\b(to|into)\b/i.test(words);
    for (const domain of isTarget ? [] : named) draft.add(at, domain.name, title.from);
    if (named.length === 0 && primary && WHOLE_REGION.test(words)) draft.add(at, primary.name);
    if (named.length === 0 && WHOLE_PROVIDER.test(words) && draft.read(['domains', 'aws']))
      draft.add(at, 'aws', title.from);
  }
}

const WHOLE_REGION =
  /\b(region(al)?|multi-?region)\b.*\b(fail\w*|outage|loss|down|disaster|unavailab\w*|disruption)\b|\b(loss|failure|outage) of (the |a )?(primary |entire |whole )?region\b/i;
const WHOLE_PROVIDER = /\baws (failure|outage|loss|disaster)\b|\b(loss|failure|outage) of aws\b/i;
