import { describe, expect, test } from 'vitest';
import { errorRecord, KnownError } from '../model/errors.ts';
import { measure, openObligations } from '../model/run-state.ts';
import { dryRun } from './dry-run.ts';
import { pausedBecause, startRun } from './execute.ts';
import { unreachable } from './testing/fake-world.ts';
import { never, originOf, type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

const statuses = (state: Awaited<ReturnType<typeof start>>) =>
  [...state.steps.values()].map((one) => `${one.id} ${one.progress.status}`);
const decide = (at: Rig, id: string, decision: 'retry' | 'done' | 'skip' | 'undo' | 'abort') =>
  at.journal.signal(RUN, 'grace', { type: 'step.decided', step: id, decision, reason: 'I looked' });

describe('a run', () => {
  test('carries out steps in order, hands outputs on, and is healthy after the named step', async () => {
    const at = rig();
    const steps = [
      step('a', { with: { thing: 'a', value: 3 } }),
      step('b', {
        with: { thing: 'b', value: '${{ steps.a.outputs.value + 1 }}' },
        success: '${{ outputs.value == 4 }}',
      }),
      step('c'),
    ];
    const state = await start(steps, at.ports(), { healthy: 'b' });
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'make c']);
    expect(state.steps.get('b')?.output).toEqual({ thing: 'b', value: 4 });
    expect(state.healthyAt).toBeDefined();
    expect(measure(state).rtoSeconds).toBeGreaterThanOrEqual(0);
  });

  test('independent steps run side by side; a step that needs both waits for both', async () => {
    const at = rig();
    const state = await start([step('a'), step('b', { needs: [] }), step('c', { needs: ['a', 'b'] })], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.at(-1)).toBe('make c');
  });

  test('a false `when` skips the step and goes on', async () => {
    const at = rig();
    const state = await start([step('a', { when: '${{ 1 > 2 }}' }), step('b')], at.ports());
    expect(statuses(state)).toEqual(['a skipped', 'b succeeded']);
    expect(at.world.writes).toEqual(['make b']);
  });

  test('an effect that is there already is verified, not repeated', async () => {
    const at = rig();
    at.world.effects.set('a', { thing: 'a' });
    const state = await start([step('a')], at.ports());
    expect(state.steps.get('a')?.progress).toMatchObject({ status: 'succeeded', how: 'observed' });
    expect(at.world.writes).toEqual([]);
  });

  test('a run whose healthy step was skipped has failed: nothing proves that the service is back', async () => {
    const state = await start([step('a', { when: '${{ false }}' })], rig().ports());
    expect(state).toMatchObject({ status: 'failed', error: { code: 'VERIFICATION_FAILED' } });
  });

  test('the impact found by a step starts the clock; the one said at the start is not overruled', async () => {
    const found = await start([step('a', { with: { thing: 'a', value: '2026-01-14T02:50:00Z' } })], rig().ports(), {
      impact: '${{ steps.a.outputs.value }}',
    });
    expect(found).toMatchObject({ impactAt: '2026-01-14T02:50:00.000Z', impactSource: 'found by the step a' });
    expect(measure(found).rtoSeconds).toBeGreaterThanOrEqual(600);
  });

  test('secrets are taken out of everything that is kept or shown', async () => {
    const at = rig();
    at.world.effects.set('a', { thing: 'a', password: 'hunter2', deep: ['with hunter2 in it'] });
    at.world.troubles.set('b', [
      new KnownError('TARGET_UNREACHABLE', 'postgres://u:hunter2@db does not answer', 'hunter2?'),
    ]);
    await start([step('a'), step('b', { retry: { times: 1 } })], at.ports());
    expect(JSON.stringify(await at.journal.events(RUN))).not.toContain('hunter2');
    expect(JSON.stringify(at.happenings)).not.toContain('hunter2');
  });

  test('a dry run looks and changes nothing', async () => {
    const at = rig();
    const planned = await dryRun(
      originOf([step('a'), step('b', { with: { thing: '${{ steps.a.outputs.thing }}' } })]),
      at.ports(),
      new AbortController().signal,
    );
    expect(planned).toMatchObject([
      { step: 'a', seen: 'absent', changes: ['a exists'], permissions: ['fake: make'] },
      { step: 'b', seen: 'later' },
    ]);
    expect(at.world.writes).toEqual([]);
    expect(await at.journal.runs()).toEqual([]);
  });
});

