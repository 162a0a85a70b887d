import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MemoryStore, memoryStore } from '../backup/memory-store.fake.ts';
import { plainCopies } from '../backup/runs/plain-copies.fake.ts';
import { verifyEvidence } from '../evidence/verify-evidence.ts';
import { fakeMachines, type MemoryJournal, memoryJournal, noContent } from '../journal/memory-journal.fake.ts';
import { foldRun } from '../model/run-state.ts';
import { approve } from './approve.ts';
import { listCopiedRuns } from './list-copied-runs.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import type { Watching } from './run-ports.ts';
import type { Services } from './services.ts';
import { type TakeOverRequest, takeOver } from './take-over.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
let store: MemoryStore;
let folder: string;
const GONE = 'its server burned';

beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
  // Whoever takes a run up does not approve it, too: somebody else must be there.
  rig.edit((plan) =>
    plan
      .replace('  bob: { name: Bob Example }', '  bob: { name: Bob Example }\n  grace: { name: Grace Example }')
      .replace('people: [ada, bob]', 'people: [ada, bob, grace]'),
  );
  store = memoryStore();
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-tablet-'));
});
afterEach(() => {
  rig.remove();
  rmSync(folder, { recursive: true, force: true });
});

const laptop = (): Services => rig.services({ copies: () => plainCopies(store) });

const tabletJournal = (host = 'tablet'): MemoryJournal =>
  memoryJournal({ clock: rig.clock }, fakeMachines(), noContent(), host);

/** Another machine: no plan, nothing but the repository. */
const tablet = (journal = tabletJournal(), more: Partial<Services> = {}): Services =>
  rig.services({
    cwd: folder,
    chosen: { state: join(folder, 'state') },
    copies: () => plainCopies(store),
    journal: () => journal,
    actor: 'bob',
    ...more,
  });

const watching = (services: Services, more: Partial<Watching> = {}): Watching => ({
  signal: new AbortController().signal,
  mayAsk: false,
  watch(happening) {
    if (happening.kind !== 'event' || happening.past || happening.event.type !== 'step.waiting') return;
    const { run, step, waitsFor } = happening.event;
    if (waitsFor.kind === 'approval')
      void services.journal('').signal(run, 'grace', { type: 'step.approved', step, hash: waitsFor.hash });
  },
  ...more,
});

/** A run that was paused on the laptop while somebody had to approve. */
async function pausedRun(): Promise<string> {
  const stop = new AbortController();
  const services = laptop();
  const result = await recover({ scenario: 'fire', set: ['cause=a candle'] }, services, {
    signal: stop.signal,
    mayAsk: false,
    watch: (happening) => happening.kind === 'event' && happening.event.type === 'step.waiting' && stop.abort(),
  });
  expect(result.status).toBe('paused');
  return result.run;
}

/** The same, killed before it could say that it paused: its last lines are in no copy. */
async function cutRun(): Promise<string> {
  const run = await pausedRun();
  const { head } = await plainCopies(store).read(run);
  for (const key of [...store.objects.keys()])
    if (key.includes('/signs/') || key.includes(`-${String(head.seq).padStart(8, '0')}-`)) store.objects.delete(key);
  return run;
}

const request = (run: string, more: Partial<TakeOverRequest> = {}): TakeOverRequest => ({
  run,
  repository: rig.repositoryFolder,
  identity: 'env:IDENTITY',
  ...more,
});
const claimsOf = async (run: string) => (await plainCopies(store).claims(run)).map(({ epoch }) => epoch);

