import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../lib/clock.ts';
import { minutes, seconds } from '../../lib/duration.ts';
import { type BucketSite, siteText } from '../../model/repository-site.ts';
import { bucketError } from './bucket-errors.ts';

/** How long is waited, how often tried, and how large pieces are; an argument so that tests need not wait. */
export interface Patience {
  readonly connectMs: number;
  /** Longest silence of the store. */
  readonly silenceMs: number;
  /** Longest time of one request with all its tries. */
  readonly requestMs: number;
  readonly tries: number;
  /** Objects above this size are sent in parts of `partBytes`, so that a cut costs one part and not all. */
  readonly partsAbove: number;
  readonly partBytes: number;
}

const MIB = 1024 * 1024;

export const PATIENCE: Patience = {
  connectMs: seconds(10),
  silenceMs: seconds(60),
  requestMs: minutes(10),
  tries: 6,
  partsAbove: 32 * MIB,
  partBytes: 16 * MIB,
};

/** What every operation on a bucket works with. */
export interface Bucket {
  readonly client: S3Client;
  readonly site: BucketSite;
  readonly place: string;
  readonly clock: Clock;
  readonly patience: Patience;
  /** The name of an object in the bucket. */
  name(key: string): string;
}

export function connect(site: BucketSite, clock: Clock, patience: Patience): Bucket {
  const { region, endpoint, path_style, profile, prefix } = site;
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(path_style === undefined ? {} : { forcePathStyle: path_style }),
    ...(profile === undefined ? {} : { profile }),
    followRegionRedirects: false,
    retryMode: 'adaptive',
    maxAttempts: patience.tries,
    requestHandler: {
      connectionTimeout: patience.connectMs,
      // Not requestTimeout: it would cut off a large part on a slow line although its bytes go on flowing.
      socketTimeout: patience.silenceMs,
    },
  });
  const below = prefix === undefined ? '' : `${prefix}/`;
  return { client, site, place: siteText(site), clock, patience, name: (key) => `${below}${key}` };
}

/** Each request ends: after this time it is given up, whatever the network does. */
export const limited = ({ patience }: Bucket): { readonly abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(patience.requestMs),
});

/** Throws what a failed request means to a person. */
export const explained =
  (bucket: Bucket, what: string) =>
  (cause: unknown): never => {
    throw bucketError(cause, { what, place: bucket.place, region: bucket.site.region });
  };
