import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../lab/s3/asked.ts';
import { currentOf } from '../../lab/s3/bucket.ts';
import { actAs, newSite, USER } from '../../lab/s3/bucket-for-tests.ts';
import { FAULTS, type Fault, type LabS3, startS3 } from '../../lab/s3/server.ts';
import { openBucketStore } from '../../src/backup/bucket/bucket-store.ts';
import type { Patience } from '../../src/backup/bucket/client.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { KnownError } from '../../src/model/errors.ts';
import type { Store } from '../../src/model/repository.ts';
import type { BucketSite } from '../../src/model/repository-site.ts';

/* Every request a store makes goes wrong once, in every way; then for good. The result is the same, or a clear error; never half. */

const PART = 1024;
const LARGE = Buffer.alloc(2 * PART + 1, 'large');
const SMALL = Buffer.from('small');

let servers: LabS3[] = [];
beforeAll(() => actAs(USER));
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Each case has a server of its own: faults are scripted for the next request, whoever makes it. */
async function world(patience: Partial<Patience>, fresh = false) {
  const s3 = await startS3({ users: [USER], page: 2, smallestPart: PART });
  servers = [...servers, s3];
  const site = newSite(s3);
  const open = (more: Partial<BucketSite> = {}): Store =>
    openBucketStore({ ...site, ...more }, { clock: systemClock, patience: { ...PATIENT, ...patience } });
  const calm = openBucketStore(site, { clock: systemClock });
  for (const key of ['there', 'list/1', 'list/2', 'list/3']) await calm.put(key, SMALL);
  const store = open();
  // The first write of a store is preceded by a look whether it knows conditions.
  if (!fresh) await store.put('warm', SMALL);
  return { s3, store, bucket: s3.buckets.get(site.bucket) };
}

const PATIENT: Partial<Patience> = {
  tries: 4,
  requestMs: 20_000,
  partsAbove: PART,
  partBytes: PART,
};

interface Call {
  readonly name: string;
  readonly meets: Operation;
  readonly work: (store: Store) => Promise<unknown>;
  readonly gives: unknown;
  /** The object it leaves. */
  readonly leaves?: Buffer;
  /** By a store that has written nothing yet. */
  readonly fresh?: boolean;
}

const put = (bytes: Buffer, options?: { replace: boolean }) => (store: Store) => store.put('made', bytes, options);
const CALLS: readonly Call[] = [
  { name: 'make', meets: 'PutObject', work: put(SMALL), gives: undefined, leaves: SMALL },
  { name: 'make first of all', meets: 'PutObject', work: put(SMALL), gives: undefined, leaves: SMALL, fresh: true },
  { name: 'replace', meets: 'PutObject', work: put(SMALL, { replace: true }), gives: undefined, leaves: SMALL },
  ...(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'ListMultipartUploads'] as const).map(
    (meets) => ({
      name: 'make in parts',
      meets,
      work: put(LARGE),
      gives: undefined,
      leaves: LARGE,
    }),
  ),
  { name: 'get', meets: 'GetObject', work: (store) => store.get('there'), gives: SMALL },
  {
    name: 'list',
    meets: 'ListObjectsV2',
    work: async (store) => (await store.list('list/')).map(({ key }) => key),
    gives: ['list/1', 'list/2', 'list/3'],
  },
  { name: 'remove', meets: 'DeleteObject', work: (store) => store.remove('there'), gives: undefined },
  {
    name: 'storedAt',
    meets: 'HeadObject',
    work: async (store) => (await store.storedAt('there')) instanceof Date,
    gives: true,
  },
];

/** Only where nothing is answered is it worth not to wait for long: elsewhere a busy machine would be taken for a silent store. */
const patienceFor = (fault: Fault): Partial<Patience> => (fault.startsWith('silent') ? { silenceMs: 700 } : {});

/** HEAD has no body to be cut; and of XML that arrives altered only the line itself, TLS, can know. */
const everyFault = ({ meets }: Call): readonly Fault[] =>
  FAULTS.filter(
    (fault) => (fault !== 'cut' || meets !== 'HeadObject') && (fault !== 'rotten' || meets === 'GetObject'),
  );

describe('a request that goes wrong once', () => {
  test.each(CALLS)('$name ($meets): the result is the same', async (call) => {
    await Promise.all(everyFault(call).map((fault) => once(call, fault)));
  });

  async function once(call: Call, fault: Fault): Promise<void> {
    const { s3, store, bucket } = await world(patienceFor(fault), call.fresh);
    s3.faults.push({ on: call.meets, fault, times: 1 });
    expect({ fault, given: await call.work(store) }).toEqual({ fault, given: call.gives });
    expect({ fault, left: s3.faults }).toEqual({ fault, left: [] });
    if (call.leaves && bucket) expect(currentOf(bucket, 'made')?.bytes.equals(call.leaves)).toBe(true);
    if (call.name === 'remove' && bucket) expect(currentOf(bucket, 'there')).toBeUndefined();
  }
});

describe('a request that goes wrong for good', () => {
  /** What is passed over: it only tidies. */
  const needed = CALLS.filter(({ meets }) => meets !== 'ListMultipartUploads');

  test.each(needed)('$name ($meets): a clear error, and nothing half', async (call) => {
    const lasting = everyFault(call).filter((fault) => fault !== 'slow');
    await Promise.all(lasting.map((fault) => forGood(call, fault)));
  });

  async function forGood(call: Call, fault: Fault): Promise<void> {
    const { s3, store, bucket } = await world({ tries: 2, ...patienceFor(fault) }, call.fresh);
    s3.faults.push({ on: call.meets, fault, times: Number.POSITIVE_INFINITY });
    const outcome = await call.work(store).then(
      (given) => ({ given }),
      (error: unknown) => ({ error }),
    );
    // A write whose answer is lost is asked about; and a body that carries nothing cannot be altered.
    if ('given' in outcome) expect({ fault, given: outcome.given }).toEqual({ fault, given: call.gives });
    else expect(fault, String(outcome.error)).toSatisfy(() => isClear(outcome.error));
    const made = bucket && currentOf(bucket, 'made');
    if (made && call.leaves) expect(made.bytes.equals(call.leaves)).toBe(true);
  }

  const CLEAR = ['TARGET_UNREACHABLE', 'TIMED_OUT', 'OBJECT_DAMAGED', 'TARGET_FAILED'];
  const isClear = (error: unknown): boolean =>
    error instanceof KnownError &&
    CLEAR.includes(error.code) &&
    error.hint !== '' &&
    !error.message.includes('undefined');

  test('an object that arrives altered each time is damaged, and not given out', async () => {
    const { s3, store } = await world({});
    s3.faults.push({ on: 'GetObject', fault: 'rotten', times: Number.POSITIVE_INFINITY });
    await expect(store.get('there')).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('a store that goes on asking to slow down, and one that says nothing', async () => {
    const { s3, store } = await world({ tries: 2, silenceMs: 700 });
    s3.faults.push({ on: 'GetObject', fault: 'throttle', times: Number.POSITIVE_INFINITY });
    s3.faults.push({ on: 'ListObjectsV2', fault: 'silent', times: Number.POSITIVE_INFINITY });
    await expect(store.get('there')).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('it asks to slow down (SlowDown)'),
    });
    await expect(store.list('')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  test('a write that was carried out, and of which only the answer was lost, is not taken for somebody else’s', async () => {
    const { s3, store } = await world({ tries: 1 });
    s3.faults.push({ on: 'PutObject', fault: 'reset-after', times: 1 });
    await store.put('made', SMALL);
    await expect(store.put('made', SMALL)).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  });
});
