import { describe, expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import { liveBlock } from './live-block.ts';
import { fakeTerminal } from './testing/fake-terminal.ts';

/** A clock that stands still until a test moves it. */
function standing() {
  const clock = fakeClock();
  const sleepers = new Set<() => void>();
  return {
    now: clock.now,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    async move(ms: number) {
      clock.advance(ms);
      for (const wake of [...sleepers]) wake();
      sleepers.clear();
      await Promise.resolve();
    },
  };
}

function made({ columns = 40, rows = 12 } = {}) {
  const terminal = fakeTerminal(columns, rows);
  const clock = standing();
  const shown = { block: ['=== block ===', 'clock 1'] as readonly string[] };
  const answers: ((answer: string | undefined) => void)[] = [];
  const asked: string[] = [];
  const block = liveBlock({
    terminal,
    clock,
    frame: (_, asking) => (asking ? ['=== asking ==='] : shown.block),
    ask: (question, signal) =>
      new Promise((resolve) => {
        asked.push(question);
        terminal.write(question);
        answers.push((answer) => {
          terminal.write('\n');
          resolve(answer);
        });
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      }),
  });
  return { terminal, clock, shown, block, answers, asked };
}

describe('the block', () => {
  test('stays below the log and is painted in its place', async () => {
    const { terminal, clock, shown, block } = made();
    block.say('line 1');
    expect(terminal.all()).toBe('line 1\n=== block ===\nclock 1');
    shown.block = ['=== block ===', 'clock 2'];
    block.say('line 2');
    await clock.move(250);
    expect(terminal.all()).toBe('line 1\nline 2\n=== block ===\nclock 2');
    block.close();
    expect(terminal.all()).toBe('line 1\nline 2');
  });

  test('is painted at most four times a second, whatever happens', async () => {
    const { terminal, clock, block } = made();
    for (let i = 0; i < 1000; i += 1) {
      block.say(`line ${i}`);
      block.changed();
      if (i % 100 === 99) await clock.move(100);
    }
    expect(terminal.writes.length).toBeLessThanOrEqual(5);
    block.close();
    expect(terminal.all().split('\n')).toHaveLength(1000);
  });

  test('goes on with the time although nothing happens, and grows and shrinks', async () => {
    const { terminal, clock, shown, block } = made();
    block.changed();
    shown.block = ['a', 'b', 'c', 'd'];
    await clock.move(250);
    expect(terminal.all()).toBe('a\nb\nc\nd');
    shown.block = ['e'];
    await clock.move(250);
    expect(terminal.all()).toBe('e');
    block.close();
    await clock.move(250);
    expect(terminal.all()).toBe('');
  });

  test('leaves no trace of itself when the terminal becomes narrower', async () => {
    const { terminal, clock, shown, block } = made({ columns: 40 });
    shown.block = ['x'.repeat(39), 'y'.repeat(30)];
    block.say('log');
    terminal.resize(20, 12);
    shown.block = ['x'.repeat(19), 'y'.repeat(19)];
    await clock.move(250);
    expect(terminal.all()).toBe(`log\n${'x'.repeat(19)}\n${'y'.repeat(19)}`);
    block.close();
  });

  test('that cannot be drawn says so, and does not stop what it shows', async () => {
    const { terminal, clock, shown, block } = made({ columns: 80 });
    Object.defineProperty(shown, 'block', {
      get() {
        throw new Error('no plan');
      },
    });
    block.say('log');
    await clock.move(250);
    expect(terminal.all()).toBe('log\nThe block cannot be drawn (no plan). The run goes on.');
    block.close();
  });

  test('leaves the last lines in the log when it is taken away at once', () => {
    const { terminal, block } = made();
    block.say('one');
    block.say('two\nthree');
    block.close();
    expect(terminal.all()).toBe('one\ntwo\nthree');
  });
});

describe('a question below the block', () => {
  test('is not painted over, and the block comes back below the answer', async () => {
    const { terminal, clock, block, answers } = made();
    block.say('log');
    const answer = block.ask('Type yes: ', new AbortController().signal);
    expect(terminal.all()).toBe('log\n=== asking ===\nType yes:');
    await clock.move(1000);
    expect(terminal.all()).toBe('log\n=== asking ===\nType yes:');
    answers[0]?.('yes');
    expect(await answer).toBe('yes');
    await clock.move(250);
    expect(terminal.all()).toBe('log\n=== asking ===\nType yes:\n=== block ===\nclock 1');
    block.close();
  });

  test('is asked again below a line that comes meanwhile', async () => {
    const { terminal, block, answers, asked } = made();
    const answer = block.ask('Type yes: ', new AbortController().signal);
    terminal.write('half an ans');
    block.say('another step failed');
    await new Promise(setImmediate);
    expect(terminal.all()).toBe('=== asking ===\nanother step failed\nType yes:');
    answers[1]?.('yes');
    expect(await answer).toBe('yes');
    expect(asked).toHaveLength(2);
    block.close();
  });

  test('that is followed by another one shows the block once', async () => {
    const { terminal, block, answers } = made();
    const { signal } = new AbortController();
    const both = block.ask('1? ', signal).then(() => block.ask('2? ', signal));
    answers[0]?.('a');
    await new Promise(setImmediate);
    expect(terminal.all()).toBe('=== asking ===\n1?\n2?');
    answers[1]?.('b');
    expect(await both).toBe('b');
    block.close();
  });

  test('that is answered elsewhere goes away', async () => {
    const { terminal, clock, block } = made();
    const elsewhere = new AbortController();
    const answer = block.ask('Type yes: ', elsewhere.signal);
    elsewhere.abort();
    block.say('bob approved it');
    expect(await answer).toBeUndefined();
    await clock.move(250);
    expect(terminal.all()).toBe('=== asking ===\nbob approved it\n=== block ===\nclock 1');
    block.close();
  });
});
