import { randomBytes } from 'node:crypto';
import type { BucketSite } from '../../src/model/repository-site.ts';
import type { LabS3 } from './server.ts';
import type { User } from './signature.ts';

/** Credentials that open nothing but a stand-in on this machine. */
export const USER: User = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'only-a-stand-in-knows-this' };

/** What the AWS library takes from the environment: these credentials, and nothing of the machine's own. */
export const credentialsOf = ({ id, secret, token }: User): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_SESSION_TOKEN: token ?? '',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** From now on the stores of this process act as this user. */
export const actAs = (user: User): void => void Object.assign(process.env, credentialsOf(user));

/** A new, empty bucket, and where a store finds it. */
export function newSite(
  s3: LabS3,
  more: Partial<BucketSite> & { locks?: boolean; versioned?: boolean } = {},
): BucketSite {
  const { locks, versioned, ...site } = more;
  const bucket = `lab-${randomBytes(6).toString('hex')}`;
  s3.add({
    name: bucket,
    ...(locks === undefined ? {} : { locks }),
    ...(versioned === undefined ? {} : { versioned }),
  });
  return { kind: 'bucket', bucket, region: s3.region, endpoint: s3.endpoint, path_style: true, ...site };
}
