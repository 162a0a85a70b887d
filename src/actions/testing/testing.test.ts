import { expect, test } from 'vitest';
import { Crash, crashAfter } from './crash.ts';
import { withFaults } from './faults.ts';
import { callsOf } from './intercept.ts';

class Counter {
  #count = 0;
  readonly inner = { add: async (): Promise<number> => this.up() };
  async up(): Promise<number> {
    this.#count += 1;
    return this.#count;
  }
  now(): number {
    return this.#count;
  }
}

test('callsOf names every call, also those of objects inside the client', async () => {
  const { client, calls } = callsOf(new Counter());
  await client.up();
  await client.inner.add();
  expect(client.now()).toBe(2);
  expect(calls).toEqual(['up', 'inner.add', 'now']);
});

test('the call at which the process dies is carried out and its answer is lost', async () => {
  const counter = new Counter();
  const client = crashAfter(counter, 2);
  expect(await client.up()).toBe(1);
  await expect(client.up()).rejects.toThrow('the process died after up');
  expect(counter.now()).toBe(2);
});

test('nothing gets through once the process is dead', async () => {
  const counter = new Counter();
  const client = crashAfter(counter, 0);
  expect(() => client.up()).toThrow(Crash);
  expect(() => client.inner.add()).toThrow('the process was dead before inner.add');
  expect(counter.now()).toBe(0);
});

test('a call that answers at once, or fails, dies as well', async () => {
  expect(() => crashAfter(new Counter(), 1).now()).toThrow(Crash);
  const failing = {
    now: (): number => {
      throw new Error('no');
    },
    later: () => Promise.reject(new Error('no')),
  };
  expect(() => crashAfter(failing, 1).now()).toThrow(Crash);
  await expect(crashAfter(failing, 1).later()).rejects.toThrow(Crash);
});

test('withFaults fails the calls that were named, before their effect, and says which never came', async () => {
  const counter = new Counter();
  const { client, assertAllFired } = withFaults(counter, { up: [new Error('one'), undefined, new Error('three')] });
  await expect(async () => client.up()).rejects.toThrow('one');
  expect(await client.up()).toBe(1);
  expect(assertAllFired).toThrow('these faults never came: up (1)');
  await expect(async () => client.up()).rejects.toThrow('three');
  expect(await client.up()).toBe(2);
  assertAllFired();
});
