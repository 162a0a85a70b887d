import type { Repository } from './plan/repository.ts';

/** Where a repository is: all that is needed to open its store, and nothing secret. */
export type RepositorySite = FolderSite | BucketSite;

export interface FolderSite {
  readonly kind: 'folder';
  readonly folder: string;
}

export interface BucketSite {
  readonly kind: 'bucket';
  readonly bucket: string;
  readonly region: string;
  readonly prefix?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly path_style?: boolean | undefined;
  readonly profile?: string | undefined;
  readonly storage_class?: Repository['storage_class'];
  readonly encryption?: Repository['encryption'];
  readonly object_lock?: Repository['object_lock'];
  readonly conditional_writes?: boolean | undefined;
}

/** The place of a planned repository. The schema of the plan sees to it that there is exactly one, and a region. */
export function siteOf(repository: Repository): RepositorySite {
  const { folder, bucket, region } = repository;
  if (folder !== undefined) return { kind: 'folder', folder };
  if (bucket === undefined || region === undefined) throw new TypeError('a repository without a place');
  const { prefix, endpoint, path_style, profile, storage_class, encryption, object_lock, conditional_writes } =
    repository;
  const reached = { bucket, region, prefix, endpoint, path_style, profile, conditional_writes };
  return { kind: 'bucket', ...reached, storage_class, encryption, object_lock };
}

/** The same repository at another place, as another machine may reach it. How a bucket is written to stays as planned. */
export function movedTo(repository: Repository, site: RepositorySite): Repository {
  const {
    folder: _,
    bucket: __,
    region,
    prefix,
    endpoint,
    path_style,
    profile,
    conditional_writes,
    ...others
  } = repository;
  if (site.kind === 'bucket') return { ...others, ...siteFields(site) };
  const { storage_class, encryption, object_lock, ...rest } = others;
  return { ...rest, folder: site.folder };
}

/** The fields of a plan that say where this is. */
export const siteFields = (site: RepositorySite): Partial<Repository> =>
  site.kind === 'folder' ? { folder: site.folder } : known(reachOf(site));

/** `s3://bucket/prefix`, or the folder: for messages. */
export const placeOf = (site: RepositorySite): string =>
  site.kind === 'folder' ? site.folder : `s3://${site.bucket}${site.prefix ? `/${site.prefix}` : ''}`;

/** As it is typed after --repository, and kept in the log of a run: a folder, or `s3://bucket/prefix?region=eu-west-1`. */
export function siteText(site: RepositorySite): string {
  if (site.kind === 'folder') return site.folder;
  const { bucket: _, prefix: __, ...options } = known(reachOf(site));
  const query = new URLSearchParams(
    Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return `${placeOf(site)}?${query}`;
}

export const isBucketText = (text: string): boolean => text.startsWith('s3://');

/** The fields of a plan that a typed address of a bucket stands for, still to be judged by the schema. Undefined when it is none. */
export function bucketFields(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname, searchParams, username, password, hash } = new URL(text);
  if (`${username}${password}${hash}` !== '') return undefined;
  const options = [...searchParams].map(([name, value]) => [name, SWITCHES.includes(name) ? asSwitch(value) : value]);
  const prefix = decodeURI(pathname).replace(/^\/|\/$/g, '');
  return { bucket: host, ...(prefix === '' ? {} : { prefix }), ...Object.fromEntries(options) };
}

const SWITCHES = ['path_style', 'conditional_writes'];
const asSwitch = (text: string): unknown => ({ true: true, false: false })[text] ?? text;

const reachOf = ({ bucket, region, prefix, endpoint, path_style, profile, conditional_writes }: BucketSite) => ({
  bucket,
  region,
  prefix,
  endpoint,
  path_style,
  profile,
  conditional_writes,
});

const known = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