describe('failures', () => {
  test('what may pass is tried again as often as the step says, and no more', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable(), unreachable()]);
    expect((await start([step('a', { retry: { times: 2 } })], at.ports())).status).toBe('succeeded');
    const short = rig();
    short.world.troubles.set('a', [unreachable(), unreachable()]);
    const state = await start([step('a', { retry: { times: 1 }, on_failure: 'stop' })], short.ports());
    expect(state).toMatchObject({ status: 'failed', error: { code: 'TARGET_UNREACHABLE' } });
  });

  test('a target that does not answer when it is looked at first is asked again, too', async () => {
    const at = rig();
    const refusals = [unreachable(), unreachable()];
    const ports = at.ports();
    const find: typeof ports.actions.find = (name) => {
      const found = ports.actions.find(name);
      const observe = async (...args: Parameters<NonNullable<typeof found>['action']['observe']>) => {
        const refusal = refusals.shift();
        if (refusal) throw refusal;
        return found?.action.observe(...args) as never;
      };
      return found && { ...found, action: { ...found.action, observe } };
    };
    const state = await start([step('a', { retry: { times: 2 } })], { ...ports, actions: { find } });
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a']);
  });

  test('a step that fails parks the run when nobody is there; a decision and a resume carry it on', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable()]);
    const parked = await start([step('a'), step('b')], at.ports());
    expect(parked.status).toBe('paused');
    expect(pausedBecause(parked)).toMatchObject({ code: 'TARGET_UNREACHABLE' });
    expect((await resume(at.ports())).status).toBe('paused');
    await decide(at, 'a', 'retry');
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b']);
  });

  test('a person who is there is asked at once', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable()]);
    const watch = at.ports().watch;
    const ports = at.ports({
      mayAsk: true,
      watch: (happening) => {
        watch(happening);
        if (happening.kind === 'event' && happening.event.type === 'step.waiting') void decide(at, 'a', 'skip');
      },
    });
    expect(statuses(await start([step('a'), step('b')], ports))).toEqual(['a skipped', 'b succeeded']);
  });

  test('undo takes back what this run did, newest first, and nothing else', async () => {
    const at = rig();
    at.world.effects.set('before', { thing: 'before' });
    at.world.troubles.set('c', [unreachable()]);
    const state = await start([step('before'), step('a'), step('b'), step('c', { on_failure: 'undo' })], at.ports());
    expect(at.world.writes).toEqual(['make a', 'make b', 'unmake b', 'unmake a']);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'TARGET_UNREACHABLE' } });
    expect(at.world.effects.has('before')).toBe(true);
  });

  test('what cannot be undone is said', async () => {
    const at = rig();
    at.world.troubles.set('b', [unreachable()]);
    const state = await start([step('a', { uses: 'fake.shell' }), step('b', { on_failure: 'undo' })], at.ports());
    expect(state.steps.get('a')?.progress).toMatchObject({
      status: 'undone',
      impossible: 'a command cannot be taken back',
    });
  });

  test('continue goes on after a failure', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable()]);
    expect(statuses(await start([step('a', { on_failure: 'continue' }), step('b')], at.ports()))).toEqual([
      'a failed',
      'b succeeded',
    ]);
  });

  test('a success condition that is false is a failure, whatever the action says', async () => {
    const state = await start(
      [step('a', { success: '${{ outputs.thing == "z" }}', on_failure: 'stop' })],
      rig().ports(),
    );
    expect(state.error).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  test('a step that hangs is stopped at its time-out', async () => {
    const state = await start(
      [step('a', { with: { thing: 'a', value: 'hang' }, timeout: '3s', on_failure: 'stop' })],
      rig().ports(),
    );
    expect(state.error).toMatchObject({ code: 'TIMED_OUT', message: 'a did not end within 3s' });
  });

  test.each([
    ['an unknown action', step('a', { uses: 'fake.fly', on_failure: 'stop' })],
    ['a wrong input', step('a', { with: { thong: 'a' }, on_failure: 'stop' })],
    ['a wrong expression', step('a', { with: { thing: '${{ steps.z.outputs.thing }}' }, on_failure: 'stop' })],
  ])('%s fails before anything is called', async (_, wrong) => {
    const at = rig();
    expect((await start([wrong], at.ports())).error).toMatchObject({ code: 'PLAN_INVALID' });
    expect(at.world.writes).toEqual([]);
  });
});

