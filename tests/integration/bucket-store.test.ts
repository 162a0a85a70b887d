import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentOf } from '../../lab/s3/bucket.ts';
import { actAs, newSite, USER } from '../../lab/s3/bucket-for-tests.ts';
import { type LabS3, startS3 } from '../../lab/s3/server.ts';
import type { User } from '../../lab/s3/signature.ts';
import { openBucketStore } from '../../src/backup/bucket/bucket-store.ts';
import type { Patience } from '../../src/backup/bucket/client.ts';
import { storeContract } from '../../src/backup/store.testsuite.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { KnownError } from '../../src/model/errors.ts';
import type { BucketSite } from '../../src/model/repository-site.ts';

const MIB = 1024 * 1024;
const TEMPORARY = { id: 'ASIAEXAMPLE', secret: 's', token: 'good' };
const EXPIRED = { id: 'ASIAEXPIRED', secret: 's', token: 'old', expired: true };
const READER = { id: 'AKIAREADER', secret: 's', allowed: ['s3:GetObject', 's3:ListBucket'] };

let s3: LabS3;
beforeAll(async () => {
  s3 = await startS3({ users: [USER, TEMPORARY, EXPIRED, READER], page: 7 });
  actAs(USER);
});
afterAll(() => s3.close());

const quick: Partial<Patience> = { tries: 2, connectMs: 500, silenceMs: 300, requestMs: 5000 };
const opened = (site: BucketSite, patience: Partial<Patience> = quick) =>
  openBucketStore(site, { clock: systemClock, patience });
const text = (of: string): Buffer => Buffer.from(of);
const versionOf = ({ bucket, prefix }: BucketSite, key: string) => {
  const found = s3.buckets.get(bucket);
  return found && currentOf(found, prefix ? `${prefix}/${key}` : key);
};

storeContract('a bucket', async () => opened(newSite(s3)));
storeContract('a prefix of a bucket with versions', async () =>
  opened(newSite(s3, { prefix: 'a/b', versioned: true })),
);
storeContract('a bucket with object lock', async () =>
  opened(newSite(s3, { locks: true, object_lock: { mode: 'compliance', days: 3 } })),
);
storeContract('a bucket that is written by looking', async () => opened(newSite(s3, { conditional_writes: false })));

