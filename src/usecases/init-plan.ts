import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { README_FILE, REPOSITORY_FILE } from '../backup/keys.ts';
import { openStore } from '../backup/open-store.ts';
import { readmeText } from '../backup/readme.ts';
import { createRepository } from '../backup/repository.ts';
import { KnownError } from '../model/errors.ts';
import type { Store } from '../model/repository.ts';
import { type FolderSite, type RepositorySite, siteOf, siteText } from '../model/repository-site.ts';
import { PLAN_NAME } from './find-plan.ts';
import { requirePlan } from './load-plan.ts';
import { type NewKey, newKey } from './new-key.ts';
import { repositoryIn } from './open-world.ts';
import { typedSite } from './repository-place.ts';
import type { Services } from './services.ts';
import { startingPlan } from './starting-plan.ts';
import { writeWhole } from './write-file.ts';

/** What was made; what is absent was there before or was not asked for. */
export interface InitResult {
  readonly plan?: string;
  readonly key?: NewKey;
  readonly repository?: string;
}

/** Makes what is missing to begin with: a plan with a key, and the repository when a place for it is named. Overwrites nothing. */
export async function initPlan(repository: string | undefined, services: Services): Promise<InitResult> {
  const plan = resolve(services.cwd, services.chosen.plan ?? PLAN_NAME);
  const site = repository === undefined ? undefined : typedSite(repository, services);
  if (existsSync(plan)) return { repository: await repositoryOfPlan(plan, site, services) };
  if (site !== undefined) await requireNothingForeign(site, openStore(site, services.clock));
  const key = await newKey(join(dirname(plan), '.lifeboat', 'identity.key'), services.clock.now());
  const name = planName(basename(dirname(plan)));
  const day = services.clock.now().toISOString().slice(0, 10);
  const text = startingPlan({ name, day, recipient: key.recipient, keyFile: key.file, ...(site ? { site } : {}) });
  writeWhole(join(dirname(plan), '.lifeboat', '.gitignore'), '*\n');
  writeWhole(plan, text);
  if (site === undefined) return { plan, key };
  return { plan, key, repository: await makeRepository(site, [key.recipient], services) };
}

async function repositoryOfPlan(plan: string, site: RepositorySite | undefined, services: Services): Promise<string> {
  if (site === undefined)
    throw new KnownError(
      'USAGE',
      `${plan} exists; it was not overwritten`,
      'To make the repository it names: lifeboat init --repository FOLDER',
    );
  const loaded = requirePlan({ ...services, chosen: { ...services.chosen, plan } });
  const written = repositoryIn(loaded.plan);
  const named = resolved(siteOf(written), services);
  if (siteText(named) !== siteText(site))
    throw new KnownError(
      'USAGE',
      `the plan names the repository ${siteText(named)}, not ${siteText(site)}`,
      'Name that one, or change repository in the plan.',
    );
  return makeRepository(named, written.recipients, services);
}

const resolved = (site: RepositorySite, { cwd }: Services): RepositorySite =>
  site.kind === 'folder' ? { ...site, folder: resolve(cwd, site.folder) } : site;

/** What a new repository may meet in its folder: the root of a disk, or what an interrupted `init` of ours left there. */
const HARMLESS = ['lost+found', '.tmp'];

/** A repository has a place of its own: nothing of somebody else's is written over or taken for a backup. */
const requireNothingForeign = async (site: RepositorySite, store: Store): Promise<void> =>
  site.kind === 'folder' ? requireOwnFolder(site) : requireOwnPrefix(store);

async function requireOwnPrefix(store: Store): Promise<void> {
  const keys = (await store.list('')).map(({ key }) => key);
  if (keys.includes(REPOSITORY_FILE)) return;
  const readme = keys.includes(README_FILE) ? await store.get(README_FILE) : undefined;
  const foreign = keys.filter((key) => !(key === README_FILE && readme && isOurs(String(readme))));
  if (foreign.length > 0) throw notEmpty(store.place, foreign, 'a prefix');
}

function requireOwnFolder({ folder }: FolderSite): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return;
  const names = readdirSync(folder);
  // Whether a repository may be made anew where one is, the repository itself says.
  if (names.includes(REPOSITORY_FILE)) return;
  const foreign = names.filter(
    (name) => !HARMLESS.includes(name) && !(name === README_FILE && isOurs(readmeIn(folder))),
  );
  if (foreign.length > 0) throw notEmpty(folder, foreign, 'a folder');
}

function notEmpty(place: string, foreign: readonly string[], own: string): KnownError {
  const shown = foreign.slice(0, 3).join(', ');
  return new KnownError(
    'TARGET_NOT_EMPTY',
    `${place} holds ${shown}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''}, and a repository needs ${own} of its own`,
    `Nothing was written. Name ${own} that is empty or does not exist yet.`,
  );
}

/** Our README is the first thing written into a repository; an `init` that was killed right after leaves it alone there. */
const isOurs = (readme: string): boolean => readme.startsWith(`${readmeText([]).split('\n')[0]}`);

const readmeIn = (folder: string): string => readFileSync(join(folder, README_FILE), 'utf8');

async function makeRepository(
  site: RepositorySite,
  recipients: readonly string[],
  services: Services,
): Promise<string> {
  const store = openStore(site, services.clock);
  await requireNothingForeign(site, store);
  const now = services.clock.now();
  await createRepository(store, { recipients, id: services.makeId('repository', now), now });
  return store.place;
}

/** A name the plan language takes, made from the folder's. */
function planName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return name === '' ? 'my-plan' : name;
}
