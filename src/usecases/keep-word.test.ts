import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MemoryStore, memoryStore } from '../backup/memory-store.fake.ts';
import { plainCopies } from '../backup/runs/plain-copies.fake.ts';
import { runInRig } from '../cli/testing/run-in-rig.ts';
import { unreachable } from '../engine/testing/fake-world.ts';
import { KnownError } from '../model/errors.ts';
import type { RunCopies } from '../model/run-copy.ts';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import { decide } from './decide.ts';
import { editStep } from './edit-step.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import type { Services } from './services.ts';
import { makeRig, type Rig } from './testing/rig.ts';

/* What people say while nobody drives a run is in the repository at once, for whoever takes the run over. */
let rig: Rig;
let store: MemoryStore;

beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
  store = memoryStore();
});
afterEach(() => rig.remove());

/** A process of its own, on the machine of the run. */
const laptop = (more: Partial<Services> = {}): Services => {
  const journal = rig.journal.anotherProcess();
  return rig.services({ copies: () => plainCopies(store), journal: () => journal, ...more });
};

/** A run that nobody drives any more, as soon as it waits. */
async function undriven(): Promise<string> {
  const stop = new AbortController();
  const { run, status } = await recover({ scenario: 'fire', set: ['cause=a candle'] }, laptop(), {
    signal: stop.signal,
    mayAsk: false,
    watch: (happening) => happening.kind === 'event' && happening.event.type === 'step.waiting' && stop.abort(),
  });
  expect(status).toBe('paused');
  return run;
}