describe('a bucket as a store', () => {
  test('sees nothing of what lies beside its prefix, and lists page after page', async () => {
    const site = newSite(s3, { prefix: 'shop' });
    const [shop, other] = [opened(site), opened({ ...site, prefix: 'shopping' })];
    await other.put('foreign', text('x'));
    const keys = Array.from({ length: 40 }, (_, at) => `many/${String(at).padStart(3, '0')}`);
    for (const key of keys) await shop.put(key, text(key));
    expect((await shop.list('')).map(({ key }) => key)).toEqual(keys);
    expect((await other.list('')).map(({ key }) => key)).toEqual(['foreign']);
  });

  test('passes over what others keep there under names that no repository has', async () => {
    const site = newSite(s3);
    const odd = ['with space', 'line\nbreak', '\u0001', 'ü/☃', 'a+b%20c', '.hidden', 'a//b', 'x&<y>'];
    const put = opened(site);
    await put.put('ours', text('x'));
    const bucket = s3.buckets.get(site.bucket);
    const ours = bucket?.objects.get('ours') ?? [];
    for (const key of odd) bucket?.objects.set(key, ours);
    expect(await put.list('')).toEqual([{ key: 'ours', bytes: 1 }]);
  });

  test('knows when an object was stored', async () => {
    const store = opened(newSite(s3));
    await store.put('object', text('x'));
    expect(Math.abs(Date.now() - Number(await store.storedAt('object')))).toBeLessThan(60_000);
    expect(await store.storedAt('nothing')).toBeUndefined();
  });

  test('sends large objects in parts, which are there whole or not at all, and never over another', async () => {
    const site = newSite(s3, { storage_class: 'STANDARD_IA', encryption: { kind: 'aws:kms', key: 'alias/dr' } });
    const store = opened(site, { ...quick, partsAbove: 5 * MIB, partBytes: 5 * MIB });
    const bytes = Buffer.alloc(11 * MIB, 'lifeboat');
    await store.put('large', bytes);
    expect((await store.get('large'))?.equals(bytes)).toBe(true);
    expect(versionOf(site, 'large')?.etag).toMatch(/-3"$/);
    expect(versionOf(site, 'large')?.headers).toMatchObject({
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/dr',
    });
    await expect(store.put('large', Buffer.alloc(6 * MIB))).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect((await store.get('large'))?.equals(bytes)).toBe(true);
    expect(s3.buckets.get(site.bucket)?.uploads.size).toBe(0);
  });

  test('takes back the parts of uploads that were left a day ago, and of nobody else', async () => {
    const site = newSite(s3, { prefix: 'mine' });
    const { uploads } = s3.buckets.get(site.bucket) ?? {};
    const upload = { said: { headers: {} }, parts: new Map() };
    const [old, young] = [new Date(Date.now() - 25 * 3_600_000), new Date()];
    uploads?.set('1', { ...upload, id: '1', key: 'mine/old', begunAt: old });
    uploads?.set('2', { ...upload, id: '2', key: 'mine/young', begunAt: young });
    uploads?.set('3', { ...upload, id: '3', key: 'theirs/old', begunAt: old });
    const store = opened(site, { ...quick, partsAbove: 5 * MIB, partBytes: 5 * MIB });
    await store.put('large', Buffer.alloc(6 * MIB));
    expect([...(uploads?.keys() ?? [])]).toEqual(['2', '3']);
  });

  test('small objects stay in the standard class', async () => {
    const site = newSite(s3, { storage_class: 'GLACIER_IR', encryption: { kind: 'AES256' } });
    const store = opened(site);
    await store.put('small', text('x'));
    await store.put('worth-it', Buffer.alloc(128 * 1024));
    expect(versionOf(site, 'small')?.headers['x-amz-storage-class']).toBeUndefined();
    expect(versionOf(site, 'small')?.headers['x-amz-server-side-encryption']).toBe('AES256');
    expect(versionOf(site, 'worth-it')?.headers['x-amz-storage-class']).toBe('GLACIER_IR');
  });

  test('locks what it writes for the time that is planned, but not what is replaced within minutes', async () => {
    const site = newSite(s3, { locks: true, object_lock: { mode: 'governance', days: 2 } });
    const store = opened(site);
    await store.put('kept', text('x'));
    await store.put('sign', text('1'), { replace: true, brief: true });
    const left = Number(versionOf(site, 'kept')?.lockedUntil) - Date.now();
    expect(left / 3_600_000).toBeGreaterThan(47);
    expect(left / 3_600_000).toBeLessThanOrEqual(48);
    expect(versionOf(site, 'kept')?.lockMode).toBe('GOVERNANCE');
    expect(versionOf(site, 'sign')?.lockedUntil).toBeUndefined();
  });

  test('what was removed or replaced under a lock is hidden, and still there', async () => {
    const site = newSite(s3, { locks: true, object_lock: { mode: 'compliance', days: 2 } });
    const store = opened(site);
    await store.put('object', text('first'));
    await store.put('object', text('second'), { replace: true });
    await store.remove('object');
    expect(await store.get('object')).toBeUndefined();
    const versions = s3.buckets.get(site.bucket)?.objects.get('object') ?? [];
    expect(versions.map(({ bytes, deleted }) => (deleted ? 'deleted' : String(bytes)))).toEqual([
      'first',
      'second',
      'deleted',
    ]);
  });
});

describe('a store that ignores If-None-Match', () => {
  test('is refused before anything is written over, and works once a person accepts it', async () => {
    const old = await startS3({ users: [USER], ignoresConditions: true });
    try {
      const site = newSite(old);
      await opened(site).put('object', text('first'), { replace: true });
      const error = await opened(site)
        .put('object', text('second'))
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'TARGET_FAILED',
        hint: expect.stringContaining('conditional_writes: false'),
      });
      const store = opened({ ...site, conditional_writes: false });
      await expect(store.put('object', text('second'))).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
      expect(await store.get('object')).toEqual(text('first'));
      await store.put('other', text('new'));
    } finally {
      await old.close();
    }
  });
});

