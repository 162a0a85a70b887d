import { describe, expect, test } from 'vitest';
import { memoryStore } from '../backup/memory-store.fake.ts';
import { plainCopies } from '../backup/runs/plain-copies.fake.ts';
import { startRun } from '../engine/execute.ts';
import { unreachable } from '../engine/testing/fake-world.ts';
import { never, originOf, type Rig, RUN, resume, rig, start, step } from '../engine/testing/rig.ts';
import type { Store } from '../model/repository.ts';
import { copiedPorts } from './copied-ports.ts';
import { RunCopier } from './run-copier.ts';
import { adoptFrom, liveCopied, machineIn } from './testing/machines.ts';

const alive = () => false;
const STEPS = [step('first'), step('second', { needs: ['first'] })];

/** A run with a copier over a store; what the copier said. */
async function runOver(store: Store, at: Rig = rig(), steps = STEPS) {
  const told: string[] = [];
  const machine = machineIn(at, 'laptop');
  const state = await liveCopied({ at, machine, store, dies: alive, told }, (ports) => start(steps, ports));
  return { at, told, state, machine, events: await machine.journal.events(RUN) };
}

const failing = (store: Store, fails: () => boolean): Store => {
  const meet = () => {
    if (fails()) throw unreachable();
  };
  return {
    ...store,
    async put(...put) {
      meet();
      await store.put(...put);
    },
    async list(prefix) {
      meet();
      return store.list(prefix);
    },
  };
};

