import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../lib/clock.ts';
import { LogWriter } from './log-writer.ts';
import { readFrame } from './wal-frames.ts';
import { type SessionEnd, type SessionOptions, WalSession } from './wal-session.ts';
import { type CopyHandler, coded, type Row, type Wire } from './wire.ts';

/** A clock that jumps to the next thing somebody sleeps for, once everything else has settled. */
function jumpingClock(): Clock & { readonly ms: () => number } {
  let now = 1_000_000;
  return {
    ms: () => now,
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        setImmediate(() => {
          if (signal?.aborted) return;
          now += ms;
          resolve();
        });
      }),
  };
}

/** A server that the test plays by hand. */
function playedServer(options: { holdsBack?: boolean } = {}) {
  const sent: bigint[] = [];
  let copy: CopyHandler | undefined;
  const answer = Promise.withResolvers<readonly (readonly Row[])[]>();
  const state = { command: '', copyEnded: false, paused: false };
  const wire: Wire = {
    address: 'h:1',
    serverVersion: '15.1',
    run: (command, handler) => {
      state.command = command;
      copy = handler;
      if (!options.holdsBack) handler?.begun?.();
      return answer.promise;
    },
    sendCopy: (bytes) => {
      sent.push(bytes.readBigUInt64BE(1));
    },
    endCopy: () => {
      state.copyEnded = true;
    },
    pause: () => {
      state.paused = true;
    },
    resume: () => {
      state.paused = false;
    },
    close: async () => undefined,
    destroy: (error) => answer.reject(error),
  };
  const frame = (kind: string, start: bigint, position: bigint, bytes: Buffer) => {
    const head = Buffer.alloc(25);
    head.write(kind, 0);
    head.writeBigUInt64BE(start, 1);
    head.writeBigUInt64BE(position, 9);
    return Buffer.concat([head, bytes]);
  };
  const log = (start: bigint, length: number) =>
    copy?.data(frame('w', start, start + BigInt(length), Buffer.alloc(length, 1)));
  const alive = (reply: number) =>
    copy?.data(Buffer.concat([Buffer.from('k'), Buffer.alloc(16), Buffer.from([reply])]));
  return { wire, sent, state, log, alive, grant: () => copy?.begun?.(), done: () => copy?.done?.(), ...answer };
}

const SEGMENT = 16 << 20;

function setUp(
  { holdsBack = false, ...more }: Partial<SessionOptions> & { holdsBack?: boolean } = {},
  putLog: () => Promise<void> = async () => undefined,
) {
  const server = playedServer({ holdsBack });
  const stop = new AbortController();
  const clock = jumpingClock();
  const stored: [bigint, number][] = [];
  const repository = {
    putLog: async ({ from, bytes }: { from: bigint; bytes: Uint8Array }) => {
      await putLog();
      stored.push([from, bytes.length]);
      return { key: '', component: '', system: '', timeline: 1, from, to: from, storedBytes: 0 };
    },
  };
  const start = BigInt(SEGMENT);
  const place = { component: 'db', system: '1', timeline: 1, segmentBytes: SEGMENT, start, durable: start };
  const writer = new LogWriter({ repository, ...place });
  const session = new WalSession({
    wire: server.wire,
    writer,
    start,
    timeline: 1,
    slot: 'lifeboat_db',
    clock,
    signal: stop.signal,
    until: undefined,
    flushEvery: 1000,
    synchronous: false,
    onProgress: () => undefined,
    ...more,
  });
  const running: Promise<SessionEnd> = session.run();
  running.catch(() => undefined);
  return { server, stop, clock, stored, writer, running, start };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000 && !condition(); i++) await turn();
  expect(condition()).toBe(true);
}