/** The same, where a step failed. */
async function stopped(): Promise<string> {
  rig.world.troubles.set('door', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
  return undriven();
}

type Say = (run: string, services: Services) => Promise<{ readonly not_copied?: { readonly code: string } }>;

const yes: Say = (run, services) => approve({ run, step: 'rebuild', by: 'bob', reject: false }, services);
const no: Say = (run, services) => approve({ run, step: 'rebuild', by: 'bob', reject: true, reason: 'no' }, services);
const again: Say = (run, services) => decide({ run, step: 'block', decision: 'retry', reason: 'a key' }, services);
const end: Say = (run, services) => cancel({ run, leave: true, reason: 'false alarm' }, services);
const edit: Say = (run, services) => editStep({ run, step: 'block', set: ['value=2'], reason: 'wrong' }, services);

const copyOf = (run: string) => plainCopies(store).read(run);

describe('a word that is said while nobody drives the run', () => {
  test.each<[string, () => Promise<string>, Say, string]>([
    ['a yes', undriven, yes, 'step.approved'],
    ['a no', undriven, no, 'step.rejected'],
    ['a decision', stopped, again, 'step.decided'],
    ['another input', stopped, edit, 'step.edited'],
    ['an end', undriven, end, 'run.canceled'],
  ])('%s is in the repository at once, and is no sign of life', async (_what, begin, say, type) => {
    const run = await begin();
    const before = await copyOf(run);
    const services = laptop();
    expect(await say(run, services)).not.toHaveProperty('not_copied');
    const after = await copyOf(run);
    expect(after.lines).toEqual(await services.journal('').lines(run));
    expect(after.events.at(-1)?.type).toBe(type);
    expect(after.signs).toEqual(before.signs);
    expect(after.claims).toEqual(before.claims);
  });

  test('brings with it what the one who drove the run could not copy any more', async () => {
    const run = await undriven();
    for (const key of [...store.objects.keys()])
      if (key.includes('/log/') || key.includes('/signs/') || key.includes('/claims/')) store.objects.delete(key);
    await yes(run, laptop());
    const copy = await copyOf(run);
    expect(copy.lines).toEqual(await rig.journal.lines(run));
    expect(copy.claims.map(({ epoch }) => epoch)).toEqual([1]);
  });

  test('does not stand in the way of who goes on with it here', async () => {
    const run = await undriven();
    await yes(run, laptop());
    const watching = { signal: new AbortController().signal, mayAsk: false, watch: () => undefined };
    expect((await resume(run, laptop(), watching)).status).toBe('succeeded');
    expect((await copyOf(run)).lines).toEqual(await rig.journal.lines(run));
  });

  test('is left to whoever drives the run, where somebody does', async () => {
    const copies: RunCopies[] = [];
    let said: ReturnType<Say> | undefined;
    await recover({ scenario: 'fire', set: ['cause=a candle'] }, laptop(), {
      signal: new AbortController().signal,
      mayAsk: false,
      watch(happening) {
        if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
        const seen = (): RunCopies => {
          copies.push(plainCopies(store));
          return plainCopies(store);
        };
        said ??= yes(happening.event.run, laptop({ copies: seen }));
      },
    });
    expect(await said).not.toHaveProperty('not_copied');
    expect(copies).toEqual([]);
  });
});

describe('a word that cannot be copied is kept all the same, and that is said', () => {
  const failing = (fails: () => Promise<never>): Partial<Services> => ({
    copies: () => ({ ...plainCopies(store), keep: fails }),
  });

  test.each<[string, () => Promise<never>, string, RegExp]>([
    ['the repository takes nothing', () => Promise.reject(unreachable()), 'TARGET_UNREACHABLE', /does not answer/],
    ['the repository hangs', () => new Promise(() => undefined), 'TIMED_OUT', /memory does not answer/],
  ])('%s', async (_what, fails, code, message) => {
    const run = await undriven();
    const before = rig.clock.now().getTime();
    const result = await yes(run, laptop(failing(fails)));
    expect(result.not_copied).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(rig.clock.now().getTime() - before).toBeLessThanOrEqual(5000);
    expect((await rig.journal.events(run)).at(-1)).toMatchObject({ type: 'step.approved', by: 'bob' });
    // The next one who can brings it along.
    await end(run, laptop());
    expect((await copyOf(run)).lines).toEqual(await rig.journal.lines(run));
  });

  test('another machine has the run: it is not told of the word, and who says it is told so', async () => {
    const run = await undriven();
    const copies = plainCopies(store);
    const { head } = await copies.read(run);
    const owner = { host: 'tablet', pid: 1, startedAt: 'boot/1' };
    await copies.claim({ run, epoch: 2, by: 'bob', owner, at: rig.clock.now().toISOString(), after: head });
    const result = await yes(run, laptop());
    expect(result.not_copied).toMatchObject({ code: 'RUN_FENCED', message: expect.stringContaining('bob on tablet') });
    expect((await copyOf(run)).head).toEqual(head);
    expect((await rig.journal.events(run)).at(-1)?.type).toBe('step.approved');
  });

  test('another machine takes the run over while it is copied: that is seen afterwards', async () => {
    const run = await undriven();
    const copies = plainCopies(store);
    const { head } = await copies.read(run);
    const owner = { host: 'tablet', pid: 1, startedAt: 'boot/1' };
    const late: RunCopies = {
      ...copies,
      async keep(...piece) {
        await copies.claim({ run, epoch: 2, by: 'bob', owner, at: rig.clock.now().toISOString(), after: head });
        await copies.keep(...piece);
      },
    };
    expect((await yes(run, laptop({ copies: () => late }))).not_copied?.code).toBe('RUN_FENCED');
    const copy = await copyOf(run);
    expect(copy.head).toEqual(head);
    expect(copy.parted).toHaveLength(1);
  });

  test('every command says so below what it did', async () => {
    const fails = () => Promise.reject(unreachable());
    const told = /! It is kept on this machine, but not in the repository: the target does not answer\n {2}→ /;
    const broken = (): Rig => ({ ...rig, services: (more) => laptop({ ...failing(fails), ...more }) });
    const typed = async (...argv: readonly string[]) => (await runInRig(broken(), argv)).out;
    const run = await stopped();
    const here = ['--environment', 'production'];
    expect(await typed('decide', run, 'block', 'edit', '--set', 'value=2', '--reason', 'x')).toMatch(told);
    expect(await typed('decide', run, 'block', 'retry', '--reason', 'x')).toMatch(told);
    expect(await typed('cancel', run, '--reason', 'x')).toMatch(told);
    rig.world.troubles.clear();
    const next = await undriven();
    expect(await typed('approve', next, 'rebuild', '--by', 'bob', ...here)).toMatch(told);
    expect(await typed('approve', next, 'rebuild', '--by', 'bob', '--json', ...here)).toContain('"not_copied": {');
  });
});

describe('whoever says a word dies on the way', () => {
  class Killed extends Error {}

  test('at every write to the repository: what is there is whole, and the next one goes on from it', async () => {
    let moments = 0;
    for (let n = 1; ; n++) {
      store = memoryStore();
      const run = await undriven();
      let met = 0;
      const meet = (): void => {
        if (++met >= n) throw new Killed();
      };
      const mortal = {
        ...store,
        async put(...put: Parameters<typeof store.put>) {
          meet();
          await store.put(...put);
          meet();
        },
        async list(prefix: string) {
          meet();
          return store.list(prefix);
        },
      };
      await yes(run, laptop({ copies: () => plainCopies(mortal) }));
      expect((await rig.journal.events(run)).at(-1)?.type).toBe('step.approved');
      expect(await rig.journal.lines(run)).toEqual(expect.arrayContaining((await copyOf(run)).lines as string[]));
      const died = met >= n;
      await end(run, laptop());
      expect((await copyOf(run)).lines).toEqual(await rig.journal.lines(run));
      if (!died) break;
      moments = n;
    }
    expect(moments).toBeGreaterThanOrEqual(5);
  });
});
