import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBucketStore } from '../../src/backup/bucket/bucket-store.ts';
import { storeContract } from '../../src/backup/store.testsuite.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { actAs, USER } from './bucket-for-tests.ts';
import { findMoto, startMoto } from './moto.ts';
import { startS3 } from './server.ts';

/* What the store relies on, asked of our own S3 and of moto. Where moto differs from S3, `onMoto` says how; README.md lists it. */

interface Judge {
  readonly endpoint: string;
  makeBucket(name: string, locks: boolean): Promise<void>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const REGION = 'eu-west-1';
let names = 0;

async function ours(): Promise<Judge> {
  const s3 = await startS3({ users: [USER], region: REGION });
  const makeBucket = async (name: string, locks: boolean) => void s3.add({ name, locks });
  return { endpoint: s3.endpoint, makeBucket, close: s3.close };
}

async function moto(program: string): Promise<Judge> {
  const server = await startMoto(program);
  return {
    ...server,
    async makeBucket(name, locks) {
      const place = { LocationConstraint: REGION } as const;
      const request = { Bucket: name, CreateBucketConfiguration: place, ObjectLockEnabledForBucket: locks };
      await clientOf(server.endpoint).send(new CreateBucketCommand(request));
    },
  };
}

const clientOf = (endpoint: string, secret = USER.secret): S3Client =>
  new S3Client({
    region: REGION,
    endpoint,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: USER.id, secretAccessKey: secret },
  });

/** The code of the refusal, or what `shows` makes of the answer. */
type Case = readonly [
  name: string,
  ask: (client: S3Client, bucket: string) => Promise<unknown>,
  expected: unknown,
  onMoto?: unknown,
];

const put = (client: S3Client, bucket: string, key: string, more = {}) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'text', ...more }));
const TOMORROW = () => new Date(Date.now() + 86_400_000);
const locked = () => ({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: TOMORROW() }) as const;

const PLAIN: readonly Case[] = [
  [
    'a second object of a name, told not to',
    async (client, bucket) => {
      await put(client, bucket, 'a', { IfNoneMatch: '*' });
      return put(client, bucket, 'a', { IfNoneMatch: '*' });
    },
    'PreconditionFailed',
  ],
  [
    'a wrong checksum',
    (client, bucket) => put(client, bucket, 'a', { ChecksumCRC32: 'AAAAAA==' }),
    'BadDigest',
    'written',
  ],
  [
    'a wrong secret',
    async (client, bucket) => {
      const endpoint = await client.config.endpoint?.();
      return put(clientOf(`http://${endpoint?.hostname}:${endpoint?.port}`, 'wrong'), bucket, 'a');
    },
    'SignatureDoesNotMatch',
    'written',
  ],
  ['a bucket that is not there', (client) => put(client, 'never-made', 'a'), 'NoSuchBucket'],
  [
    'an object that is not there',
    (client, bucket) => client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' })),
    'NoSuchKey',
  ],
  [
    'removing what is not there',
    (client, bucket) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' })),
    'written',
  ],
  [
    'part of an object',
    async (client, bucket) => {
      await put(client, bucket, 'a');
      const part = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a', Range: 'bytes=1-2' }));
      return [part.$metadata.httpStatusCode, await part.Body?.transformToString()];
    },
    [206, 'ex'],
  ],
  [
    'a part beyond the end',
    async (client, bucket) => {
      await put(client, bucket, 'a');
      return client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a', Range: 'bytes=9-' }));
    },
    'InvalidRange',
  ],
  [
    'a list in pages, of names that are hard to write',
    async (client, bucket) => {
      const keys = ['a b', 'a+b', 'a%20b', 'ü', 'x<&>', "it's"];
      for (const key of keys) await put(client, bucket, key);
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 2, EncodingType: 'url', ContinuationToken: token }),
        );
        found.push(...(page.Contents ?? []).map(({ Key }) => decodeURIComponent((Key ?? '').replaceAll('+', ' '))));
        token = page.NextContinuationToken;
      } while (token);
      return found.sort().join() === keys.sort().join();
    },
    true,
  ],
  ['a name with a line break', (client, bucket) => put(client, bucket, 'line\nbreak'), 'written', 'Error'],
  [
    'an object in an archive',
    async (client, bucket) => {
      await put(client, bucket, 'a', { StorageClass: 'GLACIER' });
      return client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
    },
    'InvalidObjectState',
  ],
  [
    'a class that does not exist',
    (client, bucket) => put(client, bucket, 'a', { StorageClass: 'COPPER' }),
    'InvalidStorageClass',
  ],
  ['a lock in a bucket without', (client, bucket) => put(client, bucket, 'a', locked()), 'InvalidRequest'],
  [
    'parts over an object, told not to',
    async (client, bucket) => {
      await put(client, bucket, 'a');
      return inParts(client, bucket, [5 * MIB, 1], { IfNoneMatch: '*' });
    },
    'PreconditionFailed',
  ],
  [
    'parts',
    async (client, bucket) => {
      const { ETag: tag } = await inParts(client, bucket, [5 * MIB, 1]);
      return tag?.replaceAll('"', '').endsWith('-2');
    },
    true,
  ],
  ['parts that are too small', (client, bucket) => inParts(client, bucket, [1, 1]), 'EntityTooSmall'],
  [
    'an upload that was given up',
    async (client, bucket) => {
      const upload = { Bucket: bucket, Key: 'a', UploadId: await begin(client, bucket) };
      await client.send(new AbortMultipartUploadCommand(upload));
      return client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    },
    'NoSuchUpload',
    'Error',
  ],
];

