import { parseScript } from '../../shell/parse-script.ts';
import { allBlocks, allSections, type CodeBlock } from './blocks.ts';
import { isName, type Resource, resourcesOf } from './command-resources.ts';
import { newComponent } from './find-components.ts';
import type { Lines } from './lines.ts';
import { familyOfKind, tellingWords } from './match-component.ts';
import { nameFor, type Reading } from './reading.ts';
import { isShell } from './steps-of-code.ts';
import { askedUrl } from './typed-actions.ts';

interface Named extends Omit<Resource, 'at'> {
  readonly lines: Lines;
}

/** What commands act on: names of components that are known, and components nobody else names. */
export function findInCommands(reading: Reading): void {
  const codes = allSections(reading.root)
    .flatMap(({ blocks }) => blocks.flatMap(allBlocks))
    .filter((block): block is CodeBlock => block.kind === 'code' && isShell(block));
  const all = codes.flatMap((code) =>
    resourcesOf(parseScript(code.text)).map(({ at, ...found }): Named => ({ ...found, lines: lineOf(code, at) })),
  );
  const isMade = madeBy(all);
  const first = new Map(
    all
      .filter(({ id }) => !isMade(id) && isName(id))
      .map((found) => [`${familyOfKind(found.kind)} ${found.id}`, found] as const)
      .toReversed(),
  );
  const found = [...first.values()].toReversed();
  const regions = regionsIn(all);
  for (const resource of found) place(reading, { ...resource, ...regionOf(resource, regions) }, found);
  for (const code of codes) findService(reading, code);
}

/** Whether a command makes what is called so; the end of a name may be left to a variable: `shop-restored-$DAY`. */
function madeBy(all: readonly Named[]): (id: string) => boolean {
  const made = new Set(all.filter((found) => found.made).map(({ id }) => id.replace(/[$`<{].*$/, '')));
  const beginnings = [...made].filter((prefix) => prefix.length > 4 && /[-_]$/.test(prefix));
  return (id) => made.has(id) || beginnings.some((prefix) => id.startsWith(prefix));
}

type RegionsOfNames = ReadonlyMap<string, ReadonlySet<string>>;

const nameOf = ({ id, kind }: Named): string => `${kind} ${id}`;

function regionsIn(all: readonly Named[]): RegionsOfNames {
  const regions = new Map<string, Set<string>>();
  for (const found of all)
    if (found.region !== undefined)
      regions.set(nameOf(found), (regions.get(nameOf(found)) ?? new Set()).add(found.region));
  return regions;
}

/** The region that any command names for it, when they agree. */
function regionOf(resource: Named, regions: RegionsOfNames): { readonly region?: string } {
  const [only, ...others] = regions.get(nameOf(resource)) ?? [];
  return only === undefined || others.length > 0 ? {} : { region: only };
}

function lineOf({ text, lines }: CodeBlock, at: number): Lines {
  const line = lines.first + text.slice(0, at).split('\n').length;
  return { first: line, last: line };
}

/** Gives the name to the component it is of; makes one when there is none. */
function place(reading: Reading, resource: Named, all: readonly Named[]): void {
  const { draft } = reading;
  const holder = draft
    .keys(['components'])
    .find((name) => isOfSort(reading, name, resource) && holds(reading, name, resource.id));
  const fits = holder === undefined ? candidates(reading, resource) : [holder];
  const rivals = all.filter(
    (other) =>
      other.idName === resource.idName &&
      familyOfKind(other.kind) === familyOfKind(resource.kind) &&
      candidates(reading, other).includes(fits[0] ?? ''),
  );
  const [only, ...others] = fits;
  const known =
    only !== undefined &&
    others.length === 0 &&
    (holder !== undefined || rivals.length === 1 || sharesName(reading, only, resource));
  const name = known ? only : newComponent(reading, resource.title ?? resource.id, resource.kind, resource.lines);
  if (!known && only !== undefined)
    reading.ask(
      `Is ${resource.id} a part of ${fits.join(' or of ')}? The commands name it; the document does not say.`,
      resource.lines,
    );
  const ids = { [resource.idName]: resource.id, ...resource.more };
  for (const [key, id] of Object.entries(ids))
    if (!holdsId(reading, name, id))
      draft.put(['components', name, 'ids', nameFor(key, draft.keys(['components', name, 'ids']))], id, resource.lines);
  if (resource.region !== undefined && draft.read(['domains', `aws/${resource.region}`]))
    draft.put(['components', name, 'domain'], `aws/${resource.region}`, resource.lines);
}

const textAt = ({ draft }: Reading, at: readonly string[]): string => {
  const node = draft.read(at);
  return node?.kind === 'value' ? String(node.value) : '';
};

const holdsId = (reading: Reading, name: string, id: string): boolean =>
  reading.draft
    .keys(['components', name, 'ids'])
    .some((key) => textAt(reading, ['components', name, 'ids', key]) === id);

const holds = (reading: Reading, name: string, id: string): boolean =>
  holdsId(reading, name, id) || textAt(reading, ['components', name, 'title']) === id;

const isOfSort = (reading: Reading, name: string, { kind }: Resource): boolean =>
  familyOfKind(textAt(reading, ['components', name, 'kind'])) === familyOfKind(kind);

/** Components of the same sort; of several those whose words name what it runs on, or share its name. */
function candidates(reading: Reading, resource: Resource): readonly string[] {
  const { draft } = reading;
  const sameSort = draft
    .keys(['components'])
    .filter((name) => isOfSort(reading, name, resource) && textAt(reading, ['components', name, 'title']) !== '');
  const unnamed = sameSort.filter((name) => !draft.keys(['components', name, 'ids']).includes(resource.idName));
  const technology = new Set(resource.technology.split(' '));
  const onIt = unnamed.filter((name) => wordsOf(reading, name).some((word) => technology.has(word)));
  const ofName = unnamed.filter((name) => sharesName(reading, name, resource));
  return [ofName, onIt, unnamed].find((found) => found.length === 1) ?? unnamed;
}

const wordsOf = (reading: Reading, name: string): readonly string[] =>
  `${textAt(reading, ['components', name, 'title'])} ${textAt(reading, ['components', name, 'technology'])}`
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? [];

/** A word of the name that is neither of the system nor of the sort: `score-worker` is the worker. */
function sharesName(reading: Reading, name: string, { id }: Resource): boolean {
  const own = new Set(wordsOf(reading, name));
  return (
    tellingWords(id).some((word) => own.has(word)) ||
    id.split(/[-_./]/).some((part) => part.length > 3 && own.has(part))
  );
}

/** `curl -f https://api.example.com/health` names a service that can be asked. */
function findService(reading: Reading, { text, lines }: CodeBlock): void {
  const url = askedUrl(text.replaceAll(/^\s*#.*$\n?/gm, '').trim());
  if (url === undefined || reading.serviceAt(url) !== undefined) return;
  const [, host = ''] = /^https?:\/\/([\w.-]+)/.exec(url) ?? [];
  const name = newComponent(reading, `Service at ${host}`, 'service', lines);
  reading.draft.put(['components', name, 'health', 'url'], url, lines);
  reading.draft.put(['components', name, 'health', 'expect'], 'status < 400', lines);
}
