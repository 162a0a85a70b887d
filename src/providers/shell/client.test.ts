import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { KnownError } from '../../model/errors.ts';
import { attemptFiles, type KnownProcess, readRecord } from './attempt-files.ts';
import { openShell, type Settings } from './client.ts';
import type { Ended, ShellClient } from './client-api.ts';
import { isAlive } from './process-group.ts';

const ATTEMPT = 'run-1/step/run-1';
const SECRET = 'hunter2-and-more';
const never = new AbortController().signal;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const outside: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/home/of-nobody',
  AWS_SECRET_ACCESS_KEY: 'leaked',
  OPERATOR: 'leaked',
};

function machine(settings: Partial<Settings> = {}): ShellClient {
  const read: string[] = [];
  return openShell(
    {
      clock: systemClock,
      env: (name) => outside[name],
      secret: () => {
        read.push(SECRET);
        return SECRET;
      },
      secretTexts: () => read,
      workFolder: folder,
    },
    { output: 1024 * 1024, graceMs: 300, ...settings },
  );
}

interface Trial {
  readonly client?: ShellClient;
  readonly signal?: AbortSignal;
  readonly environment?: Parameters<ShellClient['environment']>[0];
}

async function carryOut(text: string, { client = machine(), signal = never, environment = {} }: Trial = {}) {
  const lines: string[] = [];
  await client.prepare(ATTEMPT);
  await client.begin(ATTEMPT, { text, folder, environment: client.environment(environment) });
  const ended: Ended = await client.follow(ATTEMPT, { signal, log: (line) => void lines.push(line) });
  return { ...ended, lines };
}

const files = () => attemptFiles(folder, ATTEMPT);
const groupOf = async (): Promise<number> => (await there(() => readRecord<KnownProcess>(files().group))).pid;

/** Waits until something is there. */
async function there<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1000; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await pause(10);
  }
  throw new Error('it never came');
}