describe('approvals', () => {
  const guarded = step('a', { approve: { role: 'commander' } });
  const answering = (at: Rig, answer: (hash: string) => Promise<unknown>) => {
    const watch = at.ports().watch;
    return at.ports({
      watch: (happening) => {
        watch(happening);
        if (
          happening.kind !== 'event' ||
          happening.event.type !== 'step.waiting' ||
          happening.event.waitsFor.kind !== 'approval'
        )
          return;
        at.clock.advance(20_000);
        void answer(happening.event.waitsFor.hash);
      },
    });
  };

  test('nothing is called before the yes; the waiting is counted as a person’s', async () => {
    const at = rig();
    const state = await start(
      [guarded],
      answering(at, (hash) => {
        expect(at.world.writes).toEqual([]);
        return at.journal.signal(RUN, 'grace', { type: 'step.approved', step: 'a', hash });
      }),
    );
    expect(state.status).toBe('succeeded');
    expect(measure(state).humanWaitSeconds).toBeGreaterThanOrEqual(20);
    expect(state.steps.get('a')?.approvals).toMatchObject([{ by: 'grace' }]);
  });

  test('a yes to something else counts for nothing', async () => {
    const at = rig();
    const state = await start(
      [step('a', { approve: { role: 'commander', within: '5s' }, on_failure: 'stop' })],
      answering(at, () => at.journal.signal(RUN, 'grace', { type: 'step.approved', step: 'a', hash: 'other' })),
    );
    expect(state.error).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(at.world.writes).toEqual([]);
  });

  test('the same person twice is not two people', async () => {
    const at = rig();
    const twice = async (hash: string) => {
      await at.journal.signal(RUN, 'grace', { type: 'step.approved', step: 'a', hash });
      await at.journal.signal(RUN, 'grace', { type: 'step.approved', step: 'a', hash });
    };
    const state = await start(
      [step('a', { approve: { role: 'commander', count: 2, within: '5s' }, on_failure: 'stop' })],
      answering(at, twice),
    );
    expect(state.error).toMatchObject({ code: 'APPROVAL_EXPIRED' });
  });

  test('a no fails the step', async () => {
    const at = rig();
    const state = await start(
      [{ ...guarded, on_failure: 'stop' }],
      answering(at, (hash) =>
        at.journal.signal(RUN, 'grace', { type: 'step.rejected', step: 'a', hash, reason: 'wrong server' }),
      ),
    );
    expect(state.error).toMatchObject({ code: 'APPROVAL_REJECTED', message: 'a: grace said no: wrong server' });
    expect(at.world.writes).toEqual([]);
  });
});