describe('a stream', () => {
  test('asks for the log, stores what comes, and acknowledges only then', async () => {
    const gate = Promise.withResolvers<void>();
    const { server, start, running, stop, stored } = setUp({}, () => gate.promise);
    expect(server.state.command).toBe('START_REPLICATION SLOT lifeboat_db PHYSICAL 0/1000000 TIMELINE 1');
    server.log(start, 100);
    for (let i = 0; i < 50; i++) await turn();
    expect(server.sent.every((flushed) => flushed === start)).toBe(true);
    gate.resolve();
    await until(() => server.sent.at(-1) === start + 100n);
    expect(stored).toEqual([[start, 100]]);
    stop.abort();
    expect(await running).toEqual({ why: 'aborted' });
  });

  test('says nothing and reports nothing before the server has granted it', async () => {
    const reports: bigint[] = [];
    const { server, clock, running } = setUp({ holdsBack: true, onProgress: ({ flushed }) => reports.push(flushed) });
    const begun = clock.ms();
    await until(() => clock.ms() - begun > 20_000);
    server.reject(coded('55006', 'the slot is active'));
    await expect(running).rejects.toMatchObject({ code: '55006' });
    expect([reports, server.sent]).toEqual([[], []]);
  });

  test('reports as soon as it is granted', async () => {
    const reports: bigint[] = [];
    const { server, start, stop } = setUp({ holdsBack: true, onProgress: ({ flushed }) => reports.push(flushed) });
    for (let i = 0; i < 5; i++) await turn();
    server.grant();
    await until(() => reports[0] === start);
    expect(server.sent[0]).toBe(start);
    stop.abort();
  });

  test('without a slot', () => {
    const { server, stop } = setUp({ slot: undefined });
    expect(server.state.command).toBe('START_REPLICATION PHYSICAL 0/1000000 TIMELINE 1');
    stop.abort();
  });

  test('ends when the goal is stored, not before', async () => {
    const { server, start, running, stored } = setUp({ until: BigInt(SEGMENT) + 150n, flushEvery: 3_600_000 });
    server.log(start, 100);
    for (let i = 0; i < 5; i++) await turn();
    server.log(start + 100n, 50);
    expect(await running).toEqual({ why: 'reached' });
    expect(stored.at(-1)).toEqual([start, 150]);
    expect(server.sent.at(-1)).toBe(start + 150n);
  });

  test('a server that is lost: what had arrived is stored before the error is told', async () => {
    const { server, start, running, stored } = setUp({ flushEvery: 3_600_000 });
    server.log(start, 100);
    server.reject(coded('ECONNRESET', 'gone'));
    await expect(running).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stored).toEqual([[start, 100]]);
  });

  test('a server that shuts down in good order is a cut as well', async () => {
    const { server, running } = setUp();
    server.resolve([]);
    await expect(running).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a server that says nothing for a minute is given up', async () => {
    const { clock, running } = setUp();
    const begun = clock.ms();
    await expect(running).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(clock.ms() - begun).toBeGreaterThan(60_000);
    expect(clock.ms() - begun).toBeLessThan(75_000);
  });

  test('a question whether we live is answered', async () => {
    const { server, stop } = setUp({ flushEvery: 3_600_000 });
    const before = server.sent.length;
    server.alive(1);
    expect(server.sent.length).toBe(before + 1);
    server.alive(0);
    expect(server.sent.length).toBe(before + 1);
    stop.abort();
  });

  test('the end of a timeline: nothing is sent after it, and the next one is told', async () => {
    const { server, start, running, stored } = setUp();
    server.log(start, 10);
    server.done();
    expect(server.state.copyEnded).toBe(true);
    const sent = server.sent.length;
    server.alive(1);
    expect(server.sent.length).toBe(sent);
    server.resolve([[{ next_tli: '2', next_tli_startpos: '0/100000A' }]]);
    expect(await running).toEqual({ why: 'timeline-ended', next: { timeline: 2, position: start + 10n } });
    expect(stored).toEqual([[start, 10]]);
  });

  test('a repository that fails ends it, and nothing is acknowledged', async () => {
    const { server, start, running } = setUp({}, () => Promise.reject(new Error('no room')));
    server.log(start, 10);
    await expect(running).rejects.toThrow('no room');
    expect(server.sent.every((flushed) => flushed === start)).toBe(true);
  });

  test('a repository that hangs does not hold up an abort for ever', async () => {
    const { server, start, running, stop } = setUp({}, () => new Promise(() => undefined));
    server.log(start, 10);
    await turn();
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  test('a repository that is slow makes the server wait', async () => {
    const { server, start, running, stop, writer } = setUp();
    for (let i = 0n; i < 5n; i++) server.log(start + i * BigInt(SEGMENT), SEGMENT);
    expect(server.state.paused).toBe(true);
    await until(() => writer.pendingBytes === 0);
    expect(server.state.paused).toBe(false);
    stop.abort();
    await running;
  });

  test('synchronous: stores at once', async () => {
    const { server, start, stop, stored, clock } = setUp({ synchronous: true });
    const begun = clock.ms();
    server.log(start, 10);
    await until(() => stored.length === 1);
    expect(clock.ms() - begun).toBeLessThanOrEqual(1000);
    stop.abort();
  });

  test('log that does not follow on is refused', () => {
    const { server, start, stop } = setUp();
    expect(() => server.log(start + 1n, 10)).toThrow(expect.objectContaining({ code: 'TARGET_FAILED' }));
    stop.abort();
  });
});

test('frames of the played server are real ones', () =>
  expect(readFrame(Buffer.concat([Buffer.from('k'), Buffer.alloc(17)])).kind).toBe('keepalive'));
