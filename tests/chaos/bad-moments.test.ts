import { describe, expect, test } from 'vitest';
import { approvalHash } from '../../src/engine/scope.ts';
import { liveOnce, say } from '../../src/engine/testing/dying.ts';
import { make, unreachable } from '../../src/engine/testing/fake-world.ts';
import { originOf, type Rig, RUN, resume, rig, start, step } from '../../src/engine/testing/rig.ts';
import { fakeMachines, type MemoryJournal, memoryJournal, noContent } from '../../src/journal/memory-journal.fake.ts';
import { hours } from '../../src/lib/duration.ts';
import { KnownError } from '../../src/model/errors.ts';
import type { JournalEvent, RunEvent } from '../../src/model/run.ts';
import { type RunStep, scenarioOfRun } from '../../src/model/run-scenario.ts';

/* Other bad moments than a death, each at every event there is: the disk is full, the clock jumps, the owner was frozen. */

const STEPS = [
  step('actor', { uses: 'fake.block' }),
  step('promote', { needs: ['actor'] }),
  step('flaky', { needs: ['actor'], retry: { times: 3, every: '5s' } }),
  step('asked', { needs: ['promote', 'flaky'], approve: { role: 'commander' } }),
  { id: 'hold', uses: 'time.wait', with: { for: '3s' } },
  { id: 'look', uses: 'human.task', with: { instruction: 'Look out of the window' } },
  step('free', { uses: 'fake.unblock', with: { thing: 'actor' } }),
];
const WRITES = ['make actor', 'make asked', 'make flaky', 'make promote', 'unblock actor'];
const MORE = { healthy: 'asked' };

function shaky(): Rig {
  const at = rig();
  at.world.troubles.set('flaky', [unreachable(), unreachable(), unreachable()]);
  return at;
}

const answer = (journal: MemoryJournal, event: JournalEvent): void => {
  if (event.type !== 'step.waiting') return;
  const { step: id, waitsFor } = event;
  if (waitsFor.kind === 'approval') say(journal, { type: 'step.approved', step: id, hash: waitsFor.hash });
  if (waitsFor.kind === 'task') say(journal, { type: 'step.answered', step: id, outcome: 'done', answer: 'seen' });
};

/** Ports whose people answer, and who are told of each event that is kept. */
const answered = (at: Rig, journal: MemoryJournal, sees: (event: JournalEvent) => void = () => undefined) =>
  at.ports({
    journal,
    watch: (happening) => {
      if (happening.kind !== 'event' || happening.past) return;
      answer(journal, happening.event);
      sees(happening.event);
    },
  });

test('a flaky step beside a long promotion: the promotion runs once', async () => {
  const at = shaky();
  const begun: string[] = [];
  const promotion = {
    ...make,
    name: 'fake.promote' as const,
    run: async (ctx: Parameters<typeof make.run>[0], input: Parameters<typeof make.run>[1]) => {
      begun.push(ctx.key);
      await ctx.clock.sleep(60_000, ctx.signal);
      return make.run(ctx, input);
    },
  };
  const ports = answered(at, at.journal);
  const find: typeof ports.actions.find = (name) =>
    name === promotion.name ? { action: promotion, client: at.world } : ports.actions.find(name);
  const steps = STEPS.map((one) => (one.id === 'promote' ? { ...one, uses: promotion.name } : one));
  const state = await start(steps, { ...ports, actions: { find } }, MORE);
  expect([state.status, state.steps.get('flaky')?.attempts]).toEqual(['succeeded', 4]);
  expect(begun).toEqual([`${RUN}/promote`]);
  expect(at.world.writes.toSorted()).toEqual(WRITES);
});

describe('the disk is full', () => {
  test('at any write: nothing more is begun, and with room again all ends as if it had not been', async () => {
    for (let full = 1; ; full++) {
      const at = shaky();
      let writes = 0;
      let refused: readonly RunEvent[] = [];
      const journal: MemoryJournal = {
        ...at.journal,
        async append(claim, by, events) {
          writes += 1;
          if (writes < full) return at.journal.append(claim, by, events);
          refused = refused.length === 0 ? events : refused;
          throw new KnownError('DISK_FULL', 'there is no room left', 'Make room.');
        },
      };
      const ports = { ...answered(at, at.journal), journal };
      const first = await start(STEPS, ports, MORE).catch((error: unknown) => error);
      if (refused.length === 0) {
        expect(full).toBeGreaterThan(20);
        return;
      }
      expect([full, first]).toMatchObject([full, { code: 'DISK_FULL' }]);
      const state = await resume(answered(at, at.journal));
      expect([full, state.status, ...at.world.writes.toSorted()]).toEqual([full, 'succeeded', ...WRITES]);
    }
  });
});

