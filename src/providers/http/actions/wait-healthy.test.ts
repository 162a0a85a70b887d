import { expect, test } from 'vitest';
import type { ActionContext } from '../../../actions/action.ts';
import { fakeClock } from '../../../lib/clock.fake.ts';
import { type FakeHttp, fakeHttp } from '../client.fake.ts';
import type { HttpClient } from '../client-api.ts';
import { waitHealthy } from './wait-healthy.ts';

function at({ client }: FakeHttp, signal = new AbortController().signal) {
  const lines: string[] = [];
  const clock = fakeClock();
  const ctx: ActionContext<HttpClient> = {
    client,
    key: 'run-1/reconnect',
    signal,
    clock,
    log: (line) => void lines.push(line),
    note: () => Promise.reject(new Error('nothing is noted')),
    notes: [],
  };
  return { ctx, clock, lines };
}

const input = (limit = '10s') => waitHealthy.input.parse({ component: 'api', for: limit });

test('waits until the service is healthy, and says on the way only what is new', async () => {
  const { ctx, lines } = at(fakeHttp(null, null, 503, 503, 200));
  expect(await waitHealthy.run(ctx, input())).toEqual({ status: 200, attempts: 5 });
  expect(lines).toEqual(['api is not healthy yet: nothing listens there', 'api is not healthy yet: it answered 503']);
});

test('ends in time when it does not become healthy, and says what was seen last', async () => {
  const { ctx, clock } = at(fakeHttp(null, 503));
  const before = clock.now().getTime();
  await expect(waitHealthy.run(ctx, input())).rejects.toMatchObject({
    code: 'TIMED_OUT',
    message: 'api did not become healthy within 10s (asked 10 times). Last: it answered 503',
  });
  expect(clock.now().getTime() - before).toBeLessThanOrEqual(10_000);
});

test('asks once even when there is no time to wait', async () => {
  const fake = fakeHttp(200);
  expect(await waitHealthy.run(at(fake).ctx, input('0'))).toEqual({ status: 200, attempts: 1 });
  await expect(waitHealthy.run(at(fakeHttp(503)).ctx, input('0'))).rejects.toMatchObject({ code: 'TIMED_OUT' });
});

test('gives no question more time than is left', async () => {
  const within: number[] = [];
  const { client } = fakeHttp(503);
  const watched: HttpClient = {
    ask: (component, how) => {
      within.push(how.within);
      return client.ask(component, how);
    },
  };
  const fake = { ...fakeHttp(503), client: watched };
  await expect(waitHealthy.run(at(fake).ctx, input('7s'))).rejects.toThrow();
  expect(within).toEqual([5000, 5000, 5000, 4000, 3000, 2000, 1000]);
});

test('stops waiting at once when it is told to', async () => {
  const stop = new AbortController();
  const waiting = waitHealthy.run(at(fakeHttp(503), stop.signal).ctx, input());
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

test('waits two minutes unless the plan says otherwise', () => {
  expect(waitHealthy.input.parse({ component: 'api' })).toEqual({ component: 'api', for: '2m' });
});