describe('obligations', () => {
  test('a run may not close while something must be put back; undo puts it back', async () => {
    const at = rig();
    const parked = await start([step('a', { uses: 'fake.block' }), step('b')], at.ports());
    expect(pausedBecause(parked)).toMatchObject({ code: 'OBLIGATION_OPEN' });
    await decide(at, 'a', 'undo');
    const closed = await resume(at.ports());
    expect(closed.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'unmake a']);
  });

  test('the step that settles it lets the run close', async () => {
    const at = rig();
    const state = await start(
      [step('a', { uses: 'fake.block' }), step('b'), step('c', { uses: 'fake.unblock', with: { thing: 'a' } })],
      at.ports(),
    );
    expect(state.status).toBe('succeeded');
    expect(openObligations(state)).toEqual([]);
  });

  test('what was so before this run is not put back by it', async () => {
    const at = rig();
    at.world.effects.set('a', { thing: 'a' });
    const state = await start(
      [step('a', { uses: 'fake.block' }), step('c', { uses: 'fake.unblock', with: { thing: 'a' } }), step('d')],
      at.ports(),
    );
    expect(statuses(state)).toEqual(['a succeeded', 'c skipped', 'd succeeded']);
    expect(at.world.effects.has('a')).toBe(true);
  });

  test('a step that failed without any effect owes nothing', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable()]);
    const state = await start([step('a', { uses: 'fake.block', on_failure: 'continue' }), step('b')], at.ports());
    expect(state.status).toBe('succeeded');
  });
});

describe('interruptions', () => {
  test('Ctrl-C pauses; resume goes on and repeats nothing', async () => {
    const at = rig();
    const stop = new AbortController();
    at.world.tick = (where) => {
      if (where === 'make b') stop.abort(new Error('Ctrl-C'));
    };
    const paused = await start([step('a'), step('b'), step('c')], at.ports(), {}, stop.signal);
    expect(paused.status).toBe('paused');
    at.world.tick = () => undefined;
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'make c']);
  });

  test('a second run of the same plan is refused and told who holds it', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable()]);
    await start([step('a')], at.ports());
    const second = startRun({ id: 'run-2', lock: 'shop/production', origin: originOf([step('a')]) }, at.ports(), never);
    const refused = await second.then(() => undefined, errorRecord);
    expect(refused).toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining('run-1') });
    expect(at.world.writes).toEqual([]);
  });

  test('cancellation from another process stops a waiting run', async () => {
    const at = rig();
    const watch = at.ports().watch;
    const ports = at.ports({
      watch: (happening) => {
        watch(happening);
        if (happening.kind === 'event' && happening.event.type === 'step.waiting')
          void at.journal.signal(RUN, 'grace', { type: 'run.canceled', reason: 'false alarm' });
      },
    });
    expect((await start([step('a', { approve: { role: 'commander' } })], ports)).status).toBe('canceled');
    expect(at.world.writes).toEqual([]);
  });

  test('unknown after a crash asks a person, even where the plan says continue', async () => {
    const at = rig();
    const crash = new Error('kill -9');
    at.world.tick = (where) => {
      if (where === 'made a') {
        at.journal.die();
        throw crash;
      }
    };
    const dead = at.ports({ journal: deadAfter(at, () => at.world.writes.length > 0) });
    await expect(start([step('a', { uses: 'fake.shell', on_failure: 'continue' }), step('b')], dead)).rejects.toThrow();
    at.world.tick = () => undefined;
    const journal = at.journal.anotherProcess();
    const parked = await resume(at.ports({ journal }));
    expect(pausedBecause(parked)).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await journal.signal(RUN, 'grace', { type: 'step.decided', step: 'a', decision: 'done', reason: 'it is there' });
    expect((await resume(at.ports({ journal }))).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b']);
  });
});

/** A journal whose process is dead once the condition holds: nothing more is written by it. */
function deadAfter(at: Rig, dead: () => boolean): Rig['journal'] {
  const guard =
    <T extends unknown[], R>(work: (...args: T) => Promise<R>) =>
    async (...args: T): Promise<R> => {
      if (dead()) throw new Error('kill -9');
      return work(...args);
    };
  const { journal } = at;
  return {
    ...journal,
    append: guard(journal.append),
    beat: guard(journal.beat),
    release: guard(journal.release),
    events: guard(journal.events),
  };
}
