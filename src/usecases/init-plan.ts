import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { openFolderStore } from '../backup/folder-store.ts';
import { README_FILE, REPOSITORY_FILE } from '../backup/keys.ts';
import { readmeText } from '../backup/readme.ts';
import { createRepository } from '../backup/repository.ts';
import { KnownError } from '../model/errors.ts';
import { PLAN_NAME } from './find-plan.ts';
import { requirePlan } from './load-plan.ts';
import { type NewKey, newKey } from './new-key.ts';
import { repositoryIn } from './open-world.ts';
import type { Services } from './services.ts';
import { startingPlan } from './starting-plan.ts';
import { writeWhole } from './write-file.ts';

/** What was made; what is absent was there before or was not asked for. */
export interface InitResult {
  readonly plan?: string;
  readonly key?: NewKey;
  readonly repository?: string;
}

/** Makes what is missing to begin with: a plan with a key, and the repository when a folder is named. Overwrites nothing. */
export async function initPlan(repository: string | undefined, services: Services): Promise<InitResult> {
  const plan = resolve(services.cwd, services.chosen.plan ?? PLAN_NAME);
  const folder = repository === undefined ? undefined : resolve(services.cwd, repository);
  if (existsSync(plan)) return { repository: await repositoryOfPlan(plan, folder, services) };
  if (folder !== undefined) requireNothingForeign(folder);
  const key = await newKey(join(dirname(plan), '.lifeboat', 'identity.key'), services.clock.now());
  const name = planName(basename(dirname(plan)));
  const day = services.clock.now().toISOString().slice(0, 10);
  const text = startingPlan({ name, day, recipient: key.recipient, keyFile: key.file, ...(folder ? { folder } : {}) });
  writeWhole(join(dirname(plan), '.lifeboat', '.gitignore'), '*\n');
  writeWhole(plan, text);
  if (folder === undefined) return { plan, key };
  return { plan, key, repository: await makeRepository(folder, [key.recipient], services) };
}

async function repositoryOfPlan(plan: string, folder: string | undefined, services: Services): Promise<string> {
  if (folder === undefined)
    throw new KnownError(
      'USAGE',
      `${plan} exists; it was not overwritten`,
      'To make the repository it names: lifeboat init --repository FOLDER',
    );
  const loaded = requirePlan({ ...services, chosen: { ...services.chosen, plan } });
  const written = repositoryIn(loaded.plan);
  const named = resolve(services.cwd, written.folder);
  if (named !== folder)
    throw new KnownError(
      'USAGE',
      `the plan names the repository ${named}, not ${folder}`,
      'Name that one, or change repository.folder in the plan.',
    );
  return makeRepository(folder, written.recipients, services);
}

/** What a new repository may meet in its folder: the root of a disk, or what an interrupted `init` of ours left there. */
const HARMLESS = ['lost+found', '.tmp'];

/** A repository is a folder of its own: nothing of somebody else's is written over or taken for a backup. */
function requireNothingForeign(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return;
  const names = readdirSync(folder);
  // Whether a repository may be made anew where one is, the repository itself says.
  if (names.includes(REPOSITORY_FILE)) return;
  const foreign = names.filter((name) => !HARMLESS.includes(name) && !(name === README_FILE && isOurs(folder)));
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 3).join(', ');
  throw new KnownError(
    'TARGET_NOT_EMPTY',
    `${folder} holds ${shown}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''}, and a repository needs a folder of its own`,
    'Nothing was written. Name a folder that is empty or does not exist yet.',
  );
}

/** Our README is the first thing written into a repository; an `init` that was killed right after leaves it alone there. */
const isOurs = (folder: string): boolean =>
  readFileSync(join(folder, README_FILE), 'utf8').startsWith(`${readmeText([]).split('\n')[0]}`);

async function makeRepository(folder: string, recipients: readonly string[], services: Services): Promise<string> {
  requireNothingForeign(folder);
  const now = services.clock.now();
  await createRepository(openFolderStore(folder), { recipients, id: services.makeId('repository', now), now });
  return folder;
}

/** A name the plan language takes, made from the folder's. */
function planName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return name === '' ? 'my-plan' : name;
}
