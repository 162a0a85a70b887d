import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Key } from '../cli/line-editor.ts';
import { terminalKeys } from './terminal-keys.ts';

/** A stdin that a test types at, and what the program does with it. */
function typing() {
  const did: string[] = [];
  const read: string[] = [];
  let goesOn = (): void => undefined;
  const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => did.push(raw ? 'raw' : 'as it was') });
  const keys = terminalKeys(input, {
    interrupt: () => void did.push('interrupt'),
    suspend(again) {
      did.push('suspend');
      goesOn = again;
    },
  });
  const named = ({ name, text, ctrl }: Key): string => (ctrl ? `ctrl-${name}` : (text ?? name ?? ''));
  return {
    did,
    read,
    input,
    keys,
    /** Reads until Enter. */
    line: () =>
      new Promise<void>((resolve) => {
        const stop = keys(
          (key) => {
            read.push(named(key));
            if (key.name !== 'return') return;
            stop();
            resolve();
          },
          () => {
            read.push('end');
            resolve();
          },
        );
      }),
    goOn: () => goesOn(),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test('keys are read one by one, whatever they come in, and the terminal is then as it was', async () => {
  const { did, read, input, line, turn } = typing();
  const ended = line();
  const bytes = Buffer.from('ü生\u001b[D\u007f\u0015\u001b[200~x\u001b[201~\r');
  for (const byte of bytes) {
    input.write(Buffer.from([byte]));
    await turn();
  }
  await ended;
  await turn();
  expect(read).toEqual(['ü', '生', 'left', '\u007f', 'ctrl-u', 'paste-start', 'x', 'paste-end', '\r']);
  expect(did).toEqual(['raw', 'as it was']);
  expect(input.isPaused()).toBe(true);
  expect(input.listenerCount('keypress')).toBe(0);
});

test('what comes with the end of a line is for the question that follows at once', async () => {
  const { did, read, input, line, turn } = typing();
  const both = line().then(line);
  input.write('a\rb\rc');
  await both;
  expect(read.join('')).toBe('a\rb\r');
  await turn();
  expect(did).toEqual(['raw', 'as it was']);
  // Nothing that was typed ahead answers a question of another time.
  const later = line();
  await turn();
  expect(read.join('')).toBe('a\rb\r');
  input.write('d\r');
  await later;
  expect(read.join('')).toBe('a\rb\rd\r');
});

test('Ctrl-C and Ctrl-Z do what a terminal does, and are no keys of a line', async () => {
  const { did, read, input, line, turn, goOn } = typing();
  const ended = line();
  input.write('a\u0003\u001ab');
  await turn();
  expect(did).toEqual(['raw', 'interrupt', 'as it was', 'suspend']);
  goOn();
  input.write('\r');
  await ended;
  await turn();
  expect(read).toEqual(['a', 'b', '\r']);
  expect(did).toEqual(['raw', 'interrupt', 'as it was', 'suspend', 'raw', 'as it was']);
  goOn();
  expect(did).toHaveLength(6);
});

test('a terminal that is gone is said to be so, now and later', async () => {
  const { read, input, line, turn } = typing();
  const ended = line();
  input.end();
  await ended;
  await turn();
  await line();
  expect(read.filter((key) => key === 'end').length).toBeGreaterThanOrEqual(2);
});

test('a terminal that breaks while it is read ends the question, not the program', async () => {
  const { read, input, line } = typing();
  const ended = line();
  input.destroy(new Error('EIO'));
  await ended;
  expect(read).toContain('end');
});
