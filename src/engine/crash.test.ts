import { describe, expect, test } from 'vitest';
import type { MemoryJournal } from '../journal/memory-journal.fake.ts';
import type { JsonObject } from '../lib/json.ts';
import type { RunState } from '../model/run-state.ts';
import type { EnginePorts } from './ports.ts';
import { unreachable } from './testing/fake-world.ts';
import { type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

/*
 * Exhaustive: the process dies after every event it keeps, and before and after every effect in the world.
 * Resumed, the world must be the same as without the death, and nothing that destroys may have happened twice.
 */

const STEPS: readonly JsonObject[] = [
  step('actor', { uses: 'fake.block' }),
  step('find', { uses: 'fake.look', with: { thing: 'find', value: '2026-01-14T02:00:00Z' } }),
  step('side', { needs: ['find'], retry: { times: 3 } }),
  step('copy', { needs: ['find'] }),
  step('load', { needs: ['side', 'copy'], approve: { role: 'commander' } }),
  step('free', { uses: 'fake.unblock', with: { thing: 'actor' } }),
];
const MORE = { healthy: 'load', impact: '${{ steps.find.outputs.value }}' };

class Killed extends Error {}

/** One life of the process: it dies where `dies` says so, and from then on reaches neither journal nor world. */
interface Life {
  readonly at: Rig;
  readonly journal: MemoryJournal;
  /** Counts events and effects alike; true when this is the moment to die. */
  readonly dies: () => boolean;
}

function portsOf({ at, journal, dies }: Life): EnginePorts {
  let dead = false;
  const pass = (): void => {
    if (dead) throw new Killed();
    if (dies()) {
      dead = true;
      journal.die();
      throw new Killed();
    }
  };
  const alive = (): void => {
    if (dead) throw new Killed();
  };
  at.world.tick = pass;
  const ports = at.ports();
  const mortal: MemoryJournal = {
    ...journal,
    create: async (run) => {
      const claim = await journal.create(run);
      pass();
      return claim;
    },
    claim: async (run, by) => {
      const claim = await journal.claim(run, by);
      pass();
      return claim;
    },
    append: async (claim, by, events) => {
      alive();
      const kept = await journal.append(claim, by, events);
      pass();
      return kept;
    },
    beat: async (claim) => {
      alive();
      return journal.beat(claim);
    },
    release: async (claim) => {
      alive();
      return journal.release(claim);
    },
    events: async (run, after) => {
      alive();
      return journal.events(run, after);
    },
  };
  const watch: EnginePorts['watch'] = (happening) => {
    if (
      happening.kind !== 'event' ||
      happening.event.type !== 'step.waiting' ||
      happening.event.waitsFor.kind !== 'approval'
    )
      return;
    const { step: id, waitsFor } = happening.event;
    void journal.signal(RUN, 'grace', { type: 'step.approved', step: id, hash: waitsFor.hash });
  };
  return { ...ports, journal: mortal, watch };
}

async function liveOnce(life: Life): Promise<RunState | undefined> {
  const known = (await life.journal.runs()).length > 0;
  const ports = portsOf(life);
  try {
    return await (known ? resume(ports) : start(STEPS, ports, MORE));
  } catch (error) {
    if (error instanceof Killed) return undefined;
    throw error;
  }
}

const world = (): Rig => {
  const at = rig();
  at.world.troubles.set('side', [unreachable()]);
  return at;
};

/** Dies at the n-th moment, then is started again until it ends. `again` makes it die a second time that many moments later. */
async function dieAt(n: number, again = 0): Promise<{ at: Rig; state: RunState; died: boolean }> {
  const at = world();
  let journal = at.journal;
  let moments = 0;
  let died = false;
  const deaths = again > 0 ? [n, n + again] : [n];
  for (let life = 0; life < 5; life++) {
    const state = await liveOnce({ at, journal, dies: () => deaths.includes(++moments) });
    if (state) return { at, state, died };
    died = true;
    journal = journal.anotherProcess();
  }
  throw new Error('the run did not end after five lives');
}

const MOMENTS = 60;

describe('kill -9 at every moment', () => {
  test('the undisturbed run is what it must be, and it has fewer moments than are tried', async () => {
    const { at, state, died } = await dieAt(MOMENTS);
    expect(died).toBe(false);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(['make actor', 'make copy', 'make load', 'make side', 'unblock actor']);
  });

  const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
  test.each(moments)('at moment %i: resumed, the same world, and nothing twice', async (n) => {
    const undisturbed = await dieAt(MOMENTS);
    const { at, state } = await dieAt(n);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(undisturbed.at.world.writes.toSorted());
    expect([...at.world.effects.keys()].toSorted()).toEqual([...undisturbed.at.world.effects.keys()].toSorted());
    expect(state.impactAt).toBe('2026-01-14T02:00:00.000Z');
  });

  test.each(moments)('at moment %i and again at each of the next ten', async (n) => {
    for (let again = 1; again <= 10; again++) {
      const { at, state } = await dieAt(n, again);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes.toSorted()).toEqual([
        'make actor',
        'make copy',
        'make load',
        'make side',
        'unblock actor',
      ]);
    }
  });
});
