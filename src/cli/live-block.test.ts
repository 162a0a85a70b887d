import { describe, expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import { liveBlock } from './live-block.ts';
import { ctrl, ENTER, fakeKeys, named, pasted } from './testing/fake-keys.ts';
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
  const hands = fakeKeys();
  const block = liveBlock({
    terminal: { ...terminal, keys: hands.keys },
    clock,
    frame: (_, asking) => (asking ? ['=== asking ==='] : shown.block),
  });
  const ask = (question: string, signal = new AbortController().signal) =>
    block.ask?.(question, signal) ?? Promise.reject(new Error('nobody can be asked'));
  return { terminal, clock, shown, block, ask, ...hands };
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
  test('stays below it, and stands in the log with its answer', async () => {
    const { terminal, clock, block, ask, type, isRead } = made();
    block.say('log');
    const answer = ask('Type yes: ');
    expect(terminal.all()).toBe('log\n=== asking ===\nType yes:');
    type('ye', 's');
    await clock.move(1000);
    expect(terminal.all()).toBe('log\n=== asking ===\nType yes: yes');
    expect(terminal.atCursor()).toEqual(['Type yes: yes', '']);
    type(ENTER);
    expect(await answer).toBe('yes');
    expect(isRead()).toBe(false);
    expect(terminal.all()).toBe('log\nType yes: yes\n=== block ===\nclock 1');
    block.close();
    expect(terminal.all()).toBe('log\nType yes: yes');
  });

  test('keeps what is typed while lines come and the block changes', async () => {
    const { terminal, clock, block, ask, type } = made();
    const answer = ask('Environment? ');
    for (const [index, sign] of [...'production'].entries()) {
      type(sign);
      block.say(`line ${index}`);
      await clock.move(index % 2 === 0 ? 250 : 10);
      expect(terminal.screen().split('\n').at(-1)).toBe(`Environment? ${'production'.slice(0, index + 1)}`);
      expect(terminal.atCursor()[1]).toBe('');
    }
    type(ENTER);
    expect(await answer).toBe('production');
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    expect(terminal.all()).toBe([...lines, 'Environment? production', '=== block ===', 'clock 1'].join('\n'));
    block.close();
  });

  test('keeps the cursor in the middle of what is typed', async () => {
    const { terminal, clock, block, ask, type } = made();
    const answer = ask('Why? ');
    type('rn', named('left'), 'ai');
    block.say('another step failed');
    await clock.move(250);
    expect(terminal.all()).toBe('another step failed\n=== asking ===\nWhy? rain');
    expect(terminal.atCursor()).toEqual(['Why? rai', 'n']);
    type(named('backspace'), ENTER);
    expect(await answer).toBe('ran');
    block.close();
  });

  test('grows over several rows and shrinks again, on a terminal that becomes narrower, and with wide signs', async () => {
    const { terminal, clock, block, ask, type } = made({ columns: 40 });
    block.say('log');
    const answer = ask('Why? ');
    type('一二三四五六七八九十', named('left'));
    await clock.move(0);
    expect(terminal.all()).toBe('log\n=== asking ===\nWhy? 一二三四五六七八九十');
    terminal.resize(20, 12);
    await clock.move(250);
    expect(terminal.all()).toBe('log\n=== asking ===\nWhy? 一二三四五六七\n八九十');
    expect(terminal.atCursor()).toEqual(['八九', '十']);
    type(...Array.from({ length: 5 }, () => named('backspace')));
    await clock.move(0);
    expect(terminal.all()).toBe('log\n=== asking ===\nWhy? 一二三四十');
    type(ctrl('u'), ENTER);
    expect(await answer).toBe('十');
    block.close();
  });

  test('is whole when a long text comes at once, which is painted once', async () => {
    const { terminal, clock, block, ask, type } = made({ columns: 40, rows: 8 });
    const answer = ask('Why? ');
    const before = terminal.writes.length;
    const long = `${'lorem ipsum '.repeat(50)}end`;
    type(...pasted(long));
    await clock.move(0);
    expect(terminal.writes.length).toBe(before + 1);
    expect(terminal.screen().split('\n').length).toBeLessThanOrEqual(8);
    expect(terminal.screen().endsWith('end')).toBe(true);
    type(ENTER);
    expect(await answer).toBe(long);
    block.close();
    expect(terminal.all()).not.toContain('asking');
  });

  test('that is followed by another one shows the block once', async () => {
    const { terminal, block, ask, type } = made();
    const both = ask('1? ').then(() => ask('2? '));
    type('a', ENTER);
    await new Promise(setImmediate);
    expect(terminal.all()).toBe('1? a\n=== asking ===\n2?');
    type('b', ENTER);
    expect(await both).toBe('b');
    block.close();
  });

  test('that is answered elsewhere goes away, and what was typed is not lost without a word', async () => {
    const { terminal, clock, block, ask, type } = made({ columns: 80 });
    const elsewhere = new AbortController();
    const answer = ask('Type yes: ', elsewhere.signal);
    type('ye');
    elsewhere.abort();
    block.say('bob approved it');
    expect(await answer).toBeUndefined();
    await clock.move(250);
    expect(terminal.all()).toBe(
      'bob approved it\n      Not sent, because the question is closed: ye\n=== block ===\nclock 1',
    );
    block.close();
  });

  test('is not asked when it was answered before', async () => {
    const { terminal, block, ask, isRead } = made();
    expect(await ask('Type yes: ', AbortSignal.abort())).toBeUndefined();
    expect(isRead()).toBe(false);
    block.close();
    expect(terminal.all()).toBe('');
  });

  test.each<[string, (hands: ReturnType<typeof made>) => void]>([
    ['Ctrl-D', ({ type }) => type(ctrl('d'))],
    ['the end of the terminal', ({ hangUp }) => hangUp()],
    ['the end of the view', ({ block }) => block.close()],
  ])('is over with %s, and keys are no longer read', async (_what, end) => {
    const all = made();
    const answer = all.ask('Type yes: ');
    end(all);
    expect(await answer).toBeUndefined();
    expect(all.isRead()).toBe(false);
    all.block.close();
    expect(all.terminal.all()).toBe('');
    expect(all.terminal.writes.join('').lastIndexOf('?2004l')).toBeGreaterThan(
      all.terminal.writes.join('').lastIndexOf('?2004h'),
    );
  });

  test('cannot be asked where no keys can be read', () => {
    const { terminal, clock } = made();
    expect(liveBlock({ terminal, clock, frame: () => [] }).ask).toBeUndefined();
  });
});