describe('the clock of the machine jumps', () => {
  // Timers of a machine do not follow its clock: only what is compared with a kept moment can go wrong.
  test.each([
    ['an hour back', -hours(1)],
    ['a day ahead', hours(24)],
  ])('%s, after any event: everything happens once, and no wait is shorter than it must be', async (_, jump) => {
    for (let n = 1; ; n++) {
      const at = shaky();
      let offset = 0;
      let events = 0;
      const clock = {
        now: () => new Date(at.clock.now().getTime() + offset),
        // After a jump back a wait lasts an hour longer, and to look around every 100 ms would take as long here.
        sleep: (ms: number, signal?: AbortSignal) => at.clock.sleep(ms === 100 ? 20_000 : ms, signal),
      };
      const journal = memoryJournal({ clock });
      const waits = { from: 0, to: 0 };
      const sees = (event: JournalEvent): void => {
        events += 1;
        if (events === n) offset = jump;
        if (event.type === 'step.holds') waits.from = at.clock.now().getTime();
        if (event.type === 'step.succeeded' && event.step === 'hold') waits.to = at.clock.now().getTime();
      };
      const ports = { ...answered(at, journal, sees), clock };
      const state = await untilItEnds(STEPS, ports, journal);
      expect([n, state.status, ...at.world.writes.toSorted()]).toEqual([n, 'succeeded', ...WRITES]);
      if (jump < 0) expect(waits.to - waits.from).toBeGreaterThanOrEqual(3000);
      if (n > events) {
        expect(n).toBeGreaterThan(25);
        return;
      }
    }
  });

  /** A day ahead an approval may have run out: then a person says "retry". */
  async function untilItEnds(steps: typeof STEPS, ports: ReturnType<Rig['ports']>, journal: MemoryJournal) {
    let state = await start(steps, ports, MORE);
    for (let lives = 0; state.status === 'paused' && lives < 3; lives++) {
      for (const { id, progress } of state.steps.values())
        if (progress.status === 'waiting' && progress.waitsFor.kind === 'decision') {
          expect(progress.waitsFor.why.code).toBe('APPROVAL_EXPIRED');
          await journal.signal(RUN, 'grace', { type: 'step.decided', step: id, decision: 'retry', reason: 'late' });
        }
      state = await resume(ports);
    }
    return state;
  }
});

describe('an approval', () => {
  const guarded = step('load', { with: { thing: '${{ steps.find.outputs.value }}' }, approve: { role: 'commander' } });
  const find = step('find', { uses: 'fake.look', with: { thing: 'find', value: 'new' } });
  const hashFor = (thing: string): string => {
    const found = scenarioOfRun({ origin: originOf([find, guarded]) }).steps.find(({ id }) => id === 'load');
    return approvalHash(found as RunStep, { thing });
  };

  test('that was given before the step waits, and before the process died, is kept', async () => {
    for (let n = 1; n < 12; n++) {
      const at = rig();
      let moments = 0;
      const asked: string[] = [];
      const yes = { type: 'step.approved', step: 'load', hash: hashFor('new') } as const;
      let isSaid = false;
      const sees = (event: JournalEvent): void => {
        if (!isSaid) say(at.journal, yes);
        isSaid = true;
        if (event.type === 'step.waiting') asked.push(event.step);
      };
      const life = { at, journal: at.journal, dies: () => ++moments === n, sees };
      const begin = (ports: ReturnType<Rig['ports']>) => start([find, guarded], ports);
      const first = await liveOnce(life, begin);
      const next = at.journal.anotherProcess();
      if (!isSaid) await next.signal(RUN, 'grace', yes);
      const state = first ?? (await liveOnce({ ...life, journal: next, dies: () => false }, begin));
      expect([n, state?.status, asked, at.world.writes]).toEqual([n, 'succeeded', [], ['make new']]);
    }
  });

  test('of what would have been done with another parameter is void: it is asked again', async () => {
    const at = rig();
    const seen: string[] = [];
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind !== 'event' || happening.past) return;
        const { event } = happening;
        if (event.type === 'step.succeeded' && event.step === 'find')
          say(at.journal, { type: 'step.approved', step: 'load', hash: hashFor('old') });
        if (event.type !== 'step.waiting') return;
        seen.push(event.step, ...at.world.writes);
        answer(at.journal, event);
      },
    });
    const state = await start([find, guarded], ports);
    expect([state.status, seen, at.world.writes]).toEqual(['succeeded', ['load'], ['make new']]);
    expect(state.steps.get('load')?.approvals.map(({ hash }) => hash)).toEqual([hashFor('old'), hashFor('new')]);
  });
});

test('an owner that was frozen until another machine took the run over is refused at its next write', async () => {
  const at = rig();
  const machines = fakeMachines();
  const content = noContent();
  const [own, other] = ['laptop', 'bastion'].map((host) => {
    const machine = machines.start(host);
    return memoryJournal({ clock: at.clock }, { ...machines, start: () => machine }, content);
  }) as [MemoryJournal, MemoryJournal];
  let thaw = (): void => undefined;
  const frozen = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  let isFrozen = false;
  let isAsleep = (): void => undefined;
  const asleep = new Promise<void>((resolve) => {
    isAsleep = resolve;
  });
  const sleep: typeof at.clock.sleep = async (ms, signal) => {
    await at.clock.sleep(ms, signal);
    if (isFrozen) await frozen;
  };
  // Frozen between the event that says the step has begun and whatever it would do next, its beats included.
  const sleepy: MemoryJournal = {
    ...own,
    async append(claim, by, events) {
      if (events.some(({ type }) => type === 'step.succeeded')) {
        isFrozen = true;
        isAsleep();
        await frozen;
      }
      return own.append(claim, by, events);
    },
  };
  const first = start([step('a'), step('b')], at.ports({ journal: sleepy, clock: { ...at.clock, sleep } })).catch(
    (error: unknown) => error,
  );
  await asleep;
  at.clock.advance(31_000);
  const state = await resume(at.ports({ journal: other }));
  expect(state.status).toBe('succeeded');
  const kept = (await other.events(RUN)).length;
  thaw();
  expect(await first).toMatchObject({ code: 'RUN_FENCED' });
  expect((await other.events(RUN)).length).toBe(kept);
  expect(at.world.writes).toEqual(['make a', 'make b']);
});
