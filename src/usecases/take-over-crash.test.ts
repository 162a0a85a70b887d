import { describe, expect, test } from 'vitest';
import { memoryStore } from '../backup/memory-store.fake.ts';
import { plainCopies } from '../backup/runs/plain-copies.fake.ts';
import { unreachable } from '../engine/testing/fake-world.ts';
import { type Rig, RUN, resume, rig, start, step } from '../engine/testing/rig.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Store } from '../model/repository.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { adoptFrom, liveCopied, machineIn, nextProcess } from './testing/machines.ts';

/*
 * The machine that drives a run dies at every event, effect and write to the repository, and all that it kept is gone. Another one
 * takes the run over from the copy: the world is right, and every effect is there once.
 */
const STEPS: readonly JsonObject[] = [
  step('actor', { uses: 'fake.block' }),
  step('find', { uses: 'fake.look', with: { thing: 'find', value: '2026-01-14T02:00:00Z' } }),
  step('side', { needs: ['actor', 'find'], retry: { times: 3 } }),
  step('copy', { needs: ['find'] }),
  step('load', { needs: ['side', 'copy'], approve: { role: 'commander' } }),
  step('free', { uses: 'fake.unblock', with: { thing: 'actor' }, needs: ['load'] }),
];
const WRITES = ['make actor', 'make copy', 'make load', 'make side', 'unblock actor'];
const BLIND: readonly JsonObject[] = [
  step('first'),
  step('command', { uses: 'fake.shell', needs: ['first'] }),
  step('other', { uses: 'fake.shell', needs: ['command'] }),
  step('last', { needs: ['other'] }),
];

interface End {
  readonly at: Rig;
  readonly state: RunState | undefined;
  readonly died: boolean;
}

/** The first machine dies at moment n; the second takes over, dies `again` moments later if told to, and is started again. */
async function dieAndTakeOver(
  steps: readonly JsonObject[],
  n: number,
  again = 0,
  store: Store = memoryStore(),
): Promise<End> {
  const at = rig();
  at.world.troubles.set('side', [unreachable()]);
  let moments = 0;
  const dies = () => ++moments === n || (again > 0 && moments === n + again);
  const begin = (ports: Parameters<typeof start>[1]) => start(steps, ports, { healthy: steps.at(-1)?.id as string });
  const first = await liveCopied({ at, machine: machineIn(at, 'laptop'), store, dies }, begin);
  if (first) return { at, state: first, died: false };
  let machine = machineIn(at, 'tablet');
  for (let life = 0; life < 4; life++) {
    const adopted = (await machine.journal.runs()).length > 0;
    const state = await liveCopied({ at, machine, store, dies }, (ports) =>
      adopted ? resume(ports) : adoptFrom(store, ports),
    ).catch((error: unknown) => {
      if (error instanceof KnownError && error.code === 'RUN_NOT_FOUND') return 'nothing' as const;
      throw error;
    });
    if (state === 'nothing') return { at, state: undefined, died: true };
    if (state?.status === 'paused') await answerQuestions(at, machine.journal, state);
    else if (state) return { at, state, died: true };
    machine = nextProcess(machine);
  }
  throw new Error('the run did not end');
}

/** A person looks at the world, which the action cannot. */
async function answerQuestions(
  at: Rig,
  journal: ReturnType<typeof machineIn>['journal'],
  state: RunState,
): Promise<void> {
  for (const { id, progress } of state.steps.values()) {
    if (progress.status !== 'waiting' || progress.waitsFor.kind !== 'decision') continue;
    expect(progress.waitsFor.why.code).toBe('OUTCOME_UNKNOWN');
    const decision = at.world.effects.has(id) ? 'done' : 'retry';
    await journal.signal(RUN, 'grace', { type: 'step.decided', step: id, decision, reason: 'I looked' });
  }
}

const MOMENTS = 64;
const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);

describe('the machine is lost at every moment, and another one takes the run over', () => {
  test('undisturbed, it has fewer moments than are tried, and all of its log is in the repository', async () => {
    const store = memoryStore();
    const { at, state, died } = await dieAndTakeOver(STEPS, MOMENTS, 0, store);
    expect(died).toBe(false);
    expect(at.world.writes.toSorted()).toEqual(WRITES);
    const copy = await plainCopies(store).read(RUN);
    expect(foldRun(copy.events)).toEqual(state);
  });

  test.each(moments)('at moment %i: the same world, and nothing twice', async (n) => {
    const { at, state } = await dieAndTakeOver(STEPS, n);
    if (state === undefined) return expect(at.world.writes).toEqual([]);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(WRITES);
    expect([...at.world.effects.keys()].toSorted()).toEqual(['copy', 'load', 'side']);
    expect(state.obligations.filter(({ settledAt }) => settledAt === undefined)).toEqual([]);
  });

  test.each(moments)('at moment %i, and the second machine a few moments later', async (n) => {
    for (const again of [1, 4, 13]) {
      const { at, state } = await dieAndTakeOver(STEPS, n, again);
      if (state === undefined) continue;
      expect(state.status).toBe('succeeded');
      expect(at.world.writes.toSorted()).toEqual(WRITES);
    }
  });

  test.each(moments)(
    'at moment %i, of commands that leave no trace: a person is asked, and none runs twice',
    async (n) => {
      const { at, state } = await dieAndTakeOver(BLIND, n);
      if (state === undefined) return expect(at.world.writes).toEqual([]);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes).toEqual(['make first', 'make command', 'make other', 'make last']);
    },
  );

  const cuts = [3, 5, 8, 11, 14, 17];
  test.each(cuts)('at any moment after the repository took nothing more from write %i on', async (writes) => {
    for (let n = 2 * writes + 3; n < MOMENTS; n += 3) {
      const { at, state } = await dieAndTakeOver(STEPS, n, 0, deafAfter(writes));
      if (state === undefined) continue;
      expect([writes, n, state.status]).toEqual([writes, n, 'succeeded']);
      expect([...at.world.effects.keys()].toSorted()).toEqual(['copy', 'load', 'side']);
      // What was put back before it was known may be taken away and put back once more.
      const lasting = at.world.writes.filter((write) => !write.endsWith('actor'));
      expect(lasting.toSorted()).toEqual(['make copy', 'make load', 'make side']);
      expect(at.world.writes.filter((write) => write === 'make actor').length).toBe(
        at.world.writes.filter((write) => write === 'unblock actor').length,
      );
    }
  });

  test.each(cuts)(
    'commands that leave no trace, after the repository took nothing more from write %i on',
    async (writes) => {
      for (let n = 2 * writes + 3; n < MOMENTS; n += 3) {
        const { at, state } = await dieAndTakeOver(BLIND, n, 0, deafAfter(writes));
        if (state === undefined) continue;
        expect([n, state.status]).toEqual([n, 'succeeded']);
        expect(at.world.writes).toEqual(['make first', 'make command', 'make other', 'make last']);
      }
    },
  );
});

/** A repository that takes so many writes of the first machine; what the second one writes is kept. */
function deafAfter(writes: number): Store {
  const store = memoryStore();
  let left = writes;
  return {
    ...store,
    async put(key, bytes, options) {
      if (key.includes('claims/000002')) left = Number.POSITIVE_INFINITY;
      left -= 1;
      if (left < 0) throw unreachable();
      await store.put(key, bytes, options);
    },
  };
}
