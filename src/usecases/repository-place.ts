import { resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import { BucketAddress } from '../model/plan/repository.ts';
import type { Plan } from '../model/plan.ts';
import { bucketFields, isBucketText, type RepositorySite, siteOf } from '../model/repository-site.ts';
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
  if (repository !== undefined) return { site: typedSite(repository, services), recipients: [], ...given };
  return { ...plannedPlace(requirePlan(services).plan), ...given };
}

export function plannedPlace(plan: Plan): RepositoryPlace {
  const repository = repositoryIn(plan);
  return { site: siteOf(repository), recipients: repository.recipients, identity: repository.identity };
}

/** A folder, or a bucket as `s3://bucket/prefix?region=eu-west-1`. Throws USAGE for an address that is not whole. */
export function typedSite(text: string, { cwd }: Pick<Services, 'cwd'>): RepositorySite {
  if (!isBucketText(text)) return { kind: 'folder', folder: resolve(cwd, text) };
  const parsed = BucketAddress.safeParse(bucketFields(text));
  if (parsed.success) return { kind: 'bucket', ...parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new KnownError(
    'USAGE',
    `"${text}" is not the address of a bucket: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'it cannot be read'}`,
    'A bucket is written like: s3://my-bucket/shop?region=eu-west-1 (also &endpoint=https://s3.example.com, &path_style=true, &profile=NAME)',
  );
}

const referenceTo = (identity: string, { cwd }: Services): string =>
  identity.startsWith('env:') ? identity : `file:${resolve(cwd, identity.replace(/^file:/, ''))}`;