describe('the log of a run in the repository', () => {
  test('is all there at the end, with the sign of life of who drove it', async () => {
    const store = memoryStore();
    const { machine } = await runOver(store);
    const copy = await plainCopies(store).read(RUN);
    expect(copy.lines).toEqual(await machine.journal.lines(RUN));
    expect(copy.signs.at(-1)?.copied).toEqual(copy.head);
  });

  test('holds the beginning of a step, and what it notes, before anything happens in the world', async () => {
    const store = memoryStore();
    const at = rig();
    const seen: string[] = [];
    at.world.tick = (where) => {
      const text = [...store.objects]
        .filter(([key]) => key.includes('/log/'))
        .map(([, bytes]) => String(bytes))
        .join('');
      if (where.startsWith('make'))
        seen.push(`${where}: ${text.includes(`"step.started","step":"${where.slice(5)}"`)}`);
    };
    await runWith(at, store);
    expect(seen).toEqual(['make first: true', 'make second: true']);
  });

  test('does not hold up a run when the repository takes nothing; that is said once, and kept in the log', async () => {
    const { at, told, state, events } = await runOver(failing(memoryStore(), () => true));
    expect(state?.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make first', 'make second']);
    expect(told).toEqual([
      expect.stringMatching(/^the log of the run is not copied to memory since 2026-.*: the target does not answer$/),
      expect.stringMatching(/^the end of the log, from event 1 on, is not in memory$/),
    ]);
    const lags = events.flatMap((event) => (event.type === 'run.copy_lags' ? [event.step] : []));
    expect(lags).toEqual(['first', 'second']);
    expect(Date.parse(state?.endedAt as string) - Date.parse(state?.createdAt as string)).toBeLessThan(3000);
  });

  test('is caught up when the repository is back, and that is said', async () => {
    const store = memoryStore();
    let calls = 0;
    const { told, machine } = await runOver(failing(store, () => ++calls < 4));
    expect(told).toEqual([expect.stringMatching(/not copied/), 'the log of the run is copied to memory again']);
    expect((await plainCopies(store).read(RUN)).lines).toEqual(await machine.journal.lines(RUN));
  });

  test('a repository that never answers costs one short wait, not one for every step', async () => {
    const hanging: Store = { ...memoryStore(), put: () => new Promise(() => undefined) };
    const steps = ['a', 'b', 'c', 'd'].map((id, index, all) =>
      step(id, index === 0 ? {} : { needs: [all[index - 1] ?? ''] }),
    );
    const { state, told } = await runOver(hanging, rig(), steps);
    expect(state?.status).toBe('succeeded');
    expect(Date.parse(state?.endedAt as string) - Date.parse(state?.createdAt as string)).toBeLessThan(6000);
    expect(told.at(-1)).toContain('from event 1 on');
  });

  test('a write whose answer was lost is no damage', async () => {
    const store = memoryStore();
    let writes = 0;
    const losing: Store = {
      ...store,
      async put(...put) {
        await store.put(...put);
        if (++writes % 2 === 0) throw unreachable();
      },
    };
    const { machine } = await runOver(losing);
    expect((await plainCopies(store).read(RUN)).lines).toEqual(
      (await machine.journal.lines(RUN)).slice(0, (await plainCopies(store).read(RUN)).lines.length),
    );
  });
});

/** A run whose world is looked at by the test, so that nothing stands between the two. */
async function runWith(at: Rig, store: Store) {
  const ports = at.ports();
  const copier = new RunCopier({ ...ports, copies: plainCopies(store), tell: () => undefined });
  const run = { id: RUN, lock: 'shop/production', origin: originOf(STEPS) };
  const state = await startRun(run, copiedPorts(ports, copier), never);
  await copier.end();
  return state;
}

describe('a run that another machine has taken over', () => {
  const taken = (store: Store, at: Rig) =>
    liveCopied({ at, machine: machineIn(at, 'tablet'), store, dies: alive }, (ports) => adoptFrom(store, ports));

  test('is left alone by the process that drove it: before its next effect, and with nothing more in its log', async () => {
    const store = memoryStore();
    const at = rig();
    const first = machineIn(at, 'laptop');
    let before = 0;
    // The other machine takes over while this one is about to begin its second step: as after a long freeze.
    const slow: Store = {
      ...store,
      async put(key, ...rest) {
        await store.put(key, ...rest);
        if (before > 0 || !String(rest[0]).includes('"step.started","step":"second"')) return;
        before = (await first.journal.lines(RUN)).length;
        await taken(store, at);
      },
    };
    const driven = liveCopied({ at, machine: first, store: slow, dies: alive }, (ports) => start(STEPS, ports));
    await expect(driven).rejects.toMatchObject({ code: 'RUN_FENCED', message: expect.stringContaining('tablet') });
    expect(at.world.writes).toEqual(['make first', 'make second']);
    expect(before).toBeGreaterThan(0);
    expect((await first.journal.lines(RUN)).length).toBe(before);
  });

  test('is not resumed on the machine that drove it', async () => {
    const store = memoryStore();
    const at = rig();
    const first = machineIn(at, 'laptop');
    await liveCopied({ at, machine: first, store, dies: () => at.world.writes.length === 1 }, (ports) =>
      start(STEPS, ports),
    );
    await taken(store, at);
    const next = { ...first, journal: first.journal.anotherProcess() };
    const lines = await next.journal.lines(RUN);
    const resumed = liveCopied({ at, machine: next, store, dies: alive }, (ports) => resume(ports));
    await expect(resumed).rejects.toMatchObject({ code: 'RUN_FENCED' });
    expect(await next.journal.lines(RUN)).toEqual(lines);
  });

  test('is noticed while the one that drove it only waits', async () => {
    const store = memoryStore();
    const at = rig();
    const first = machineIn(at, 'laptop');
    const waits = [step('hold', { uses: 'time.wait', with: { for: '1h' } }), step('after', { needs: ['hold'] })];
    let copied = false;
    const seen: Store = {
      ...store,
      async put(key, ...rest) {
        await store.put(key, ...rest);
        if (copied || !String(rest[0]).includes('step.holds')) return;
        copied = true;
        const copies = plainCopies(store);
        const { head } = await copies.read(RUN);
        const owner = { host: 'tablet', pid: 1, startedAt: 'boot/1' };
        await copies.claim({ run: RUN, epoch: 2, by: 'bob', owner, at: at.clock.now().toISOString(), after: head });
      },
    };
    const driven = liveCopied({ at, machine: first, store: seen, dies: alive }, (ports) => start(waits, ports));
    await expect(driven).rejects.toMatchObject({ code: 'RUN_FENCED', message: expect.stringContaining('bob') });
    const events = await first.journal.events(RUN);
    expect(events.at(-1)?.type).toBe('step.holds');
    expect(at.world.writes).toEqual([]);
  });
});
