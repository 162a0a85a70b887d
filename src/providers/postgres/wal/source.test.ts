import { expect, test } from 'vitest';
import type { LogRef } from '../../../model/repository.ts';
import { logSource } from './source.ts';

const ref = (from: bigint): LogRef => ({
  key: String(from),
  component: 'db',
  system: '1',
  timeline: 1,
  from,
  to: from + 1n,
  storedBytes: 1,
});

test('gives the stretches in order and reads one ahead', async () => {
  const asked: string[] = [];
  const readLog = async ({ key }: LogRef) => {
    asked.push(key);
    return Buffer.from(key);
  };
  const seen: [bigint, string][] = [];
  for await (const { start, bytes } of logSource({ readLog }, [ref(1n), ref(2n), ref(3n)])) {
    expect(asked.length).toBe(Math.min(3, seen.length + 2));
    seen.push([start, bytes.toString()]);
  }
  expect(seen).toEqual([
    [1n, '1'],
    [2n, '2'],
    [3n, '3'],
  ]);
});

test('passes an error on, and none is left over when reading stops early', async () => {
  const repository = {
    readLog: ({ from }: LogRef) =>
      from === 2n ? Promise.reject(new Error('damaged')) : Promise.resolve(Buffer.alloc(1)),
  };
  const all = async () => {
    for await (const _ of logSource(repository, [ref(1n), ref(2n)]));
  };
  await expect(all()).rejects.toThrow('damaged');
  for await (const _ of logSource(repository, [ref(1n), ref(2n)])) break;
});
