import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { openFolderStore } from '../backup/folder-store.ts';
import { createRepository } from '../backup/repository.ts';
import { KnownError } from '../model/errors.ts';
import { PLAN_NAME } from './find-plan.ts';
import { requirePlan } from './load-plan.ts';
import { type NewKey, newKey } from './new-key.ts';
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
  const named = resolve(services.cwd, loaded.plan.repository.folder);
  if (named !== folder)
    throw new KnownError(
      'USAGE',
      `the plan names the repository ${named}, not ${folder}`,
      'Name that one, or change repository.folder in the plan.',
    );
  return makeRepository(folder, loaded.plan.repository.recipients, services);
}

async function makeRepository(folder: string, recipients: readonly string[], services: Services): Promise<string> {
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
