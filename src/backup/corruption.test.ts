import { describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import type { Store } from '../model/repository.ts';
import { generateIdentity } from './crypt.ts';
import { memoryStore } from './memory-store.fake.ts';
import { memoryRepository, readAll, reopened, takeBackup, testClock } from './repository.fake.ts';
import { openRepository } from './repository.ts';

const CANARY = 'canary-7d1f0c92-the-password';
const clock = testClock();
const line = { component: 'database', system: '73', timeline: 1 };
const history = '1\t0/3000000\tno recovery target specified\n';

/** A small repository that has one of everything. */
async function small() {
  const made = await memoryRepository({ clock, objectBytes: 64 });
  const { repository } = made;
  await takeBackup(repository, { 'base.tar': `${CANARY} `.repeat(6), backup_manifest: CANARY });
  await repository.putLog({ ...line, from: 0n, bytes: Buffer.from(`${CANARY} in the log, first`) });
  await repository.putLog({ ...line, from: 100n, bytes: Buffer.from(`${CANARY} in the log, other`) });
  await repository.putTimelineHistory('database', '73', 2, history);
  await repository.putTimelineHistory('database', '73', 3, `${history}2\t0/5000000\treason\n`);
  const proofs = [{ claim: 'it can be read', held: true, observed: '3 tables' }];
  await repository.putVerification({
    backup: 'backup-1',
    component: 'database',
    at: '2026-01-14T05:00:00Z',
    held: true,
    proofs,
  });
  return made;
}

/** Everything the repository gives out, in order, until the first error. */
async function giveOut(store: Store, identity: string): Promise<{ given: string[]; error?: unknown }> {
  const given: string[] = [];
  try {
    const repository = await reopened(store, identity, clock);
    given.push(repository.id);
    for (const record of await repository.verifications('database')) given.push(JSON.stringify(record));
    for (const [timeline, text] of await repository.timelineHistories('database', '73'))
      given.push(`${timeline} ${text}`);
    for (const manifest of await repository.backups('database')) {
      given.push(JSON.stringify(manifest));
      for (const part of manifest.parts)
        for await (const piece of repository.read(manifest, part.name)) given.push(piece.toString());
    }
    for (const log of await repository.logs('database')) given.push(`${await repository.readLog(log)}`);
    return { given };
  } catch (error) {
    return { given, error };
  }
}

const { store, identity } = await small();
const whole = new Map(store.objects);
const checked = [...whole.keys()].filter((key) => key !== 'README.txt');
const truth = await giveOut(memoryStore(new Map(whole)), identity);

/** What is given out of a spoiled repository must be a beginning of the truth, and then an error that names the object. */
async function refusedNaming(key: string, bytes: Buffer): Promise<void> {
  const spoiled = memoryStore(new Map(whole).set(key, bytes));
  const { given, error } = await giveOut(spoiled, identity);
  expect(error, key).toBeInstanceOf(KnownError);
  expect((error as KnownError).code).toBe('OBJECT_DAMAGED');
  expect((error as KnownError).message).toContain(key);
  expect(given).toEqual(truth.given.slice(0, given.length));
}

test('the repository that is spoiled below has one of everything and is whole', () => {
  expect(truth.error).toBeUndefined();
  expect(truth.given.join()).toContain(CANARY);
  const kinds = ['manifest.json', '.tar.000002', 'wal/73/00000001/', '00000003-', 'verified/', 'lifeboat-repository'];
  for (const kind of kinds)
    expect(
      checked.some((key) => key.includes(kind)),
      kind,
    ).toBe(true);
});

describe.each(checked)('%s', (key) => {
  const stored = whole.get(key) as Buffer;

  test('with any single byte changed is refused', async () => {
    for (let at = 0; at < stored.length; at++) {
      const spoiled = Buffer.from(stored);
      spoiled[at] = (spoiled[at] as number) ^ (1 << (at % 8));
      await refusedNaming(key, spoiled);
    }
  });

  test('cut short or lengthened is refused', async () => {
    for (let length = 0; length < stored.length; length += 64) await refusedNaming(key, stored.subarray(0, length));
    await refusedNaming(key, stored.subarray(0, stored.length - 1));
    await refusedNaming(key, Buffer.concat([stored, Buffer.from('\n')]));
  });

  test('in place of any other is refused', async () => {
    for (const other of checked) if (other !== key) await refusedNaming(other, stored);
  });

  test('when it is missing is refused, or the whole of which it is the only sign is gone', async () => {
    const without = new Map(whole);
    without.delete(key);
    const { given, error } = await giveOut(memoryStore(without), identity);
    if (key === 'lifeboat-repository.json') {
      expect(error).toMatchObject({ code: 'REPOSITORY_MISSING' });
    } else if (key.includes('/backups/') && !key.endsWith('manifest.json')) {
      expect(error).toMatchObject({ code: 'OBJECT_DAMAGED', message: expect.stringContaining(key) });
    } else {
      // A list cannot show what is gone: a missing stretch of log is found by the catalogue, as a gap.
      expect(error).toBeUndefined();
      expect(truth.given).toEqual(expect.arrayContaining(given));
      expect(given.length).toBeLessThan(truth.given.length);
    }
  });
});

describe('the check without a key', () => {
  const objects = checked.filter((key) => key.includes('/backups/') && !key.endsWith('manifest.json'));

  test.each(objects)('finds damage of %s', async (key) => {
    const stored = whole.get(key) as Buffer;
    const altered = Buffer.from(stored);
    altered[stored.length >> 1] = (altered[stored.length >> 1] as number) ^ 128;
    for (const bytes of [altered, stored.subarray(0, -1), Buffer.alloc(0), undefined]) {
      const objects = new Map(whole);
      if (bytes) objects.set(key, bytes);
      else objects.delete(key);
      const repository = await openRepository(memoryStore(objects), { recipients: [], clock });
      const [manifest] = await repository.backups('database');
      const result = await repository.check(manifest as never);
      expect(result).toMatchObject({ id: 'backup-1', whole: false, why: expect.stringContaining(key) });
    }
  });
});

describe('secrecy', () => {
  test('the plain text stands in no stored byte', () => {
    // One part is so short that compressing alone would leave it readable.
    for (const [key, bytes] of whole) expect(bytes.includes(CANARY), key).toBe(false);
  });

  test('another key opens nothing, and is told so', async () => {
    const eve = await generateIdentity();
    const repository = await reopened(memoryStore(new Map(whole)), eve.identity, clock);
    const [manifest] = await repository.backups('database');
    const attempts = [
      () => readAll(repository, manifest as never, 'base.tar'),
      () => readAll(repository, manifest as never, 'backup_manifest'),
      async () => repository.readLog((await repository.logs('database'))[0] as never),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'KEY_WRONG' });
  });
});

test('a stretch that vanished since it was listed is refused by name', async () => {
  const spoiled = memoryStore(new Map(whole));
  const repository = await reopened(spoiled, identity, clock);
  const [log] = await repository.logs('database');
  spoiled.objects.delete(log?.key ?? '');
  await expect(repository.readLog(log as never)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
});
