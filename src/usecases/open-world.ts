import { openStore } from '../backup/open-store.ts';
import { openRepository } from '../backup/repository.ts';
import { KnownError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { BackupRepository } from '../model/repository.ts';
import { siteOf } from '../model/repository-site.ts';
import { findState } from './find-plan.ts';
import type { PlanWorld, Services } from './services.ts';

/** The plan with its repository and state folder. Throws REPOSITORY_MISSING before anything else is touched. */
export async function openWorld(plan: Plan, services: Services): Promise<PlanWorld> {
  return { plan, repository: await repositoryOf(plan, services), stateFolder: findState(services) };
}

/** The repository of a plan. The private key is looked for only when something encrypted is read. */
export async function repositoryOf(plan: Plan, services: Services): Promise<BackupRepository> {
  const planned = repositoryIn(plan);
  const { recipients, identity } = planned;
  return openRepository(openStore(siteOf(planned), services.clock), {
    recipients,
    clock: services.clock,
    identities: () => {
      if (!identity)
        throw new KnownError(
          'KEY_MISSING',
          'the plan does not say where the private key is',
          'Add repository.identity to the plan: ${{ secret("env:LIFEBOAT_IDENTITY") }} or ${{ secret("file:/path") }}.',
        );
      return [services.secret(identity)];
    },
  });
}

/** What the plan says of its repository. Throws REPOSITORY_MISSING when it names none: a plan may be written before there is one. */
export function repositoryIn({ repository, plan }: Plan): NonNullable<Plan['repository']> {
  if (repository) return repository;
  throw new KnownError(
    'REPOSITORY_MISSING',
    `the plan ${plan.name} names no backup repository`,
    'Add repository: with folder or bucket, domain, recipients and identity to the plan; docs/reference/plan.md explains them.',
  );
}
