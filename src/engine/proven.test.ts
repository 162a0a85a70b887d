import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { JournalEvent, WaitsFor } from '../model/run.ts';
import type { SafetyPoints } from './ports.ts';
import { type Rig, RUN, resume, rig, start, startWith, step } from './testing/rig.ts';

const fence = step('fence');
const go = (over: JsonObject = {}) => step('go', { proven: ['fence'], ...over });
const decide = (at: Rig, id: string, decision: 'retry' | 'done' | 'skip') =>
  at.journal.signal(RUN, 'grace', { type: 'step.decided', step: id, decision, reason: 'I looked' });
const error = (state: Awaited<ReturnType<typeof start>>, id: string) => {
  const progress = state.steps.get(id)?.progress;
  if (progress?.status === 'failed') return progress.error;
  return progress?.status === 'waiting' && progress.waitsFor.kind === 'decision' ? progress.waitsFor.why : undefined;
};

/** Somebody takes the effect away while the run waits for an approval, and then says yes. */
const lostWhileWaiting = (at: Rig, thing: string) =>
  at.ports({
    watch: ({ kind, ...happening }) => {
      if (kind !== 'event' || !('event' in happening)) return;
      const { event } = happening;
      if (event.type !== 'step.waiting' || event.waitsFor.kind !== 'approval') return;
      at.world.effects.delete(thing);
      void at.journal.signal(RUN, 'grace', { type: 'step.approved', step: event.step, hash: event.waitsFor.hash });
    },
  });

