import { describe, expect, test } from 'vitest';
import { hours, minutes, seconds } from '../lib/duration.ts';
import { pauseBefore } from './retry-pause.ts';
import { unreachable } from './testing/fake-world.ts';
import { RUN, rig, start, step } from './testing/rig.ts';

const pauses = (retry: Parameters<typeof pauseBefore>[0]) => [0, 1, 2, 3].map((tries) => pauseBefore(retry, tries));

describe('the pauses between tries', () => {
  test('are all the same unless the plan says that they grow', () =>
    expect(pauses({ times: 9, every: '5s' })).toEqual([5, 5, 5, 5].map(seconds)));

  test('grow by the factor', () =>
    expect(pauses({ times: 9, every: '5s', backoff: 2 })).toEqual([5, 10, 20, 40].map(seconds)));

  test('and become no longer than the plan says', () =>
    expect(pauses({ times: 9, every: '5s', backoff: 3, at_most: '30s' })).toEqual([5, 15, 30, 30].map(seconds)));

  test('nor ever longer than anybody waits, however many tries there are', () =>
    expect(pauseBefore({ times: 100, every: '1m', backoff: 10 }, 99)).toBe(hours(24)));

  test('a pause that does not grow is as long as the plan says', () =>
    expect(pauseBefore({ times: 1, every: '3d' }, 0)).toBe(hours(72)));

  test('are kept, and waited for', async () => {
    const at = rig();
    at.world.troubles.set('a', [unreachable(), unreachable(), unreachable()]);
    const began = at.clock.now().getTime();
    const state = await start([step('a', { retry: { times: 3, every: '1m', backoff: 2, at_most: '3m' } })], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.clock.now().getTime() - began).toBeGreaterThanOrEqual(minutes(1 + 2 + 3));
    const kept = (await at.journal.events(RUN)).flatMap((event) =>
      event.type === 'step.retrying' ? [Date.parse(event.notBefore) - Date.parse(event.at)] : [],
    );
    expect(kept).toEqual([1, 2, 3].map(minutes));
  });
});
