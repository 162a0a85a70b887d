import { expect, test } from 'vitest';
import { generateIdentity } from '../backup/crypt.ts';
import { type MemoryStore, memoryStore } from '../backup/memory-store.fake.ts';
import { readAll, reopened, takeBackup, testClock } from '../backup/repository.fake.ts';
import { createRepository } from '../backup/repository.ts';
import { Crash, crashAfter } from '../backup/store-faults.fake.ts';
import { loadRecoveryPoints } from '../catalog/load.ts';
import { planWith } from '../check/checked-plan.fake.ts';
import type { BackupRepository, Store } from '../model/repository.ts';
import { carryOut } from './prune-carry-out.ts';
import { judgeComponent } from './prune-judge.ts';

/* Whatever call prune dies in, before or after it took effect: no point is listed that cannot be restored, and the next one ends the work. */

const { plan } = planWith('repository: { keep: { last: 2 } }');
const carrying = { signal: new AbortController().signal, log: () => undefined };
const { identity, recipient } = await generateIdentity();

const day = (of: number): string => `2026-01-${String(of).padStart(2, '0')}T03:00:00.000Z`;
const SEGMENT = 256;

/** Five base backups with the log between them, one of them broken off, and the third proven. */
async function stocked(): Promise<MemoryStore> {
  const clock = testClock(day(1));
  const store = memoryStore(new Map(), () => clock.now());
  await createRepository(store, { recipients: [recipient], id: 'repo', now: clock.now() });
  const repository = await reopened(store, identity, clock);
  for (let of = 1; of <= 5; of++) {
    clock.set(day(of));
    const position = `0/${(of * SEGMENT + 16).toString(16).toUpperCase()}`;
    const facts = { system: '7', timeline: 1, startLsn: position, endLsn: position, segmentBytes: SEGMENT };
    await takeBackup(
      repository,
      { base: `base ${of}`, manifest: `${of}` },
      { id: `b${of}`, component: 'database', method: 'postgres.base_backup', facts, at: clock.now() },
    );
    const from = BigInt(of * SEGMENT);
    await repository.putLog({
      component: 'database',
      system: '7',
      timeline: 1,
      from,
      bytes: Buffer.alloc(SEGMENT, of),
    });
  }
  clock.set(day(2));
  const broken = await repository.begin({
    id: 'broken',
    component: 'database',
    method: 'postgres.base_backup',
    startedAt: clock.now(),
  });
  const part = await broken.part('base');
  await part.write(Buffer.from('half'));
  await part.end();
  await repository.putVerification({ backup: 'b4', component: 'database', at: day(5), held: true, proofs: [] });
  return store;
}

const copyOf = (store: MemoryStore): MemoryStore => {
  const copy = memoryStore(new Map(store.objects));
  for (const [key, at] of store.times) copy.times.set(key, at);
  return copy;
};

async function pruneIn(store: Store, at: string): Promise<void> {
  const repository = await reopened(store, identity, testClock(at));
  const world = { plan, repository, stateFolder: '/nowhere' };
  await carryOut(await judgeComponent('database', world, new Date(at)), repository, carrying);
}

const open = (store: Store): Promise<BackupRepository> => reopened(store, identity, testClock(day(8)));

async function pointsIn(store: Store): Promise<readonly unknown[]> {
  return loadRecoveryPoints(await open(store), 'database');
}

/** Every backup that is listed can be read, every byte of it, and all of the log it needs. */
async function requireWhole(store: Store): Promise<void> {
  const repository = await open(store);
  for (const backup of await repository.backups('database')) {
    expect(await repository.check(backup)).toEqual({ id: backup.id, whole: true });
    expect(String(await readAll(repository, backup, 'base'))).toBe(`base ${backup.id.slice(1)}`);
  }
  for (const point of await loadRecoveryPoints(repository, 'database')) expect(point.gap).toBeUndefined();
  for (const log of await repository.logs('database')) expect(await repository.readLog(log)).toHaveLength(SEGMENT);
}

const objectsOf = (store: MemoryStore): readonly string[] =>
  [...store.objects.keys()].filter((key) => key.startsWith('components/')).sort();

test('prune dies in each of its writes', async () => {
  const stock = await stocked();
  const before = await pointsIn(stock);
  const whole = copyOf(stock);
  await pruneIn(whole, day(8));
  const left = objectsOf(whole);
  expect((await pointsIn(whole)).length).toBe(2);
  expect(left.some((key) => key.includes('broken'))).toBe(false);
  let moments = 0;
  for (let writes = 0; ; writes++) {
    const died = [await dieAt(stock, { writes, lands: false }), await dieAt(stock, { writes, lands: true })];
    if (!died.includes(true)) break;
    moments += 2;
  }
  // Three backups of a manifest and two objects, three stretches of log, and one object that was left.
  expect(moments).toBe(2 * (3 * 3 + 3 + 1));

  async function dieAt(from: MemoryStore, { writes, lands }: { writes: number; lands: boolean }): Promise<boolean> {
    const store = copyOf(from);
    const died = await pruneIn(crashAfter(store, writes, lands), day(8)).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return true;
      },
    );
    await requireWhole(store);
    const known = new Set(before.map((point) => JSON.stringify(point)));
    for (const point of await pointsIn(store)) expect(known).toContain(JSON.stringify(point));
    await pruneIn(store, day(8));
    expect(objectsOf(store)).toEqual(left);
    return died;
  }
});
