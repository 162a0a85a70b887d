import { describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import type { Services } from '../usecases/services.ts';
import { COMMANDS } from './commands/index.ts';
import { wordsOf } from './help.ts';
import { type CliWorld, runCli } from './run-cli.ts';

async function cli(argv: readonly string[], more: Partial<CliWorld> = {}) {
  const written = { out: '', err: '' };
  const code = await runCli({
    argv,
    version: '1.2.3',
    colour: false,
    cwd: '/here',
    signal: new AbortController().signal,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    openServices: () => Promise.reject(new KnownError('PLAN_INVALID', 'a reason', 'a hint')),
    redact: (text) => text.replaceAll('s3cret', '[redacted]'),
    ...more,
  });
  return { code, ...written };
}

describe('without a command that runs', () => {
  test('says its version', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  test.each([[[]], [['--help']], [['help']]])('%j shows all commands', async (argv) => {
    const { code, out } = await cli(argv);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(out).toContain(`${name}`.padEnd(3) && summary);
  });

  test('says what was probably meant', async () => {
    const { code, err } = await cli(['chekc']);
    expect(code).toBe(2);
    expect(err).toBe('lifeboat: there is no command "chekc"\n  → Did you mean "lifeboat check"?\n  (USAGE, exit 2)\n');
  });

  test('asks for the second word of a command of two', async () => {
    const { code, err } = await cli(['evidence']);
    expect(code).toBe(2);
    expect(err).toContain('evidence export, evidence verify');
  });
});

describe.each(COMMANDS.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  test('is in the list as it is in its file', async () => {
    const command = await entry.load();
    expect({ name: command.name, summary: command.summary }).toEqual({ name, summary: entry.summary });
    expect(wordsOf(command).join(' ')).toBe(entry.takes ?? '');
  });

  test('has help that lists its exit codes, and describes everything it takes', async () => {
    const command = await entry.load();
    const { code, out } = await cli([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: lifeboat ${name}`);
    for (const error of command.fails) expect(out).toContain(error);
    for (const { describe: says } of [...Object.values(command.args), ...Object.values(command.flags)] as {
      describe: string;
    }[])
      expect(says).not.toBe('');
    for (const example of command.examples) expect(example).toMatch(new RegExp(`^lifeboat ${name}\\b`));
  });

  test('prints a foreseen error as JSON when asked, with its exit code', async () => {
    const command = await entry.load();
    const words = Object.entries(command.args as Record<string, { required: boolean }>)
      .filter(([, { required }]) => required)
      .map(() => 'word');
    const { code, out, err } = await cli([...name.split(' '), ...words, '--json']);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({ error: { code: 'PLAN_INVALID', message: 'a reason', hint: 'a hint' } });
    expect(code).toBe(2);
  });
});

describe('an error', () => {
  const failing = (error: unknown) => ({ openServices: () => Promise.reject(error) });

  test('that nobody foresaw is our fault, and shows its stack only when asked', async () => {
    const quiet = await cli(['runs'], failing(new TypeError('x is not a function')));
    expect(quiet.code).toBe(70);
    expect(quiet.err).toContain('lifeboat: x is not a function');
    expect(quiet.err).not.toContain('run-cli.test.ts');
    const loud = await cli(['runs', '--debug'], failing(new TypeError('x is not a function')));
    expect(loud.err).toContain('run-cli.test.ts');
  });

  test('carries no secret, not even in its stack', async () => {
    const { err, out } = await cli(['runs', '--debug'], failing(new Error('password s3cret refused')));
    expect(out + err).not.toContain('s3cret');
  });

  test('after Ctrl-C is no fault of ours', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped by a signal'));
    const { code, err } = await cli(['runs'], { ...failing(stop.signal.reason), signal: stop.signal });
    expect(code).toBe(75);
    expect(err).toContain('stopped before it was done');
  });

  test('of wrong usage is JSON, too', async () => {
    const { code, out } = await cli(['runs', '--nonsense', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out).error.code).toBe('USAGE');
  });
});

test('services are closed also when the command fails', async () => {
  let closed = 0;
  const services = {
    chosen: {},
    cwd: '/nowhere/at/all',
    env: () => undefined,
    close: async () => {
      closed += 1;
    },
  } as unknown as Services;
  const { code } = await cli(['check'], { openServices: async () => services });
  expect(code).toBe(2);
  expect(closed).toBe(1);
});
