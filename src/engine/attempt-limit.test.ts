import { describe, expect, test } from 'vitest';
import type { AnyAction, Observation } from '../actions/action.ts';
import { minutes } from '../lib/duration.ts';
import { foldRun } from '../model/run-state.ts';
import { liveOnce } from './testing/dying.ts';
import { make } from './testing/fake-world.ts';
import { never, RUN, resume, rig, start, step } from './testing/rig.ts';

/** A run that was killed in the middle of a step; what the world says of that step afterwards, each time it is asked, is given. */
async function cutOff(later: readonly Observation<unknown>['state'][], over: Parameters<typeof step>[1] = {}) {
  const at = rig();
  const steps = [step('long', { timeout: '10m', on_failure: 'stop', ...over })];
  let moments = 0;
  // Created, claimed, and just before the effect.
  await liveOnce({ at, journal: at.journal, dies: () => ++moments === 4 }, (ports) => start(steps, ports));
  at.world.tick = () => undefined;
  const journal = at.journal.anotherProcess();
  const begun = foldRun(await journal.events(RUN)).steps.get('long');
  expect(begun).toMatchObject({ progress: { status: 'running' }, attempts: 1 });
  const looks = [...later];
  const observe = async (): Promise<Observation<unknown>> => {
    const state = (looks.length > 1 ? looks.shift() : looks[0]) ?? 'running';
    if (state === 'done') at.world.effects.set('long', { thing: 'long' });
    return state === 'done' ? { state, output: { thing: 'long' } } : ({ state } as Observation<unknown>);
  };
  const action: AnyAction = { ...make, observe };
  return { at, ports: at.ports({ journal, actions: { find: () => ({ action, client: at.world }) } }) };
}

describe('the time of an attempt counts across restarts', () => {
  test('still running when its time is over: given up at once', async () => {
    const { at, ports } = await cutOff(['running']);
    at.clock.advance(minutes(11));
    const before = at.clock.now().getTime();
    const state = await resume(ports, never);
    expect(state.error).toMatchObject({ code: 'TIMED_OUT', message: expect.stringContaining('begun at') });
    expect(at.clock.now().getTime() - before).toBeLessThan(minutes(1));
  });

  test('still running with some time left: waited for until then, and no longer', async () => {
    const { at, ports } = await cutOff(['running']);
    at.clock.advance(minutes(7));
    const before = at.clock.now().getTime();
    expect((await resume(ports, never)).error?.code).toBe('TIMED_OUT');
    expect(at.clock.now().getTime() - before).toBeLessThanOrEqual(minutes(3));
    expect(at.clock.now().getTime() - before).toBeGreaterThan(minutes(2));
  });

  test('done by then, however late: taken', async () => {
    const { at, ports } = await cutOff(['done']);
    at.clock.advance(minutes(60));
    const state = await resume(ports, never);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('long')?.progress).toMatchObject({ how: 'observed' });
  });

  test('not there: another attempt, with all of its time', async () => {
    const { at, ports } = await cutOff(['absent']);
    at.clock.advance(minutes(60));
    const state = await resume(ports, never);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('long')?.attempts).toBe(2);
  });

  test('another try after it was given up has all of its time, too', async () => {
    const { at, ports } = await cutOff(['running', 'running', 'running', 'done'], { retry: { times: 1, every: '1s' } });
    at.clock.advance(minutes(11));
    const state = await resume(ports, never);
    expect(state.status).toBe('succeeded');
    expect((await ports.journal.events(RUN)).filter(({ type }) => type === 'step.retrying')).toHaveLength(1);
  });
});
