import { expect, test } from 'vitest';
import type { BackupWriter } from '../../../model/repository.ts';
import { PartPump } from './part-pump.ts';

const MB = 1 << 20;

function setUp(write: (bytes: Uint8Array) => Promise<void> = async () => undefined) {
  const log: string[] = [];
  const writer: Pick<BackupWriter, 'part'> = {
    part: async (name) => {
      log.push(`open ${name}`);
      return {
        write: async (bytes) => {
          await write(bytes);
          log.push(`${bytes.length}`);
        },
        end: async () => void log.push('end'),
      };
    },
  };
  const failures: unknown[] = [];
  const pump = new PartPump(writer as BackupWriter, {
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
    fail: (error) => failures.push(error),
  });
  return { pump, log, failures };
}

test('parts one after the other, in pieces, each ended before the next begins', async () => {
  const { pump, log } = setUp();
  pump.open('a');
  pump.push(Buffer.alloc(MB + 5));
  pump.open('b');
  pump.open('c');
  pump.push(Buffer.alloc(3));
  await pump.finish();
  expect(log).toEqual(['open a', `${MB}`, '5', 'end', 'open b', 'end', 'open c', '3', 'end']);
  expect(pump.received).toBe(MB + 8);
});

test('the bytes are copied when they are pushed', async () => {
  const seen: number[] = [];
  const { pump } = setUp(async (bytes) => void seen.push(bytes[0] as number));
  const reused = Buffer.alloc(10, 1);
  pump.open('a');
  pump.push(reused);
  reused.fill(2);
  await pump.finish();
  expect(seen).toEqual([1]);
});

test('the source waits while the writer is behind', async () => {
  const gate = Promise.withResolvers<void>();
  const { pump, log } = setUp(() => gate.promise);
  pump.open('a');
  pump.push(Buffer.alloc(20 * MB));
  expect(log).toContain('pause');
  gate.resolve();
  await pump.finish();
  expect(log.filter((entry) => entry === 'pause' || entry === 'resume')).toEqual(['pause', 'resume']);
});

test('a write that fails is told to the source and to whoever waits, and nothing more is written', async () => {
  const { pump, log, failures } = setUp(() => Promise.reject(new Error('no room')));
  pump.open('a');
  pump.push(Buffer.alloc(3 * MB));
  await expect(pump.finish()).rejects.toThrow('no room');
  expect(failures).toHaveLength(1);
  expect(log).toEqual(['open a']);
  pump.push(Buffer.alloc(3 * MB));
  await pump.settled();
  expect(log).toEqual(['open a']);
});

test('bytes before the first part are a fault', async () => {
  const { pump } = setUp();
  pump.push(Buffer.alloc(1));
  await expect(pump.finish()).rejects.toThrow(RangeError);
});