describe('a command', () => {
  test('runs in bash, and says how it ended and what it wrote', async () => {
    expect(await carryOut('echo out; echo err >&2; exit 3')).toMatchObject({
      code: 3,
      stopped: false,
      stdout: 'out\n',
      stderr: 'err\n',
      whole: true,
    });
  });

  test.each([
    ['a failing part of a pipe', 'false | cat; echo on', 1],
    ['a variable that is not set', 'echo "$NOT_SET"; echo on', 1],
    ['a failing command before the last', 'false; echo on', 1],
    ['a signal', 'kill -9 $$', 137],
  ])('%s fails it', async (_what, text, code) => {
    expect(await carryOut(text)).toMatchObject({ code, stdout: '' });
  });

  test('has no terminal and nothing to read', async () => {
    const { stdout } = await carryOut(
      'test -t 0 || test -t 1 || test -t 2 || echo none; cat; (: < /dev/tty) 2> /dev/null || echo no tty',
    );
    expect(stdout).toBe('none\nno tty\n');
  });

  test('sees nothing of the environment of the person but what is listed', async () => {
    const { stdout } = await carryOut('env', { environment: { REGION: 'eu-west-1' } });
    expect(stdout).not.toContain('leaked');
    expect(stdout).toContain('REGION=eu-west-1\n');
    expect(stdout).toContain('HOME=/home/of-nobody\n');
  });

  test('a secret it is given is in no argument, and in nothing that is kept', async () => {
    const client = machine();
    const secret = { TOKEN: { secret: 'env:TOKEN' } };
    const ended = await carryOut('echo "it is $TOKEN"; tr "\\0" " " < /proc/$$/cmdline; printf %s "$TOKEN" >&2', {
      client,
      environment: secret,
    });
    expect(ended.stdout).toContain('it is [redacted]\n');
    expect(ended.stderr).toBe('[redacted]');
    const kept = readdirSync(files().folder).map((name) => readFileSync(join(files().folder, name), 'utf8'));
    expect(`${kept.join()}${ended.lines.join()}`).not.toContain(SECRET);
    expect(kept.join()).toContain('[redacted]');
  });

  test('each line is told as it comes, and its files are for nobody else', async () => {
    const { lines } = await carryOut('echo one; sleep 0.2; echo two; printf "no end"');
    expect(lines).toEqual(['one', 'two', 'no end']);
    expect(statSync(files().stdout).mode & 0o777).toBe(0o600);
    expect(statSync(files().folder).mode & 0o777).toBe(0o700);
  });

  test('what is no text, and what commands a terminal, is made safe', async () => {
    const { stdout } = await carryOut(`printf '\\033[31mred\\033[0m \\001 \\377 é\\n'`);
    expect(stdout).toBe('red \uFFFD \uFFFD é\n');
  });

  test('a flood fills neither the file nor the memory, and says so', async () => {
    const client = machine({ output: 100_000 });
    const { stdout, whole, lines } = await carryOut('(yes lifeboat || :) | head -c 30000000; echo; echo the end', {
      client,
    });
    expect(statSync(files().stdout).size).toBeLessThan(200_000);
    expect(readFileSync(files().stdout, 'utf8')).toContain('bytes are left out here');
    expect(stdout.endsWith('the end\n')).toBe(true);
    expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
    expect(whole).toBe(false);
    expect(lines.length).toBeLessThan(60_000);
  });

  test('one line without an end is cut for who watches', async () => {
    const { lines } = await carryOut('head -c 500000 /dev/zero | tr "\\0" x; echo');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2100);
  });

  test('is started once, however often it is begun and by however many', async () => {
    const count = `echo once >> ${join(folder, 'count')}; sleep 0.1`;
    const all = await Promise.all([machine(), machine(), machine()].map((client) => carryOut(count, { client })));
    await carryOut(count);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('once\n');
  });

  test('cannot begin without bash, or without its folder; then nothing was started', async () => {
    const client = machine();
    await client.prepare(ATTEMPT);
    const begin = (more: object) => client.begin(ATTEMPT, { text: 'echo', environment: { PATH: '/' }, ...more });
    await expect(begin({})).rejects.toMatchObject({ code: 'BINARY_MISSING' });
    await expect(begin({ folder: '/no/where' })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    expect(await client.standing(ATTEMPT)).toEqual({ state: 'absent' });
  });
});

test('a full disk does not end the command, and it is said that output is missing', async () => {
  const client = machine();
  await client.prepare(ATTEMPT);
  symlinkSync('/dev/full', files().stdout);
  await client.begin(ATTEMPT, {
    text: `echo out; touch ${join(folder, 'after')}`,
    environment: client.environment({}),
  });
  const ended = await there(() => readRecord(files().ended) as object | undefined);
  expect(ended).toMatchObject({ code: 0, notKept: 'ENOSPC' });
  expect(existsSync(join(folder, 'after'))).toBe(true);
  rmSync(files().stdout);
  expect(await client.standing(ATTEMPT)).toMatchObject({
    ended: { whole: false, stderr: expect.stringContaining('could be kept (ENOSPC)') },
  });
});

test('when the keeper breaks before it has begun, nothing was begun, and what it said is told', async () => {
  const broken = join(folder, 'broken.ts');
  writeFileSync(broken, 'throw new Error("it is broken");');
  const client = machine({ keeper: pathToFileURL(broken) });
  await expect(carryOut('echo', { client })).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('it is broken'),
  });
  expect(await client.standing(ATTEMPT)).toEqual({ state: 'absent' });
});

test('a program that cannot be started has failed, and says why', async () => {
  const ended = await carryOut(`: ${'x'.repeat(200_000)}`);
  expect(ended).toMatchObject({ code: 126, stderr: expect.stringContaining('could not be started') });
});