describe('what a person is told', () => {
  const refusedWith = async (user: User, site: BucketSite): Promise<KnownError> => {
    actAs(user);
    try {
      await opened(site).put('object', text('x'));
      throw new Error('it was written');
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      expect(`${error.message} ${error.hint}`).not.toContain(USER.secret);
      return error;
    } finally {
      actAs(USER);
    }
  };

  test.each([
    [
      'a wrong secret',
      { ...USER, secret: 'wrong' },
      'TARGET_DENIED',
      /credentials are wrong \(SignatureDoesNotMatch\)/,
    ],
    [
      'an unknown key',
      { id: 'AKIANOBODY', secret: 's' },
      'TARGET_DENIED',
      /credentials are wrong \(InvalidAccessKeyId\)/,
    ],
    ['a token that is over', EXPIRED, 'TARGET_DENIED', /credentials have expired \(ExpiredToken\)/],
    ['a foreign token', { ...TEMPORARY, token: 'bad' }, 'TARGET_DENIED', /credentials are wrong \(InvalidToken\)/],
    ['a missing right', READER, 'TARGET_DENIED', /access is refused \(AccessDenied\)/],
  ] as const)('%s', async (_, user, code, says) => {
    expect(await refusedWith(user, newSite(s3))).toMatchObject({
      code,
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/\S/),
    });
  });

  test('no credentials at all', async () => {
    expect(await refusedWith({ id: '', secret: '' }, newSite(s3))).toMatchObject({
      code: 'TARGET_DENIED',
      message: expect.stringContaining('there are no credentials'),
    });
  });

  test('a session works', async () => {
    const site = newSite(s3);
    actAs(TEMPORARY);
    await opened(site).put('object', text('x'));
    actAs(USER);
    expect(await opened(site).get('object')).toEqual(text('x'));
  });

  test.each([
    ['put', (site: BucketSite) => opened(site).put('object', text('x'))],
    ['get', (site: BucketSite) => opened(site).get('object')],
    ['list', (site: BucketSite) => opened(site).list('')],
  ])('%s in a bucket that does not exist', async (_, work) => {
    const site = { ...newSite(s3), bucket: 'never-made' };
    await expect(work(site)).rejects.toMatchObject({
      code: 'REPOSITORY_MISSING',
      message: expect.stringContaining('s3://never-made'),
    });
  });

  test('a bucket of another region, and which it is', async () => {
    const site = newSite(s3);
    s3.add({ name: 'far-away', region: 'us-west-2' });
    await expect(opened({ ...site, bucket: 'far-away' }).list('')).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining('not in the region eu-west-1 but in us-west-2'),
    });
    await expect(opened({ ...site, region: 'us-east-1' }).list('')).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining('not in the region us-east-1 but in eu-west-1'),
    });
  });

  test('a lock in a bucket that cannot lock', async () => {
    const site = newSite(s3, { object_lock: { mode: 'compliance', days: 1 } });
    await expect(opened(site).put('object', text('x'))).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      hint: expect.stringContaining('object lock switched on'),
    });
  });

  test('an object that was moved into an archive', async () => {
    const site = newSite(s3);
    const store = opened(site);
    await store.put('object', text('x'));
    const versions = s3.buckets.get(site.bucket)?.objects.get('object') ?? [];
    const archived = versions.map((version) => ({ ...version, headers: { 'x-amz-storage-class': 'GLACIER' } }));
    s3.buckets.get(site.bucket)?.objects.set('object', archived);
    await expect(store.get('object')).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      hint: expect.stringContaining('restore-object'),
    });
  });

  test('a port on which nobody listens', async () => {
    const site = { ...newSite(s3), endpoint: 'http://127.0.0.1:1' };
    await expect(opened(site).get('object')).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('does not answer (ECONNREFUSED)'),
    });
  });

  test('a clock that is wrong by an hour', async () => {
    const ahead = await startS3({ users: [USER], now: () => new Date(Date.now() + 3_600_000) });
    try {
      await expect(opened(newSite(ahead)).put('object', text('x'))).rejects.toMatchObject({
        code: 'TARGET_DENIED',
        message: expect.stringContaining('the clock of this machine is wrong'),
      });
    } finally {
      await ahead.close();
    }
  });
});
