import { afterEach, expect, test } from 'vitest';
import { answerCalls, openThread, type Thread, ThreadLost } from './thread.ts';

const open: Thread[] = [];
afterEach(async () => {
  for (const thread of open.splice(0)) await thread.close();
});

function echo(): Thread {
  const thread = openThread('./thread-echo.fake', import.meta.url);
  open.push(thread);
  return thread;
}

test('answers each call with its own answer, in the order of the calls', async () => {
  const thread = echo();
  const calls = [1, 2, 3].map((answer) => thread.call<number>({ answer }));
  expect(thread.waiting).toBe(3);
  expect(await Promise.all(calls)).toEqual([1, 2, 3]);
  expect(thread.waiting).toBe(0);
});

test('what is transferred is gone here', async () => {
  const thread = echo();
  const bytes = new Uint8Array([7, 8]);
  expect(await thread.call({ answer: bytes }, [bytes.buffer])).toEqual(new Uint8Array([7, 8]));
  expect(bytes.byteLength).toBe(0);
});

test('an error keeps what a person is told by: its message, its code and its path', async () => {
  const thread = echo();
  await expect(thread.call({ code: 'ENOSPC' })).rejects.toMatchObject({
    message: 'no: ENOSPC',
    code: 'ENOSPC',
    path: '/there',
  });
  expect(await thread.call({ answer: 'and goes on' })).toBe('and goes on');
});

test('a thread that ends is lost to those who wait and to those who come', async () => {
  const thread = echo();
  const waiting = [thread.call({ end: true }), thread.call({ answer: 1 })];
  for (const call of waiting) await expect(call).rejects.toThrow(ThreadLost);
  await expect(thread.call({ answer: 2 })).rejects.toThrow(ThreadLost);
});

test('closing it ends what it is at', async () => {
  const thread = echo();
  const call = thread.call({ never: true });
  call.catch(() => undefined);
  await thread.close();
  await expect(call).rejects.toThrow(ThreadLost);
});

test('a module that is no thread says so', () => {
  expect(() => answerCalls(() => ({ answer: 1 }))).toThrow(/is a thread/);
});
