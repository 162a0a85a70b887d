import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { parentPort, type Transferable, Worker } from 'node:worker_threads';

/** A thread beside ours that answers calls one after the other. It never keeps the process alive while nobody waits for it. */
export interface Thread {
  /** Rejects with what the thread threw, or with ThreadLost when it ended before it answered. What is transferred is gone here. */
  call<Answer>(message: unknown, transfer?: readonly Transferable[]): Promise<Answer>;
  /** Calls that are not answered yet. */
  readonly waiting: number;
  close(): Promise<void>;
}

/** The thread ended, or never began, before it answered. */
export class ThreadLost extends Error {}

type Call = { readonly id: number; readonly message: unknown };
type Reply = { readonly id: number; readonly answer?: unknown; readonly error?: Error; readonly facts?: object };
type Waiting = { done(answer: unknown): void; fail(error: Error): void };

/** Starts a thread in a module of ours that calls `answerCalls`; named without its ending, which a build changes. */
export function openThread(module: string, beside: string): Thread {
  const file = new URL(`${module}${beside.endsWith('.ts') ? '.ts' : '.js'}`, beside);
  const worker = new Worker(file, { env: environment() });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let lost: ThreadLost | undefined;
  const lose = (cause?: unknown) => {
    lost ??= new ThreadLost(`the thread ${module} ended`, { cause });
    for (const { fail } of waiting.values()) fail(lost);
    waiting.clear();
  };
  worker.on('error', lose);
  worker.on('exit', () => lose());
  worker.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if (reply.error) call?.fail(Object.assign(reply.error, reply.facts));
    else call?.done(reply.answer);
  });
  worker.unref();
  return {
    call: <Answer>(message: unknown, transfer: readonly Transferable[] = []) =>
      new Promise<Answer>((done, fail) => {
        if (lost) return fail(lost);
        const id = calls++;
        waiting.set(id, { done: done as Waiting['done'], fail });
        worker.ref();
        worker.postMessage({ id, message } satisfies Call, transfer);
      }),
    get waiting() {
      return waiting.size;
    },
    close: async () => void (await worker.terminate()),
  };
}

/** It needs no secret of ours, and gets none; only where compiled modules lie, or it would compile its own anew each time. */
function environment(): Record<string, string> {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}

export interface Answer {
  readonly answer: unknown;
  readonly transfer?: readonly Transferable[];
}

/** What a module does that is started as a thread: it answers calls in the order in which they come. */
export function answerCalls(answer: (message: never) => Answer | Promise<Answer>): void {
  const port = parentPort;
  if (port === null) throw new Error('this module is a thread and cannot be run by itself');
  let last: Promise<void> = Promise.resolve();
  port.on('message', ({ id, message }: Call) => {
    last = last.then(async () => {
      try {
        const { answer: said, transfer = [] } = await answer(message as never);
        port.postMessage({ id, answer: said } satisfies Reply, transfer);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        // An error goes over without what it has beyond message and stack, and its code is what tells a full disk.
        port.postMessage({ id, error, facts: { ...error } } satisfies Reply);
      }
    });
  });
}
