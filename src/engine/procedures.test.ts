import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { RunState } from '../model/run-state.ts';
import { dryRun } from './dry-run.ts';
import { never, originOf, type Rig, RUN, resume, rig, startWith, step } from './testing/rig.ts';

const use = (id: string, over: JsonObject = {}, also: JsonObject = {}): JsonObject => ({
  id,
  uses: 'procedure',
  with: { procedure: 'p', ...also },
  ...over,
});
const statuses = (state: RunState) => [...state.steps.values()].map((one) => `${one.id} ${one.progress.status}`);
const broken = () => new KnownError('TARGET_FAILED', 'broken', 'Mend it.');
const approvals = async (at: Rig) =>
  (await at.journal.events(RUN)).filter((event) => event.type === 'step.waiting').map((event) => event.step);

/** Says yes at the steps named, to whatever is asked there. */
const approving = (at: Rig, ...only: string[]) =>
  at.ports({
    watch: ({ ...happening }) => {
      if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
      const { step: id, waitsFor } = happening.event;
      if (waitsFor.kind !== 'approval' || (only.length > 0 && !only.includes(id))) return;
      void at.journal.signal(RUN, 'grace', { type: 'step.approved', step: id, hash: waitsFor.hash });
    },
  });

describe('a procedure in a run', () => {
  test('its steps stand in its place, and what needs it waits for its last step', async () => {
    const at = rig();
    const state = await startWith({ p: [step('one'), step('two')] }, [step('a'), use('mid'), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make one', 'make two', 'make z']);
    expect(statuses(state)).toEqual(['a succeeded', 'mid.one succeeded', 'mid.two succeeded', 'z succeeded']);
  });

  test('from, to and without take a part of it', async () => {
    const at = rig();
    const p = [step('one'), step('two'), step('three'), step('four')];
    await startWith({ p }, [use('mid', {}, { from: 'two', to: 'four', without: ['three'] })], at.ports());
    expect(at.world.writes).toEqual(['make two', 'make four']);
  });

  test('healthy names it: its last step counts', async () => {
    const state = await startWith({ p: [step('one'), step('two')] }, [use('mid'), step('z')], rig().ports(), {
      healthy: 'mid',
    });
    expect(state.healthyAt).toBe(
      (state.steps.get('mid.two')?.progress as { finishedAt: string } | undefined)?.finishedAt,
    );
  });

  test('inside, steps are known by their own names; outside, by that of the step that uses the procedure', async () => {
    const p = [
      step('find', { with: { thing: 'found', value: 7 } }),
      step('take', { with: { thing: 'taken', value: '${{ steps.find.outputs.value + 1 }}' } }),
    ];
    const after = step('z', {
      with: { thing: 'z', value: '${{ steps.mid.outputs.take.value + steps.find.outputs.value }}' },
      when: '${{ steps.mid.status == "succeeded" }}',
    });
    const state = await startWith(
      { p },
      [step('find', { with: { thing: 'other', value: 100 } }), use('mid'), after],
      rig().ports(),
    );
    expect(state.steps.get('mid.take')?.output).toMatchObject({ value: 8 });
    expect(state.steps.get('z')?.output).toMatchObject({ value: 108 });
  });

  test('the impact may be what a step of it found', async () => {
    const p = [step('find', { with: { thing: 'f', value: '2026-01-14T02:00:00Z' } })];
    const state = await startWith({ p }, [use('mid')], rig().ports(), {
      healthy: 'mid',
      impact: '${{ steps.mid.outputs.find.value }}',
    });
    expect(state.impactAt).toBe('2026-01-14T02:00:00.000Z');
  });

  test('in a procedure of a procedure', async () => {
    const at = rig();
    const p = [step('one'), { id: 'deep', uses: 'procedure', with: { procedure: 'q' } }, step('two')];
    const state = await startWith({ p, q: [step('x'), step('y')] }, [use('mid'), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect([...state.steps.keys()]).toEqual(['mid.one', 'mid.deep.x', 'mid.deep.y', 'mid.two', 'z']);
  });

  test('a false condition of the step that uses it skips all of it, also what has a condition of its own', async () => {
    const at = rig();
    const p = [step('one'), step('two', { when: '${{ true }}' })];
    const state = await startWith(
      { p },
      [step('a'), use('mid', { when: '${{ steps.a.outputs.thing == "b" }}' }), step('z')],
      at.ports(),
    );
    expect(statuses(state)).toEqual(['a succeeded', 'mid.one skipped', 'mid.two skipped', 'z succeeded']);
    expect(at.world.writes).toEqual(['make a', 'make z']);
  });

  test('undo takes back the steps of it, the newest first', async () => {
    const at = rig();
    at.world.troubles.set('z', [broken()]);
    const state = await startWith(
      { p: [step('one'), step('two')] },
      [use('mid'), step('z', { on_failure: 'undo' })],
      at.ports(),
    );
    expect(state.status).toBe('failed');
    expect(at.world.writes).toEqual(['make one', 'make two', 'unmake two', 'unmake one']);
  });

  test('a dry run shows its steps', async () => {
    const origin = originOf([use('mid')], { healthy: 'mid' }, { p: { title: 'P', steps: [step('one'), step('two')] } });
    const planned = await dryRun(origin, rig().ports(), never);
    expect(planned.map((one) => one.step)).toEqual(['mid.one', 'mid.two']);
  });
});

describe('people and procedures', () => {
  const approve = { role: 'commander', count: 1 };

  test('an approval of the use is asked once, before the first of its steps that acts, and is for all of it', async () => {
    const at = rig();
    const p = [step('one', { when: '${{ false }}' }), step('two'), step('three')];
    const state = await startWith({ p }, [use('mid', { approve })], approving(at), { healthy: 'mid' });
    expect(state.status).toBe('succeeded');
    expect(await approvals(at)).toEqual(['mid.two']);
    const asked = (await at.journal.events(RUN)).find((event) => event.type === 'step.waiting');
    expect(asked).toMatchObject({
      waitsFor: { preview: { danger: 'destroy', changes: ['all of mid: mid.one, mid.two, mid.three', 'two exists'] } },
    });
  });

  test('steps of it that begin side by side are let go by one yes', async () => {
    const at = rig();
    const p = [step('one', { needs: [] }), step('two', { needs: [] })];
    const state = await startWith({ p }, [use('mid', { approve })], approving(at, 'mid.one'), { healthy: 'mid' });
    expect(state.status).toBe('succeeded');
  });

  test('a step with an approval of its own needs both', async () => {
    const at = rig();
    const p = [step('one', { approve })];
    const state = await startWith({ p }, [use('mid', { approve })], approving(at), { healthy: 'mid' });
    expect(state.status).toBe('succeeded');
    expect(await approvals(at)).toEqual(['mid.one', 'mid.one']);
  });

  test('decisions name the step of the procedure', async () => {
    const at = rig();
    at.world.troubles.set('one', [broken()]);
    const paused = await startWith({ p: [step('one'), step('two')] }, [use('mid')], at.ports(), { healthy: 'mid' });
    expect(paused.status).toBe('paused');
    await at.journal.signal(RUN, 'grace', {
      type: 'step.decided',
      step: 'mid.one',
      decision: 'retry',
      reason: 'mended',
    });
    expect((await resume(at.ports())).status).toBe('succeeded');
  });
});

describe('failures of procedures', () => {
  test('continue: the rest of it is left out, and the run goes on', async () => {
    const at = rig();
    at.world.troubles.set('one', [broken()]);
    const p = [step('one'), step('two')];
    const state = await startWith({ p }, [use('mid', { on_failure: 'continue' }), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(statuses(state)).toEqual(['mid.one failed', 'mid.two skipped', 'z succeeded']);
    expect(at.world.writes).toEqual(['make z']);
  });

  test('a step of it that says continue itself is tolerated, and the procedure goes on', async () => {
    const at = rig();
    at.world.troubles.set('one', [broken()]);
    const p = [step('one', { on_failure: 'continue' }), step('two')];
    const state = await startWith({ p }, [use('mid', { on_failure: 'stop' })], at.ports(), { healthy: 'mid' });
    expect(statuses(state)).toEqual(['mid.one failed', 'mid.two succeeded']);
    expect(state.status).toBe('succeeded');
  });

  test.each(['stop', 'undo'])('%s of the use holds for its steps', async (on_failure) => {
    const at = rig();
    at.world.troubles.set('two', [broken()]);
    const state = await startWith({ p: [step('one'), step('two')] }, [use('mid', { on_failure })], at.ports(), {
      healthy: 'mid',
    });
    expect(state.status).toBe('failed');
    expect(at.world.effects.has('one')).toBe(on_failure === 'stop');
  });
});
