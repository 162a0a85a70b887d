import { describe, expect, test } from 'vitest';
import { seconds } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Signal } from '../model/journal.ts';
import { pausedBecause } from './execute.ts';
import type { Happening } from './ports.ts';
import { dieAtMoment, type Mortal } from './testing/dying.ts';
import { type Rig, RUN, resume, rig, start, startWith, step } from './testing/rig.ts';

const gated = (over: JsonObject = {}, approve: JsonObject = {}): JsonObject =>
  step('a', { approve: { role: 'commander', within: '20s', ...approve }, ...over });

type Question = { readonly step: string; readonly hash: string; readonly times: number };

/** Answers each question of the run like the people around it. */
function answering(at: Rig, answer: (question: Question, say: (by: string, word: Signal) => void) => void) {
  let times = 0;
  return at.ports({
    watch: (happening: Happening) => {
      if (happening.kind !== 'event' || happening.past || happening.event.type !== 'step.waiting') return;
      const { step: id, waitsFor } = happening.event;
      if (waitsFor.kind !== 'approval') return;
      times += 1;
      answer({ step: id, hash: waitsFor.hash, times }, (by, word) => void at.journal.signal(RUN, by, word));
    },
  });
}

const yes = ({ step: id, hash }: Question, more: object = {}): Signal => ({
  type: 'step.approved',
  step: id,
  hash,
  ...more,
});
const events = async (at: Rig, type: string) => (await at.journal.events(RUN)).filter((event) => event.type === type);

describe('whose yes counts', () => {
  test('never that of whoever began the run, and never that of a stranger; both are kept', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => {
      say('ada', yes(question));
      say('eve', yes(question));
    });
    const state = await start([gated({ on_failure: 'stop' })], ports);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'APPROVAL_EXPIRED' } });
    expect(state.steps.get('a')?.approvals.map(({ by }) => by)).toEqual(['ada', 'eve']);
    expect(at.world.writes).toEqual([]);
  });

  test('two must be two different people', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => {
      say('grace', yes(question));
      say('grace', yes(question));
    });
    const state = await start([gated({ on_failure: 'stop' }, { count: 2 })], ports);
    expect(state.error?.code).toBe('APPROVAL_EXPIRED');
    const other = rig();
    const both = answering(other, (question, say) => {
      say('grace', yes(question));
      say('bob', yes(question));
    });
    expect((await start([gated({}, { count: 2 })], both)).status).toBe('succeeded');
  });

  test('whoever breaks the glass is enough alone, also who began the run; a stranger is not', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => say('ada', yes(question, { breakGlass: 'nobody answers' })));
    const state = await start([gated({}, { count: 2 })], ports);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('a')?.approvals).toMatchObject([{ by: 'ada', breakGlass: 'nobody answers' }]);
    const other = rig();
    const stranger = answering(other, (question, say) => say('mallory', yes(question, { breakGlass: 'let me' })));
    expect((await start([gated({ on_failure: 'stop' })], stranger)).error?.code).toBe('APPROVAL_EXPIRED');
  });

  test('a signature that is not that of the person counts for nothing', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => say('grace', yes(question, { signature: '00'.repeat(64) })));
    const state = await start([gated({ on_failure: 'stop' })], ports);
    expect(state.error?.code).toBe('APPROVAL_EXPIRED');
    expect(state.steps.get('a')?.approvals).toMatchObject([{ by: 'grace', forged: true }]);
  });

  test('a no is final: a later yes to the same changes nothing', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => {
      say('bob', { type: 'step.rejected', step: question.step, hash: question.hash, reason: 'wrong server' });
      say('grace', yes(question));
      say('bob', yes(question));
    });
    const paused = await start([gated({}, { count: 2 })], ports);
    expect(pausedBecause(paused)).toMatchObject({ code: 'APPROVAL_REJECTED', message: 'a: bob said no: wrong server' });
  });
});

describe('escalation', () => {
  const escalate = [{ role: 'cto', after: '10s' }];

  test('after its time somebody of the next role may say yes, too, also one who said so before', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const state = await start(
      [gated({}, { escalate })],
      answering(at, (question, say) => say('eve', yes(question))),
    );
    expect(state.status).toBe('succeeded');
    expect(await events(at, 'step.escalated')).toMatchObject([{ step: 'a', role: 'cto' }]);
    const [started] = await events(at, 'step.started');
    expect(Date.parse(started?.at as string) - began).toBeGreaterThanOrEqual(seconds(10));
  });

  test('nobody is added when enough people answer in time', async () => {
    const at = rig();
    await start(
      [gated({}, { escalate })],
      answering(at, (question, say) => say('grace', yes(question))),
    );
    expect(await events(at, 'step.escalated')).toEqual([]);
  });

  test('its time counts from the first asking, however often the run is taken up again', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const stop = new AbortController();
    const ports = answering(at, () => stop.abort(new KnownError('RUN_PAUSED', 'stopped', 'Resume.')));
    expect((await start([gated({}, { escalate })], ports, {}, stop.signal)).status).toBe('paused');
    at.clock.advance(seconds(9));
    const state = await resume(answering(at, (question, say) => say('eve', yes(question))));
    expect(state.status).toBe('succeeded');
    const [escalated] = await events(at, 'step.escalated');
    const after = Date.parse(escalated?.at as string) - began;
    expect(after).toBeGreaterThanOrEqual(seconds(10));
    expect(after).toBeLessThan(seconds(11));
  });
});

