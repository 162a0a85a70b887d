import { expect, test } from 'vitest';
import type { LogRef } from '../../../model/repository.ts';
import { logSource } from './source.ts';

const ref = (from: bigint, to = from + 1n): LogRef => ({
  key: `${from}-${to}`,
  component: 'db',
  system: '1',
  timeline: 1,
  from,
  to,
  storedBytes: 1,
});

/** A repository in which these stretches cannot be read. */
function repository(broken: readonly string[]) {
  const asked: string[] = [];
  return {
    asked,
    readLog: async ({ key }: LogRef) => {
      asked.push(key);
      if (broken.includes(key)) throw new Error(`${key} is not there`);
      return Buffer.from(key);
    },
  };
}

test('gives the stretches in order and reads one ahead', async () => {
  const repo = repository([]);
  const seen: [bigint, string][] = [];
  for await (const { start, bytes } of logSource(repo, [ref(1n), ref(2n), ref(3n)])) {
    expect(repo.asked.length).toBe(Math.min(3, seen.length + 2));
    seen.push([start, bytes.toString()]);
  }
  expect(seen).toEqual([
    [1n, '1-2'],
    [2n, '2-3'],
    [3n, '3-4'],
  ]);
});

test('passes an error on, and none is left over when reading stops early', async () => {
  const all = async () => {
    for await (const _ of logSource(repository(['2-3']), [ref(1n), ref(2n)]));
  };
  await expect(all()).rejects.toThrow('2-3 is not there');
  for await (const _ of logSource(repository(['2-3']), [ref(1n), ref(2n)])) break;
});