describe('a run whose machine is gone', () => {
  test('goes on elsewhere from its copy, to one chain of evidence that tells of both', async () => {
    const run = await cutRun();
    const lines = (await plainCopies(store).read(run)).lines;
    const services = tablet();
    const result = await takeOver(request(run, { gone: GONE }), services, watching(services));
    expect(result.status).toBe('succeeded');
    expect(rig.world.writes).toEqual(['make door', 'make house', 'unblock door']);
    const all = await services.journal('').lines(run);
    expect(all.slice(0, lines.length)).toEqual(lines);
    const evidence = readFileSync(result.evidence as string);
    expect(verifyEvidence(evidence)).toMatchObject({ whole: true, run, events: all.length });
    const report = readFileSync(result.report?.markdown as string, 'utf8');
    expect(report).toContain('Taken over by tablet from the copy of the log up to event');
    expect(report).toContain(GONE);
    expect((await plainCopies(store).read(run)).lines).toEqual(all);
  });

  test('who takes it over cannot approve it, and is told who can', async () => {
    const run = await pausedRun();
    const services = tablet();
    const stop = new AbortController();
    const refused: unknown[] = [];
    const alone = watching(services, {
      signal: stop.signal,
      watch(happening) {
        if (happening.kind !== 'event' || happening.past || happening.event.type !== 'step.waiting') return;
        const { step, waitsFor } = happening.event;
        if (waitsFor.kind !== 'approval') return;
        expect(waitsFor).toMatchObject({ notBy: 'ada', drivers: ['bob'] });
        void approve({ run, step, by: 'bob', reject: false }, services)
          .catch((error: unknown) => refused.push(error))
          .finally(() => stop.abort(new Error('enough')));
      },
    });
    await takeOver(request(run), services, alone);
    expect(refused).toMatchObject([
      {
        message: 'bob took this run up, so the yes must come from somebody else',
        hint: expect.stringMatching(/^Ask grace/),
      },
    ]);
    expect(rig.world.writes).not.toContain('make house');
  });

  test('is taken over without a word when it was paused, and then nothing is in doubt', async () => {
    const run = await pausedRun();
    const services = tablet();
    expect((await takeOver(request(run), services, watching(services))).status).toBe('succeeded');
    const state = foldRun(await services.journal('').events(run));
    expect(state.adopted).toMatchObject({ repository: rig.repositoryFolder, identity: 'env:IDENTITY' });
    expect(state.blindSince).toBeUndefined();
  });

  test('needs a word on its owner otherwise, and says how long ago that one showed itself', async () => {
    const run = await cutRun();
    rig.clock.advance(120_000);
    for (const gone of [undefined, ' '])
      await expect(takeOver(request(run, { gone }), tablet(), watching(tablet()))).rejects.toMatchObject({
        code: 'RUN_LOCKED',
        message: expect.stringMatching(
          /driven by ada on laptop, process \d+; its last sign of life is from 2026-.*, 2m ago/,
        ),
        hint: expect.stringContaining('--owner-is-gone'),
      });
    expect(await claimsOf(run)).toEqual([1]);
  });

  test('is not taken over while its owner shows itself', async () => {
    const run = await cutRun();
    const copies = plainCopies(store);
    const showing = {
      ...copies,
      signs: async (name: string) => {
        const copied = { seq: 1, hash: (await copies.claims(name))[0]?.after.hash as string };
        await copies.sign({ run, epoch: 1, at: rig.clock.now().toISOString(), copied });
        return copies.signs(name);
      },
    };
    const services = tablet(tabletJournal(), { copies: () => showing });
    await expect(takeOver(request(run, { gone: GONE }), services, watching(services))).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringContaining('has shown itself within the last 15s'),
    });
    expect(await claimsOf(run)).toEqual([1]);
    expect(await services.journal('').runs()).toEqual([]);
  });

  test.each([
    ['cut off', cutRun],
    ['paused', pausedRun],
  ])('is taken over by one of two, and the other one is told by whom: %s', async (_how, begin) => {
    const run = await begin();
    const both = await Promise.allSettled(
      ['tablet', 'phone'].map((host) => {
        const services = tablet(tabletJournal(host));
        return takeOver(request(run, { gone: GONE }), services, watching(services));
      }),
    );
    const [lost] = both.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(lost).toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringMatching(/just taken over by bob on (tablet|phone)/),
    });
    expect(rig.world.writes).toEqual(['make door', 'make house', 'unblock door']);
  });

  test('names every secret that is not here, before anything is claimed', async () => {
    const run = await cutRun();
    const known = laptop();
    const services = tablet(tabletJournal(), {
      secret: (ref) => {
        if (JSON.stringify(ref).includes('DATABASE_URL'))
          return rig.services({ env: () => undefined }).secret('env:NOT_HERE');
        return known.secret(ref);
      },
    });
    await expect(takeOver(request(run, { gone: GONE }), services, watching(services))).rejects.toMatchObject({
      code: 'SECRET_MISSING',
    });
    expect(await claimsOf(run)).toEqual([1]);
    expect(await services.journal('').runs()).toEqual([]);
  });

  test('is not resumed where it was begun, and cannot be taken over into another log of it', async () => {
    const run = await cutRun();
    const services = tablet();
    await takeOver(request(run, { gone: GONE }), services, watching(services));
    await expect(resume(run, laptop(), watching(laptop()))).rejects.toMatchObject({ code: 'RUN_FENCED' });
    await expect(takeOver(request(run), laptop(), watching(laptop()))).rejects.toMatchObject({
      code: 'RUN_FENCED',
      hint: expect.stringContaining('--state FOLDER'),
    });
  });

  test('that goes on to know more here than in its copy is resumed here', async () => {
    const run = await cutRun();
    await expect(takeOver(request(run, { gone: GONE }), laptop(), watching(laptop()))).rejects.toMatchObject({
      code: 'RUN_FENCED',
      hint: expect.stringContaining(`lifeboat recover --resume ${run}`),
    });
    expect(await claimsOf(run)).toEqual([1]);
  });

  test('that is over gets its papers on another machine, and stays over', async () => {
    const services = laptop();
    const { run } = await recover({ scenario: 'fire', set: ['cause=a candle'] }, services, watching(services));
    const other = tablet();
    const result = await takeOver(request(run), other, watching(other));
    expect(result.status).toBe('succeeded');
    expect(await other.journal('').lines(run)).toEqual(await services.journal('').lines(run));
    expect(verifyEvidence(readFileSync(result.evidence as string))).toMatchObject({ whole: true });
  });

  test('must be told where to keep it when there is no plan', async () => {
    const run = await cutRun();
    const services = tablet(tabletJournal(), { chosen: {} });
    await expect(takeOver(request(run), services, watching(services))).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('--state FOLDER'),
    });
  });

  test('is not taken over from a damaged copy', async () => {
    const run = await cutRun();
    const key = [...store.objects.keys()].find((one) => one.includes('/log/')) as string;
    store.objects.set(key, Buffer.from('x'));
    const services = tablet();
    await expect(takeOver(request(run, { gone: GONE }), services, watching(services))).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
      message: expect.stringContaining(key),
    });
    expect(await services.journal('').runs()).toEqual([]);
  });
});

describe('the runs in a repository', () => {
  test('are listed with their state, and one that is damaged hides no other', async () => {
    const first = await pausedRun();
    const services = tablet();
    await takeOver(request(first), services, watching(services));
    store.objects.set('runs/run-broken/claims/000001.json', Buffer.from('{}'));
    const { runs } = await listCopiedRuns({ repository: rig.repositoryFolder }, services);
    expect(runs.map(({ id, status, host, problem }) => [id, status, host, problem !== undefined])).toEqual([
      [first, 'succeeded', 'tablet', false],
      ['run-broken', undefined, undefined, true],
    ]);
  });
});