describe('an edit', () => {
  const edit = (by: string): Signal => ({
    type: 'step.edited',
    step: 'a',
    with: { thing: by },
    reason: 'the other one',
  });

  test('while it waits makes earlier approvals void, and it is asked anew', async () => {
    const at = rig();
    const ports = answering(at, (question, say) => {
      if (question.times > 1) return say('grace', yes(question));
      say('grace', yes(question));
      say('bob', edit('door'));
      return undefined;
    });
    const state = await start([gated({}, { count: 1 }), step('z')], ports);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make door', 'make z']);
    const asked = await events(at, 'step.waiting');
    expect(new Set(asked.map((event) => (event as never as { waitsFor: Question }).waitsFor.hash)).size).toBe(2);
  });

  test('of a step that is done, or under way, changes nothing', async () => {
    const at = rig();
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind === 'event' && happening.event.type === 'step.succeeded')
          void at.journal.signal(RUN, 'bob', edit('door')).catch(() => undefined);
      },
    });
    const state = await start([step('a'), step('z')], ports);
    expect(state.steps.get('a')?.edited).toBeUndefined();
    expect(at.world.writes).toEqual(['make a', 'make z']);
  });

  test('before it begins is what it begins with; after a failure what is tried again', async () => {
    const at = rig();
    at.world.troubles.set('a', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
    expect((await start([step('a'), step('z')], at.ports())).status).toBe('paused');
    await at.journal.signal(RUN, 'bob', edit('door'));
    await at.journal.signal(RUN, 'bob', { type: 'step.edited', step: 'z', with: { thing: 'roof' }, reason: 'x' });
    await at.journal.signal(RUN, 'bob', { type: 'step.decided', step: 'a', decision: 'retry', reason: 'x' });
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make door', 'make roof']);
  });

  test('in the very moment in which the step begins keeps it from being called with the old input', async () => {
    const at = rig();
    const journal = {
      ...at.journal,
      append: async (...[claim, by, kept]: Parameters<typeof at.journal.append>) => {
        if (kept.some(({ type }) => type === 'step.started')) await at.journal.signal(RUN, 'bob', edit('door')).then();
        return at.journal.append(claim, by, kept);
      },
    };
    const paused = await start([step('a')], at.ports({ journal }));
    expect(pausedBecause(paused)?.message).toBe('a was edited in the moment in which it began: nothing was called');
    expect(at.world.writes).toEqual([]);
  });
});

test('the approval of a procedure whose steps go side by side is asked for once', async () => {
  const at = rig();
  const book = { both: [step('one', { needs: [] }), step('two', { needs: [] })] };
  const use = { id: 'u', uses: 'procedure', with: { procedure: 'both' }, approve: { role: 'commander' } };
  const ports = answering(at, (question, say) => say('grace', yes(question)));
  const state = await startWith(book, [use], ports, { healthy: 'u' });
  expect(state.status).toBe('succeeded');
  expect(await events(at, 'step.waiting')).toHaveLength(1);
});

describe('when no way is open', () => {
  const shut = (id: string, over: JsonObject = {}) => step(id, { one_of: 'way', when: '${{ false }}', ...over });

  test('a person is asked, and may go on without any', async () => {
    const at = rig();
    const paused = await start([shut('a'), shut('b'), step('z')], at.ports());
    expect(pausedBecause(paused)).toMatchObject({ code: 'NO_ALTERNATIVE' });
    await at.journal.signal(RUN, 'grace', { type: 'step.decided', step: 'b', decision: 'skip', reason: 'not needed' });
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make z']);
  });

  test('unless all of them may be left out', async () => {
    const over = { on_failure: 'continue' };
    const state = await start([shut('a', over), shut('b', over), step('z')], rig().ports());
    expect(state.status).toBe('succeeded');
  });
});

describe('kill -9 at every moment of a run with escalation, an edit and a broken glass', () => {
  const steps = [
    gated({}, { count: 2, escalate: [{ role: 'cto', after: '5s' }], within: '30s' }),
    step('b', { approve: { role: 'cto' } }),
    step('z'),
  ];
  const people = (at: Rig) => (question: Question, say: (by: string, word: Signal) => void) => {
    if (question.step === 'b') return say('ada', yes(question, { breakGlass: 'nobody answers' }));
    say('bob', yes(question));
    say('eve', yes(question));
    if (!at.world.effects.has('edited')) {
      at.world.effects.set('edited', {});
      say('bob', { type: 'step.edited', step: 'a', with: { thing: 'door' }, reason: 'the other one' });
    }
    return undefined;
  };
  const mortal: Mortal = { world: () => rig(), begin: (ports) => start(steps, ports) };
  const MOMENTS = 40;

  test.each(Array.from({ length: MOMENTS }, (_, index) => index + 1))('at moment %i, and again later', async (n) => {
    for (const again of [0, 1, 3]) {
      const { at, state, died } = await dieAtMoment(mortal, n, again, people);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes).toEqual(['make door', 'make b', 'make z']);
      expect(state.steps.get('b')?.approvals.some(({ breakGlass }) => breakGlass !== undefined)).toBe(true);
      if (n === MOMENTS) expect(died).toBe(false);
    }
  });
});
