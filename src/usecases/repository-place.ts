import { resolve } from 'node:path';
import { requirePlan } from './load-plan.ts';
import { repositoryIn } from './open-world.ts';
import type { RepositoryPlace, Services } from './services.ts';

/** What was typed of a repository, for a machine that may have no plan. */
export interface TypedRepository {
  readonly repository?: string | undefined;
  /** A file, or a reference to a secret. */
  readonly identity?: string | undefined;
}

/** The repository that was named, else that of the plan. */
export function repositoryPlace({ repository, identity }: TypedRepository, services: Services): RepositoryPlace {
  const given = identity === undefined ? {} : { identity: { secret: referenceTo(identity, services) } };
  if (repository !== undefined) return { folder: resolve(services.cwd, repository), recipients: [], ...given };
  const { folder, recipients, identity: planned } = repositoryIn(requirePlan(services).plan);
  return { folder, recipients, identity: planned, ...given };
}

const referenceTo = (identity: string, { cwd }: Services): string =>
  identity.startsWith('env:') ? identity : `file:${resolve(cwd, identity.replace(/^file:/, ''))}`;
