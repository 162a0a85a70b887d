import { z } from 'zod';
import { isBech32 } from '../../lib/bech32.ts';
import { DomainName, DurationText, SecretRef } from './values.ts';

const AgeRecipient = z
  .string()
  .regex(/^age1([02-9a-z]{58}|(pq|tag|tagpq)1[02-9a-z]+)$/, {
    error: 'an age recipient begins with age1 and 58 letters and digits follow',
    abort: true,
  })
  .refine(isBech32, 'this age recipient is mistyped: its checksum is wrong')
  .describe('An age public key, as `lifeboat key new` prints it.');

const Count = z.number().int().min(1);

const Keep = z
  .strictObject({
    last: Count.optional().describe('So many of the newest.'),
    within: DurationText.optional().describe('All that are younger than this: 30d.'),
    daily: Count.optional().describe('The newest of each day, for so many days that have one.'),
    weekly: Count.optional().describe('The newest of each week, for so many weeks that have one.'),
    monthly: Count.optional().describe('The newest of each month, for so many months that have one.'),
    yearly: Count.optional().describe('The newest of each year, for so many years that have one.'),
  })
  .refine((keep) => Object.keys(keep).length > 0, 'say what is kept, e.g. { last: 7, monthly: 12 }')
  .describe(
    'Which backups `lifeboat prune` leaves in place; what one of these names stays. Counted for each component and method. Without it none is removed.',
  );
export type Keep = z.infer<typeof Keep>;

const ObjectLock = z
  .strictObject({
    mode: z
      .enum(['governance', 'compliance'])
      .describe(
        'governance: a special right may still remove it. compliance: nobody may, the owner of the account neither.',
      ),
    days: z.number().int().min(1).max(36500).describe('For so many days nobody can change or remove what was written.'),
  })
  .describe('Locks each object against removal (S3 Object Lock). The bucket must have been made with object lock.');

/** Only classes that give an object back at once: a manifest that takes hours to read is of no use in an emergency. */
const StorageClass = z
  .enum(['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'])
  .describe('Storage class of objects of 128 KiB and more; smaller ones stay in STANDARD, which is cheaper for them.');

const Encryption = z
  .strictObject({
    kind: z.enum(['AES256', 'aws:kms']).describe('With keys of the service, or with a key of your own in KMS.'),
    key: z.string().min(1).optional().describe('Id, alias or ARN of the KMS key. Default: that of the account.'),
  })
  .refine(({ kind, key }) => key === undefined || kind === 'aws:kms', 'only aws:kms takes a key')
  .describe('Encryption by the service, on top of that with `recipients`.');

const BucketName = z
  .string()
  .regex(
    /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'a bucket name is 3 to 63 lower-case letters, digits, - and .',
  );

const Prefix = z
  .string()
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
    'a prefix is written like shop or shop/orders',
  )
  .describe('Everything lies below this prefix, so that several repositories can share a bucket.');

/** What only a repository in a bucket can have. */
const BUCKET_FIELDS = {
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'a region is written like eu-west-1')
    .optional()
    .describe('Region of the bucket. Needed with `bucket`: nothing is guessed.'),
  prefix: Prefix.optional(),
  endpoint: z
    .string()
    .refine(isEndpoint, 'an endpoint is written like https://s3.example.com')
    .optional()
    .describe('Address of another S3-compatible store. Default: that of AWS for the region.'),
  path_style: z
    .boolean()
    .optional()
    .describe('Name the bucket in the path instead of the host, as many S3-compatible stores need it.'),
  profile: z
    .string()
    .min(1)
    .optional()
    .describe('Profile in ~/.aws with the credentials. Default: as the AWS tools find them, the environment first.'),
  storage_class: StorageClass.optional(),
  encryption: Encryption.optional(),
  object_lock: ObjectLock.optional(),
  conditional_writes: z
    .boolean()
    .optional()
    .describe(
      'false: the store does not know If-None-Match, and you accept that two machines that write one object at the same instant are not told apart. Default: such a store is refused.',
    ),
};

/** A bucket as it is typed: `s3://bucket/prefix?region=eu-west-1`. */
export const BucketAddress = z.strictObject({
  bucket: BucketName,
  ...BUCKET_FIELDS,
  region: BUCKET_FIELDS.region.unwrap(),
});

export const Repository = z
  .strictObject({
    folder: z
      .string()
      .min(1, 'must not be empty')
      .optional()
      .describe('Folder of the backup repository. Either this or `bucket`.'),
    bucket: BucketName.optional().describe('S3 bucket of the backup repository. Either this or `folder`.'),
    ...BUCKET_FIELDS,
    domain: DomainName.optional().describe('Failure domain it lives in. It must not be the one of what it protects.'),
    recipients: z
      .array(AgeRecipient)
      .min(1)
      .describe(
        'age public keys. Whoever holds one of the private keys can restore; the machine that backs up needs none.',
      ),
    identity: SecretRef.optional().describe('Where the private key is found when restoring.'),
    identity_in: z.array(DomainName).default([]).describe('Failure domains in which the private key is kept.'),
    keep: Keep.optional(),
  })
  .superRefine(onePlace);
export type Repository = z.infer<typeof Repository>;

function onePlace(repository: Record<string, unknown>, { addIssue }: z.core.$RefinementCtx): void {
  const { folder, bucket, region } = repository;
  const complain = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
  if (folder !== undefined && bucket !== undefined)
    complain('bucket', 'a repository is in a folder or in a bucket, not in both');
  if (folder === undefined && bucket === undefined)
    complain('folder', 'say where the repository is: folder, or bucket and region');
  if (bucket !== undefined && region === undefined)
    complain('region', 'the region of the bucket is missing, e.g. region: eu-west-1');
  if (bucket !== undefined) return;
  for (const field of Object.keys(BUCKET_FIELDS))
    if (repository[field] !== undefined)
      complain(field, `${field} is for a repository in a bucket, and this one names none`);
}

/** Without a path, a question or a password: they would be lost or shown. */
function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  const more = `${search}${hash}${username}${password}`;
  return (protocol === 'https:' || protocol === 'http:') && pathname === '/' && more === '';
}