describe('a step that acts only when others are proven', () => {
  test('looks at them again, and keeps what it saw with its own beginning', async () => {
    const at = rig();
    const state = await start([fence, go()], at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('go')?.grounds).toEqual([
      { kind: 'proven', step: 'fence', proofs: [{ claim: 'fence exists', held: true, observed: 'true' }] },
    ]);
  });

  test('waits for them also where it needs something else', async () => {
    const at = rig();
    await start([fence, step('other', { needs: [] }), go({ needs: ['other'] })], at.ports());
    expect(at.world.writes.at(-1)).toBe('make go');
  });

  test.each(['ask', 'continue', 'undo', 'stop'])(
    'is not begun when a proof was lost during its approval, and a person is asked: on_failure %s',
    async (policy) => {
      const at = rig();
      const steps = [fence, go({ approve: { role: 'commander' }, on_failure: policy }), step('after')];
      const state = await start(steps, lostWhileWaiting(at, 'fence'));
      expect(state.status).toBe('paused');
      expect(error(state, 'go')).toEqual({
        code: 'NOT_PROVEN',
        message: 'go was not begun, because fence does not hold any more: fence exists (seen: false)',
        hint: 'Repair that, then: lifeboat decide run-1 go retry --reason "…"',
      });
      const failed = (await at.journal.events(RUN)).find(({ type }) => type === 'step.failed');
      expect(failed).toMatchObject({ proofs: [{ claim: 'fence exists', held: false, observed: 'false' }] });
      expect(at.world.writes).toEqual(['make fence']);
      expect(state.steps.get('go')?.attempts).toBe(0);
      at.world.effects.set('fence', { thing: 'fence' });
      await decide(at, 'go', 'retry');
      expect((await resume(at.ports())).status).toBe('succeeded');
    },
  );

  test.each<[string, readonly JsonObject[], RegExp]>([
    ['was left out', [step('fence', { when: '${{ false }}' }), go()], /because fence was left out: when/],
    ['failed and was tolerated', [step('fence', { on_failure: 'continue' }), go()], /because fence failed: broken/],
  ])('is not begun when one of them %s', async (_how, steps, message) => {
    const at = rig();
    at.world.troubles.set('fence', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
    const state = await start(steps, at.ports());
    expect(error(state, 'go')).toMatchObject({ code: 'NOT_PROVEN', message: expect.stringMatching(message) });
    expect(at.world.writes).toEqual([]);
  });

  test('what cannot be looked at is not proven', async () => {
    const at = rig();
    const ports = at.ports();
    let looks = 0;
    const find: typeof ports.actions.find = (name) => {
      const found = ports.actions.find(name);
      const verify = async (...args: Parameters<NonNullable<typeof found>['action']['verify']>) => {
        looks += 1;
        if (looks > 1) throw new KnownError('TARGET_UNREACHABLE', 'it does not answer', 'Wait.');
        return found?.action.verify(...args) ?? [];
      };
      return found && { ...found, action: { ...found.action, verify } };
    };
    const state = await start([fence, go({ retry: { times: 3 } })], { ...ports, actions: { find } });
    expect(error(state, 'go')?.message).toBe(
      'go was not begun, because fence could not be looked at again: it does not answer',
    );
    expect(at.world.writes).toEqual(['make fence']);
  });

  test('people are told on whose word it rests, and what was read when', async () => {
    const at = rig();
    at.world.troubles.set('spare', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
    const asked: WaitsFor[] = [];
    const answer = ({ step: id, waitsFor }: JournalEvent & { type: 'step.waiting' }) => {
      if (waitsFor.kind === 'task')
        void at.journal.signal(RUN, 'grace', { type: 'step.answered', step: id, outcome: 'done', answer: 'cut' });
      if (waitsFor.kind === 'approval')
        void at.journal.signal(RUN, 'grace', { type: 'step.approved', step: id, hash: waitsFor.hash });
      if (waitsFor.kind === 'decision') void decide(at, id, 'done');
      asked.push(waitsFor);
    };
    const ports = at.ports({
      mayAsk: true,
      watch: (happening) => {
        if (happening.kind === 'event' && happening.event.type === 'step.waiting') answer(happening.event);
      },
    });
    const cable = { id: 'cable', uses: 'human.task', with: { instruction: 'Pull the cable' } };
    const proven = ['fence', 'cable', 'spare'];
    const state = await start([fence, cable, step('spare'), go({ proven, approve: { role: 'commander' } })], ports);
    expect(state.status).toBe('succeeded');
    const approval = asked.find(({ kind }) => kind === 'approval');
    expect(approval?.kind === 'approval' && approval.preview.notes).toEqual([
      expect.stringMatching(/^fence: proven again at \d\d:\d\d:\d\d UTC: fence exists \(true\)$/),
      'cable: on the word of grace: somebody says that it is done (grace said "done": cut)',
      expect.stringMatching(/^spare: on the word of grace: grace decided about spare: I looked/),
      'can be taken back',
    ]);
  });

  test('of a procedure its last steps count, and at a procedure it holds for every step of it', async () => {
    const procedures = { close: [step('one'), step('two')], open: [step('three'), step('four')] };
    const use = (id: string, procedure: string, over: JsonObject = {}) => ({
      id,
      uses: 'procedure',
      with: { procedure },
      ...over,
    });
    const at = rig();
    const steps = [use('shut', 'close'), use('turn', 'open', { proven: ['shut'] })];
    const state = await startWith(procedures, steps, at.ports(), { healthy: 'turn' });
    expect(state.status).toBe('succeeded');
    for (const id of ['turn.three', 'turn.four'])
      expect(state.steps.get(id)?.grounds).toMatchObject([{ kind: 'proven', step: 'shut.two' }]);
  });

  test('one that a use of a procedure leaves out is not proven', async () => {
    const procedures = { move: [fence, step('ready'), go()] };
    const steps = [{ id: 'm', uses: 'procedure', with: { procedure: 'move', without: ['fence'] } }];
    const at = rig();
    const state = await startWith(procedures, steps, at.ports(), { healthy: 'm' });
    expect(error(state, 'm.go')?.message).toContain('m.fence, which must be proven before it, is no step of this run');
    expect(at.world.writes).toEqual(['make ready']);
  });

  test('of alternatives the one that was taken counts', async () => {
    const at = rig();
    at.world.troubles.set('quick', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
    const steps = [step('quick', { one_of: 'way' }), step('slow', { one_of: 'way' }), go({ proven: ['quick'] })];
    const state = await start(steps, at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('go')?.grounds).toMatchObject([{ kind: 'proven', step: 'slow' }]);
  });

  test('when none of the alternatives was gone, nothing is proven', async () => {
    const at = rig();
    const none = { one_of: 'way', when: '${{ false }}' };
    await start([step('quick', none), step('slow', none), go({ proven: ['quick'] })], at.ports());
    await decide(at, 'slow', 'skip');
    const state = await resume(at.ports());
    expect(error(state, 'go')?.message).toContain('neither quick nor another way in its place was gone');
  });
});

const points = (found: Awaited<ReturnType<SafetyPoints['since']>>): { readonly safetyPoints: SafetyPoints } => ({
  safetyPoints: { since: async () => found },
});
const MISSING = { missing: 'the newest, b1, is of 2026-01-13T00:00:00.000Z' };
const secured = step('drop', { safety_point: 'web' });

describe('a step that demands a recovery point', () => {
  test('keeps which one it rests on', async () => {
    const at = rig();
    const state = await start([secured], at.ports(points({ point: 'b2', at: '2026-01-14T03:00:00.000Z' })));
    expect(state.steps.get('drop')?.grounds).toEqual([
      { kind: 'safety point', component: 'web', point: 'b2', at: '2026-01-14T03:00:00.000Z' },
    ]);
  });

  test('is not begun without one, says what to type, and goes on once there is one', async () => {
    const at = rig();
    const state = await start(
      [step('drop', { safety_point: ['web'], on_failure: 'continue' })],
      at.ports(points(MISSING)),
    );
    expect(state.status).toBe('paused');
    expect(error(state, 'drop')).toEqual({
      code: 'SAFETY_POINT_MISSING',
      message: `drop was not begun, because no whole recovery point of web was taken since the run began: ${MISSING.missing}`,
      hint: 'Take one: lifeboat backup web; then: lifeboat decide run-1 drop retry --reason "…". What is broken cannot be backed up: lifeboat decide run-1 drop retry --without-safety-point --reason "…"',
    });
    expect(at.world.writes).toEqual([]);
    await decide(at, 'drop', 'retry');
    expect((await resume(at.ports(points(MISSING)))).status).toBe('paused');
    await decide(at, 'drop', 'retry');
    expect((await resume(at.ports(points({ point: 'b2', at: '' })))).status).toBe('succeeded');
  });

  test('goes on without one on the recorded word of a person, also at a further try', async () => {
    const at = rig();
    at.world.troubles.set('drop', [new KnownError('TARGET_UNREACHABLE', 'no answer', 'Wait.')]);
    await start([step('drop', { safety_point: 'web', retry: { times: 1 } })], at.ports(points(MISSING)));
    const word = { type: 'step.decided', step: 'drop', decision: 'retry', reason: 'it is gone' } as const;
    await at.journal.signal(RUN, 'grace', { ...word, withoutSafetyPoint: true });
    const state = await resume(at.ports(points(MISSING)));
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('drop')).toMatchObject({
      attempts: 2,
      grounds: [{ kind: 'no safety point', component: 'web', by: 'grace', reason: 'it is gone' }],
    });
  });

  test('a repository that cannot be read holds none', async () => {
    const at = rig();
    const since = () => Promise.reject(new KnownError('REPOSITORY_MISSING', 'the disk is gone', 'Find it.'));
    const state = await start([secured], at.ports({ safetyPoints: { since } }));
    expect(error(state, 'drop')?.message).toMatch(/they cannot be looked at: the disk is gone$/);
  });
});
