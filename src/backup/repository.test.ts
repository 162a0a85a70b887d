import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { writeChecked } from './checked-json.ts';
import { generateIdentity } from './crypt.ts';
import { memoryStore } from './memory-store.fake.ts';
import { memoryRepository, readAll, reopened, takeBackup, testClock } from './repository.fake.ts';
import { createRepository, openRepository } from './repository.ts';
import { Crash, crashAfter, withFaults } from './store-faults.fake.ts';

const clock = testClock();
const now = new Date('2026-01-14T03:00:00.000Z');
const alice = await generateIdentity();
const bob = await generateIdentity();
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('making and opening a repository', () => {
  test('a new one says what it is, and tells a person how to restore by hand', async () => {
    const store = memoryStore();
    await createRepository(store, { recipients: [alice.recipient], id: 'repository-7', now });
    const repository = await openRepository(store, { recipients: [], clock });
    expect(repository).toMatchObject({ id: 'repository-7', place: 'memory' });
    expect(JSON.parse(`${await store.get('lifeboat-repository.json')}`)).toMatchObject({
      format: 1,
      id: 'repository-7',
      createdAt: '2026-01-14T03:00:00.000Z',
      recipients: [alice.recipient],
    });
    expect(`${await store.get('README.txt')}`).toContain(alice.recipient);
    expect(await repository.backups('database')).toEqual([]);
    expect(await repository.logs('database')).toEqual([]);
  });

  test('an existing one is not made again', async () => {
    const { store, recipient } = await memoryRepository({ clock });
    const again = createRepository(store, { recipients: [recipient], id: 'other', now });
    expect(await refusal(again)).toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  });

  test('a missing one is named, with what to do', async () => {
    const error = await refusal(openRepository(memoryStore(), { recipients: [alice.recipient], clock }));
    expect(error).toMatchObject({ code: 'REPOSITORY_MISSING', hint: expect.stringContaining('lifeboat init') });
  });

  test('one of a newer format is refused, and a damaged file is damage', async () => {
    const store = memoryStore();
    const record = { format: 2, id: 'x', createdAt: now.toISOString(), recipients: [], colour: 'red' };
    await store.put('lifeboat-repository.json', writeChecked(record));
    const error = await refusal(openRepository(store, { recipients: [alice.recipient], clock }));
    expect(error).toMatchObject({ code: 'TARGET_FAILED', message: expect.stringContaining('format 2') });
    await store.put('lifeboat-repository.json', Buffer.from('[]'), { replace: true });
    expect(await refusal(openRepository(store, { recipients: [], clock }))).toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('without a recipient, or with what is none, nothing is made', async () => {
    const store = memoryStore();
    for (const recipients of [[], ['nonsense'], [alice.identity]]) {
      expect(await refusal(createRepository(store, { recipients, id: 'x', now }))).toMatchObject({ code: 'USAGE' });
    }
    expect(store.objects.size).toBe(0);
  });

  test('recipients that are given count for new objects; old ones keep theirs', async () => {
    const store = memoryStore();
    await createRepository(store, { recipients: [alice.recipient], id: 'x', now });
    const first = await takeBackup(await openRepository(store, { recipients: [], clock }), { p: 'old' }, { id: 'one' });
    const moved = await openRepository(store, { recipients: [bob.recipient], clock });
    const second = await takeBackup(moved, { p: 'new' }, { id: 'two' });
    const asBob = await reopened(store, bob.identity, clock);
    expect(`${await readAll(asBob, second, 'p')}`).toBe('new');
    expect(await refusal(readAll(asBob, first, 'p'))).toMatchObject({ code: 'KEY_WRONG' });
    expect(`${await readAll(await reopened(store, alice.identity, clock), first, 'p')}`).toBe('old');
  });

  test('the private key is asked for at the first read and not before; none is KEY_MISSING', async () => {
    const { store, identity } = await memoryRepository({ clock });
    let asked = 0;
    const identities = () => {
      asked += 1;
      return [identity];
    };
    const repository = await openRepository(store, { recipients: [], identities, clock });
    const manifest = await takeBackup(repository, { p: 'words' });
    await repository.check(manifest);
    expect(asked).toBe(0);
    await readAll(repository, manifest, 'p');
    await readAll(repository, manifest, 'p');
    expect(asked).toBe(1);
    const blind = await openRepository(store, { recipients: [], clock });
    expect(await refusal(readAll(blind, manifest, 'p'))).toMatchObject({ code: 'KEY_MISSING' });
    const empty = await openRepository(store, { recipients: [], identities: () => ['# no key'], clock });
    expect(await refusal(readAll(empty, manifest, 'p'))).toMatchObject({ code: 'KEY_MISSING' });
  });
});

describe('a backup', () => {
  test('comes back as it was written, however it was cut', async () => {
    const { repository, store } = await memoryRepository({ clock, objectBytes: 1000 });
    const content = randomBytes(12_345);
    const writer = await repository.begin({ id: 'b', component: 'database', method: 'postgres.dump', startedAt: now });
    const part = await writer.part('base.tar');
    for (let at = 0; at < content.length; at += 777) {
      const piece = Buffer.from(content.subarray(at, at + 777));
      await part.write(piece);
      piece.fill(0);
    }
    await part.end();
    await (await writer.part('empty')).end();
    const manifest = await writer.commit({ serverVersion: '15.18' }, new Date('2026-01-14T03:01:00.000Z'));
    expect(manifest.parts.map((each) => [each.name, each.plainBytes, each.objects.length])).toEqual([
      ['base.tar', 12_345, 13],
      ['empty', 0, 0],
    ]);
    expect((await readAll(repository, manifest, 'base.tar')).equals(content)).toBe(true);
    expect(await readAll(repository, manifest, 'empty')).toHaveLength(0);
    expect(await repository.backups('database')).toEqual([manifest]);
    expect(await repository.check(manifest)).toEqual({ id: 'b', whole: true });
    const first = manifest.parts[0]?.objects[0]?.key ?? '';
    expect(first).toMatch(/^components\/database\/backups\/b\/base\.tar\.000000\.[0-9a-f]{16}\.zst\.age$/);
    expect(store.objects.get(first)?.length).toBe(manifest.parts[0]?.objects[0]?.bytes);
  });

  test('parts may be named as tables are, and stay apart', async () => {
    const { repository } = await memoryRepository({ clock });
    const names = [
      'public."Müller & Söhne"',
      '../../etc/passwd',
      '.hidden',
      'a/b',
      'a%2Fb',
      `${'x'.repeat(150)}1`,
      `${'x'.repeat(150)}2`,
    ];
    const manifest = await takeBackup(
      repository,
      Object.fromEntries(names.map((name) => [name, `content of ${name}`])),
    );
    for (const name of names) expect(`${await readAll(repository, manifest, name)}`).toBe(`content of ${name}`);
  });

  test('backups are listed oldest first, each under its own component', async () => {
    const { repository } = await memoryRepository({ clock });
    await takeBackup(repository, {}, { id: 'a', at: new Date('2026-01-03T00:00:00Z'), key: 'run-1/backup' });
    await takeBackup(repository, {}, { id: 'b', at: new Date('2026-01-01T00:00:00Z') });
    await takeBackup(repository, {}, { id: 'c', at: new Date('2026-01-02T00:00:00Z'), component: 'other' });
    expect((await repository.backups('database')).map((backup) => [backup.id, backup.key])).toEqual([
      ['b', undefined],
      ['a', 'run-1/backup'],
    ]);
    expect((await repository.backups('data')).length).toBe(0);
  });

  test('is not there before commit, and not after abort', async () => {
    const { repository, store } = await memoryRepository({ clock, objectBytes: 10 });
    const before = [...store.objects.keys()];
    const writer = await repository.begin({ id: 'b', component: 'database', method: 'postgres.dump', startedAt: now });
    const part = await writer.part('p');
    await part.write(Buffer.alloc(95));
    expect(await repository.backups('database')).toEqual([]);
    await writer.abort();
    await writer.abort();
    expect([...store.objects.keys()]).toEqual(before);
    await expect(part.write(Buffer.alloc(1))).rejects.toThrow('ended');
    await expect(writer.part('q')).rejects.toThrow('finished');
    await expect(writer.commit({}, now)).rejects.toThrow('finished');
    expect(await takeBackup(repository, { p: 'x' }, { id: 'b' })).toMatchObject({ id: 'b' });
  });

  test('is written one part at a time, each once, and not committed with an open one', async () => {
    const { repository } = await memoryRepository({ clock });
    const writer = await repository.begin({ id: 'b', component: 'database', method: 'postgres.dump', startedAt: now });
    const part = await writer.part('p');
    await expect(writer.part('q')).rejects.toThrow('not ended');
    await expect(writer.commit({}, now)).rejects.toThrow('not ended');
    await part.end();
    await expect(part.end()).rejects.toThrow('ended');
    await expect(writer.part('p')).rejects.toThrow('before');
    await writer.commit({}, now);
    const again = repository.begin({ id: 'b', component: 'database', method: 'postgres.dump', startedAt: now });
    expect(await refusal(again)).toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    await writer.abort();
    expect(await repository.backups('database')).toHaveLength(1);
  });

  test('does not count when an object vanished or changed size while it was taken', async () => {
    const { repository, store } = await memoryRepository({ clock });
    for (const spoil of [
      (key: string) => store.objects.delete(key),
      (key: string) => store.objects.set(key, Buffer.from('x')),
    ]) {
      const writer = await repository.begin({
        id: 'b',
        component: 'database',
        method: 'postgres.dump',
        startedAt: now,
      });
      const part = await writer.part('p');
      await part.write(Buffer.from('words'));
      await part.end();
      const key = [...store.objects.keys()].find((name) => name.endsWith('.zst.age')) ?? '';
      spoil(key);
      expect(await refusal(writer.commit({}, now))).toMatchObject({
        code: 'OBJECT_DAMAGED',
        message: expect.stringContaining(key),
      });
      expect(await repository.backups('database')).toEqual([]);
      await writer.abort();
    }
  });

  test('of two attempts at the same backup one is committed, and it is whole', async () => {
    const { repository } = await memoryRepository({ clock });
    const request = { id: 'b', component: 'database', method: 'postgres.dump', startedAt: now } as const;
    const writers = [await repository.begin(request), await repository.begin(request)];
    for (const [index, writer] of writers.entries()) {
      const part = await writer.part('p');
      await part.write(Buffer.from(`attempt ${index}`));
      await part.end();
    }
    const manifest = await writers[1]?.commit({}, now);
    const late = writers[0]?.commit({}, now) ?? Promise.resolve();
    expect(await refusal(late)).toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    await writers[0]?.abort();
    expect(`${await readAll(repository, manifest as never, 'p')}`).toBe('attempt 1');
  });

  test('fails for good when one of its objects could not be written', async () => {
    const inner = await memoryRepository({ clock });
    const full = Object.assign(new Error('full'), { code: 'DISK_FULL' });
    const { store, assertAllFired } = withFaults(inner.store, [{ on: 'put', nth: 3, error: full }]);
    const repository = await openRepository(store, { recipients: [], clock, objectBytes: 10 });
    const writer = await repository.begin({ id: 'b', component: 'database', method: 'postgres.dump', startedAt: now });
    const part = await writer.part('p');
    const write = async () => {
      for (let n = 0; n < 20; n++) await part.write(Buffer.alloc(10));
      await part.end();
    };
    expect(await refusal(write())).toBe(full);
    expect(await refusal(part.write(Buffer.alloc(1)))).toBe(full);
    expect(await refusal(part.end())).toBe(full);
    await writer.abort();
    assertAllFired();
    expect([...inner.store.objects.keys()].filter((key) => key.startsWith('components/'))).toEqual([]);
  });

  test('never has more than a few objects under way', async () => {
    const inner = await memoryRepository({ clock });
    let underWay = 0;
    let most = 0;
    const slow = {
      ...inner.store,
      put: async (...args: Parameters<typeof inner.store.put>) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return inner.store.put(...args);
      },
    };
    const repository = await openRepository(slow, { recipients: [], clock, objectBytes: 10 });
    await takeBackup(repository, { p: Buffer.alloc(500) });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('removing goes by the manifest first', async () => {
    const { repository, store, identity } = await memoryRepository({ clock, objectBytes: 10 });
    const manifest = await takeBackup(repository, { p: Buffer.alloc(30) });
    const crashing = await reopened(crashAfter(store, 1), identity, clock);
    await expect(crashing.remove(manifest)).rejects.toThrow(Crash);
    expect(await repository.backups('database')).toEqual([]);
    await repository.remove(manifest);
    expect([...store.objects.keys()].filter((key) => key.startsWith('components/'))).toEqual([]);
  });

  test('a part that is not in it is named', async () => {
    const { repository } = await memoryRepository({ clock });
    const manifest = await takeBackup(repository, { p: 'x' });
    expect(await refusal(readAll(repository, manifest, 'q'))).toMatchObject({ message: expect.stringContaining('q') });
  });

  test('a reader that leaves early leaves nothing behind that fails', async () => {
    const { repository, store } = await memoryRepository({ clock, objectBytes: 10 });
    const manifest = await takeBackup(repository, { p: Buffer.alloc(50) });
    store.objects.delete(manifest.parts[0]?.objects[2]?.key ?? '');
    for await (const piece of repository.read(manifest, 'p')) {
      expect(piece).toHaveLength(10);
      break;
    }
  });
});

describe('cut off after any single write', () => {
  const content = { 'base.tar': Buffer.alloc(35, 'a'), backup_manifest: 'words' };

  test.each([false, true])(
    'a backup is never listed as whole and never half readable (answer lost: %s)',
    async (lands) => {
      for (let writes = 0; ; writes++) {
        const { store, identity } = await memoryRepository({ clock });
        const dying = crashAfter(store, writes, lands);
        const attempt = openRepository(dying, { recipients: [], clock, objectBytes: 10 }).then((repository) =>
          takeBackup(repository, content),
        );
        const outcome = await refusal(attempt);
        const after = await openRepository(store, {
          recipients: [],
          identities: () => [identity],
          clock,
          objectBytes: 10,
        });
        const [found, ...others] = await after.backups('database');
        expect(others).toEqual([]);
        if (found) {
          expect(await after.check(found)).toEqual({ id: 'backup-1', whole: true });
          expect(await readAll(after, found, 'base.tar')).toEqual(content['base.tar']);
        }
        if (outcome === 'no error') {
          expect(writes).toBe(6);
          break;
        }
        expect(outcome).toBeInstanceOf(Crash);
        expect(found === undefined).toBe(!(lands && writes === 5));
        if (!found) {
          const again = await takeBackup(after, content);
          expect(await readAll(after, again, 'backup_manifest')).toEqual(Buffer.from('words'));
        }
      }
    },
  );
});

describe('verifications', () => {
  test('are kept one by one, oldest first, and never changed', async () => {
    const { repository } = await memoryRepository({ clock });
    const proofs = [{ claim: 'every table can be read', held: true, observed: '12 tables' }];
    const record = { backup: 'backup-1', component: 'database', at: '2026-01-14T05:00:00.000Z', held: true, proofs };
    await repository.putVerification(record);
    await repository.putVerification({ ...record, at: '2026-01-14T04:00:00.000Z', held: false });
    expect((await repository.verifications('database')).map((each) => each.held)).toEqual([false, true]);
    expect((await repository.verifications('database'))[1]).toEqual(record);
    expect(await refusal(repository.putVerification({ ...record, held: false }))).toMatchObject({
      code: 'TARGET_NOT_EMPTY',
    });
  });
});