describe('the end of a command', () => {
  const stopping = [
    ['its children', 'sleep 600 & sleep 600 | cat'],
    ['what ignores SIGTERM', 'trap "" TERM; sleep 600 & while :; do sleep 1; done'],
    ['grandchildren', 'bash -c "bash -c \'sleep 600\' & sleep 600" & wait'],
  ] as const;

  test.each(stopping)('stopped, nothing is left of %s', async (_what, text) => {
    const stop = new AbortController();
    const client = machine();
    const running = carryOut(`echo up; ${text}`, { client, signal: stop.signal });
    const group = await groupOf();
    await there(() => (readFileSync(files().stdout, 'utf8') === '' ? undefined : true));
    stop.abort(new KnownError('TIMED_OUT', 'too late', ''));
    await expect(running).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(isAlive(group)).toBe(false);
    expect(await client.standing(ATTEMPT)).toMatchObject({ state: 'ended', ended: { stopped: true } });
  });

  test('what it left in the background is ended with it, and that is said', async () => {
    const ended = await carryOut('sleep 600 & echo done');
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr).toContain('left processes running in the background');
    expect(isAlive(await groupOf())).toBe(false);
  });

  test('what has left the group and holds the output open is not waited for', async () => {
    const ended = await carryOut('setsid sleep 5 & echo done');
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.seconds).toBeLessThan(4);
  });

  test('it goes on when another process has taken the run over', async () => {
    const stop = new AbortController();
    const client = machine();
    const running = carryOut('sleep 0.5; echo to the end', { client, signal: stop.signal });
    await groupOf();
    stop.abort(new KnownError('RUN_FENCED', 'another one drives', ''));
    await expect(running).rejects.toMatchObject({ code: 'RUN_FENCED' });
    expect(await machine().standing(ATTEMPT)).toEqual({ state: 'running' });
    expect(await machine().follow(ATTEMPT, { signal: never, log: () => undefined })).toMatchObject({
      code: 0,
      stdout: 'to the end\n',
    });
  });

  test('when its keeper is killed nobody knows how it ends: that is said, and stopping it still works', async () => {
    const client = machine();
    const running = carryOut('sleep 600', { client });
    const group = await groupOf();
    process.kill((readRecord<KnownProcess>(files().started) as KnownProcess).pid, 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await client.standing(ATTEMPT)).toMatchObject({
      state: 'lost',
      why: expect.stringContaining(`process group ${group}`),
    });
    await client.stop(ATTEMPT);
    expect(isAlive(group)).toBe(false);
  });

  test('a number that now belongs to another process is nobody of ours', async () => {
    const client = machine();
    await carryOut('true', { client });
    const other = spawn('sleep', ['600'], { detached: true });
    rmSync(files().ended);
    writeFileSync(files().started, JSON.stringify({ pid: other.pid, startedAt: 'another boot/1' }));
    expect(await client.standing(ATTEMPT)).toMatchObject({ state: 'lost' });
    await client.stop(ATTEMPT);
    expect(other.exitCode ?? other.signalCode).toBe(null);
    other.kill('SIGKILL');
  });

  test('without its folder nothing is known', async () => {
    await carryOut('true');
    rmSync(files().folder, { recursive: true });
    expect(await machine().standing(ATTEMPT)).toMatchObject({ state: 'lost' });
  });
});

describe('a question', () => {
  test('is answered at once, and nothing of it is kept', async () => {
    const client = machine();
    const environment = client.environment({ TOKEN: { secret: 'env:TOKEN' } });
    const answer = await client.ask({ text: 'echo "$TOKEN"; exit 1', environment }, never);
    expect(answer).toMatchObject({ code: 1, stdout: '[redacted]\n', whole: true });
    expect(existsSync(join(folder, 'shell'))).toBe(false);
  });

  test('ends when it is stopped', async () => {
    const stop = new AbortController();
    const client = machine();
    const asked = client.ask({ text: 'sleep 600', environment: client.environment({}) }, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  test('keeps of a flood the end', async () => {
    const client = machine();
    const { stdout, whole } = await client.ask(
      { text: '(yes || :) | head -c 1000000; echo the end', environment: client.environment({}) },
      never,
    );
    expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
    expect(stdout.endsWith('the end\n')).toBe(true);
    expect(whole).toBe(false);
  });
});
