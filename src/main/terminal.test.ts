import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { canAsk, canPaint, terminalQuestions } from './terminal.ts';

const LARGE = { isTTY: true, columns: 80, rows: 24 };

test('a block is painted only where it can be painted over', () => {
  expect(canPaint(LARGE, 'xterm-256color')).toBe(true);
  expect(canPaint({ ...LARGE, isTTY: false }, 'xterm')).toBe(false);
  expect(canPaint(LARGE, 'dumb')).toBe(false);
  expect(canPaint(LARGE, undefined)).toBe(false);
  expect(canPaint({ ...LARGE, columns: 10 }, 'xterm')).toBe(false);
  expect(canPaint({ isTTY: true }, 'xterm')).toBe(false);
});

test('a person is asked only where both question and answer are on a terminal', () => {
  expect(canAsk({ isTTY: true }, { isTTY: true })).toBe(true);
  expect(canAsk({ isTTY: true }, {})).toBe(false);
  expect(canAsk({}, { isTTY: true })).toBe(false);
});

/** A terminal on which somebody is asked. */
function asking() {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const questions = terminalQuestions(input, output, (text) => void output.write(text));
  return { input, questions, shown: () => shown, turn: () => new Promise((resolve) => setImmediate(resolve)) };
}

test('a line that comes while somebody types stands above what is typed, which goes on whole', async () => {
  const { input, questions, shown, turn } = asking();
  questions.write('before\n');
  const answer = questions.ask('Why? ', new AbortController().signal);
  await turn();
  input.write('ra');
  await turn();
  questions.write('another step failed\n');
  input.write('in\r');
  expect(await answer).toBe('rain');
  questions.write('after\n');
  await turn();
  expect(shown()).toMatch(/^before\n/);
  expect(shown()).toContain('ra\nanother step failed\nWhy? rain');
  expect(shown().endsWith('after\n')).toBe(true);
  expect(shown()).not.toContain('after\nWhy?');
});

test('a question that is answered elsewhere leaves the row to what comes next', async () => {
  const { input, questions, shown, turn } = asking();
  const elsewhere = new AbortController();
  const answer = questions.ask('Why? ', elsewhere.signal);
  await turn();
  input.write('ra');
  await turn();
  elsewhere.abort();
  expect(await answer).toBeUndefined();
  questions.write('bob answered\n');
  await turn();
  expect(shown()).toMatch(/Why\? .*ra\r\nbob answered\n$/s);
});

test('the end of the input is no answer', async () => {
  const { input, questions } = asking();
  const answer = questions.ask('Why? ', new AbortController().signal);
  input.end();
  expect(await answer).toBeUndefined();
});