const LOCKED: readonly Case[] = [
  [
    'removing a locked version',
    async (client, bucket) => {
      const { VersionId } = await put(client, bucket, 'a', locked());
      return client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId }));
    },
    'AccessDenied',
  ],
  [
    'hiding a locked object',
    async (client, bucket) => {
      await put(client, bucket, 'a', locked());
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
      return client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
    },
    'NoSuchKey',
  ],
  [
    'making an object again that was hidden',
    async (client, bucket) => {
      await put(client, bucket, 'a', locked());
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
      return put(client, bucket, 'a', { ...locked(), IfNoneMatch: '*' });
    },
    'written',
  ],
  [
    'doing without versions',
    (client, bucket) =>
      client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Suspended' } })),
    'InvalidBucketState',
    'written',
  ],
];

async function begin(client: S3Client, bucket: string): Promise<string> {
  const request = { Bucket: bucket, Key: 'a', ChecksumAlgorithm: 'CRC32' } as const;
  return `${(await client.send(new CreateMultipartUploadCommand(request))).UploadId}`;
}

async function inParts(client: S3Client, bucket: string, sizes: readonly number[], more = {}) {
  const upload = { Bucket: bucket, Key: 'a', UploadId: await begin(client, bucket) };
  const parts = [];
  for (const [at, size] of sizes.entries()) {
    const part = { PartNumber: at + 1, Body: Buffer.alloc(size), ChecksumAlgorithm: 'CRC32' } as const;
    const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...upload, ...part }));
    parts.push({ PartNumber: at + 1, ETag, ChecksumCRC32 });
  }
  return client.send(new CompleteMultipartUploadCommand({ ...upload, ...more, MultipartUpload: { Parts: parts } }));
}

const program = findMoto(process.env.PATH);
if (!program)
  console.warn('NOT COMPARED: moto_server is not on PATH; our own S3 is the only judge of the protocol here');

/** The second judge comes from no registry that a fresh machine has, so it is asked where it is. */
const JUDGES = [
  { name: 'our own S3', start: ours },
  ...(program === undefined ? [] : [{ name: 'moto', start: () => moto(program) }]),
];

for (const { name, start } of JUDGES) {
  describe(name, () => {
    let judge: Judge;
    beforeAll(async () => {
      actAs(USER);
      judge = await start();
    });
    afterAll(() => judge?.close());

    async function newBucket(locks = false): Promise<string> {
      names += 1;
      await judge.makeBucket(`judged-${names}`, locks);
      return `judged-${names}`;
    }

    const all = [...PLAIN.map((one) => ({ locks: false, one })), ...LOCKED.map((one) => ({ locks: true, one }))];
    for (const { locks, one } of all)
      test(one[0], async () => {
        const [, ask, expected, onMoto = expected] = one;
        const bucket = await newBucket(locks);
        const given = await ask(clientOf(judge.endpoint), bucket).then(shown, (error: Error) => error.name);
        expect(given).toEqual(name === 'moto' ? onMoto : expected);
      });

    storeContract(name, async () => {
      const site = { kind: 'bucket', bucket: await newBucket(), region: REGION, endpoint: judge.endpoint } as const;
      return openBucketStore({ ...site, path_style: true, prefix: 'shop' }, { clock: systemClock });
    });
  });
}

const shown = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && '$metadata' in answer ? 'written' : answer;
