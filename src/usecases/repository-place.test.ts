import { describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import { Repository } from '../model/plan/repository.ts';
import { type BucketSite, movedTo, siteOf, siteText } from '../model/repository-site.ts';
import { RECIPIENT } from '../plan/sample-plan.fake.ts';
import { typedSite } from './repository-place.ts';

const site = (text: string) => typedSite(text, { cwd: '/home/ann' });
const refused = (text: string): KnownError => {
  try {
    site(text);
  } catch (error) {
    if (error instanceof KnownError) return error;
  }
  throw new Error(`${text} was taken`);
};

describe('a repository as it is typed', () => {
  test('is a folder, from where one stands', () => {
    expect(site('backups')).toEqual({ kind: 'folder', folder: '/home/ann/backups' });
    expect(site('/mnt/r')).toEqual({ kind: 'folder', folder: '/mnt/r' });
  });

  test.each([
    's3://my-dr?region=eu-west-1',
    's3://my-dr/shop/orders?region=eu-west-1&endpoint=https%3A%2F%2Fs3.example.com%3A9000&path_style=true&profile=dr',
    's3://my-dr/shop?region=eu-west-1&conditional_writes=false',
  ])('is a bucket, and is written the same way again: %s', (text) => {
    expect(site(text).kind).toBe('bucket');
    expect(siteText(site(text))).toBe(text);
  });

  test.each([
    ['s3://my-dr', /region/],
    ['s3://My_Bucket?region=eu-west-1', /bucket name/],
    ['s3://key:secret@my-dr?region=eu-west-1', /./],
    ['s3://my-dr?region=eu-west-1&regoin=x', /regoin/],
    ['s3://my-dr?region=eu-west-1&path_style=perhaps', /path_style/],
    ['s3://my-dr?region=eu-west-1&endpoint=s3.example.com', /https/],
  ])('%s is refused, with how it is written', (text, says) => {
    expect(refused(text)).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(says),
      hint: expect.stringContaining('s3://my-bucket/shop?region=eu-west-1'),
    });
  });
});

test('dots in the address of a bucket lead nowhere', () =>
  expect(siteText(site('s3://my-dr/../up?region=eu-west-1'))).toBe('s3://my-dr/up?region=eu-west-1'));

describe('a repository in a plan', () => {
  const planned = (fields: Record<string, unknown>) => Repository.safeParse({ recipients: [RECIPIENT], ...fields });
  const wrong = (fields: Record<string, unknown>) =>
    planned(fields)
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n');

  test.each([
    [{}, 'folder: say where'],
    [{ folder: '/r', bucket: 'my-dr', region: 'eu-west-1' }, 'bucket: a repository is in a folder or in a bucket'],
    [{ bucket: 'my-dr' }, 'region: the region of the bucket is missing'],
    [
      { folder: '/r', object_lock: { mode: 'compliance', days: 1 } },
      'object_lock: object_lock is for a repository in a bucket',
    ],
    [{ bucket: 'my..dr', region: 'eu-west-1' }, 'bucket: a bucket name is'],
    [{ bucket: 'my-dr', region: 'eu-west-1', prefix: '/shop/' }, 'prefix: a prefix is written like'],
    [{ bucket: 'my-dr', region: 'eu-west-1', endpoint: 'https://me:pw@s3.example.com' }, 'endpoint: an endpoint is'],
    [{ bucket: 'my-dr', region: 'eu-west-1', storage_class: 'GLACIER' }, 'storage_class: '],
    [
      { bucket: 'my-dr', region: 'eu-west-1', encryption: { kind: 'AES256', key: 'k' } },
      'encryption: only aws:kms takes a key',
    ],
    [{ bucket: 'my-dr', region: 'eu-west-1', object_lock: { mode: 'governance', days: 0 } }, 'object_lock.days: '],
    [{ folder: '/r', keep: {} }, 'keep: say what is kept'],
    [{ folder: '/r', keep: { last: 0 } }, 'keep.last: '],
    [{ folder: '/r', keep: { within: 'a month' } }, 'keep.within: '],
  ])('%j: %s', (fields, says) => expect(wrong(fields)).toContain(says));

  test('on a machine that took a run over is reached as it is there, and written to as it was planned', () => {
    const lock = { mode: 'compliance', days: 7 } as const;
    const repository = planned({ bucket: 'my-dr', region: 'eu-west-1', object_lock: lock }).data as Repository;
    const there = site('s3://copy/of?region=us-west-2&path_style=true');
    expect(siteOf(movedTo(repository, there))).toEqual({ ...(there as BucketSite), object_lock: lock });
    expect(siteOf(movedTo(repository, site('/mnt/copy')))).toEqual({ kind: 'folder', folder: '/mnt/copy' });
    expect(Repository.safeParse(movedTo(repository, site('/mnt/copy'))).success).toBe(true);
  });
});
