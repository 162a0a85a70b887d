import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { createdEvent } from './journal.testsuite.ts';
import { thisMachine } from './machine.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

let folder = '';
let file = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
  file = join(folder, 'journal.sqlite');
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openSqliteJournal({ file, clock: systemClock, machine: thisMachine() });
const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
const run = { id: 'run-1', lock: 'shop/production', by: 'ana', origin: createdEvent() };

/** Runs a few lines in a process of its own, with `journal` open; `go` resolves when the test lets it. */
function inProcess(body: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const program = `
    import { createInterface } from 'node:readline';
    import { systemClock } from ${url('../lib/clock.ts')};
    import { thisMachine } from ${url('./machine.ts')};
    import { openSqliteJournal } from ${url('./sqlite-journal.ts')};
    const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const go = () => input.next();
    const say = (value) => process.stdout.write(value + '\\n');
    const open = () => openSqliteJournal({ file: ${JSON.stringify(file)}, clock: systemClock, machine: thisMachine() });
    const note = (n) => ({ type: 'step.noted', step: 'find', note: n });
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return { child, lines: output[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const next = async (lines: AsyncIterator<string>): Promise<string> => (await lines.next()).value ?? 'nothing';

/** Starts the bodies, waits until all are ready, lets them go at once, and gives the first line each says then. */
async function together(bodies: readonly string[]): Promise<string[]> {
  const all = bodies.map((body) => inProcess(`say('ready'); await go(); ${body}`));
  for (const { lines } of all) expect(await next(lines)).toBe('ready');
  for (const { child } of all) child.stdin?.write('go\n');
  return Promise.all(all.map(({ lines }) => next(lines)));
}

describe('several processes', { timeout: 60_000 }, () => {
  test('open a journal that is not there yet: one makes it, all use it', async () => {
    const create = (n: number) => `
      await open().create({ ...${JSON.stringify(run)}, id: 'run-${n}', lock: 'shop/${n}' }); say('made'); await go();`;
    expect(await together([create(1), create(2), create(3), create(4)])).toEqual(['made', 'made', 'made', 'made']);
    const journal = open();
    expect((await journal.runs()).map(({ id }) => id).sort()).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
    journal.close();
  });

  test('start a run of the same lock: one does, the others are told which', async () => {
    const create = (n: number) => `
      const made = await open().create({ ...${JSON.stringify(run)}, id: 'run-${n}' }).catch((error) => error);
      say(made.epoch ? 'made' : made.code); await go();`;
    expect((await together([create(1), create(2), create(3)])).sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'made']);
  });

  test('claim the same run at once: exactly one gets it', async () => {
    const journal = open();
    await journal.release(await journal.create(run));
    const claim = `
      const got = await open().claim('run-1', 'bob').catch((error) => error);
      say(got.epoch ? 'claimed' : got.code); await go();`;
    const said = await together([claim, claim, claim]);
    expect(said.sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'claimed']);
    expect((await journal.events('run-1')).filter(({ type }) => type === 'run.claimed')).toHaveLength(2);
    expect((await journal.runs())[0]?.ownerState).toBe('alive');
    journal.close();
  });

  test('write at once: all is kept, in one whole chain', async () => {
    const journal = open();
    const claim = await journal.create(run);
    const speaker = (who: string) => `
      const journal = open();
      for (let n = 0; n < 30; n++) await journal.signal('run-1', '${who}', { type: 'step.approved', step: 'a', hash: String(n) });
      journal.close(); say('done');`;
    const others = together([speaker('bob'), speaker('carla')]);
    let own = 0;
    let finished = false;
    const done = others.then(() => {
      finished = true;
    });
    while (!finished) {
      await journal.append(claim, 'ana', [{ type: 'step.noted', step: 'a', note: own }]);
      own += 1;
      await new Promise(setImmediate);
    }
    await done;
    const events = await journal.events('run-1');
    const by = (who: string) => events.filter((event) => event.by === who);
    expect([by('bob').length, by('carla').length, by('ana').length]).toEqual([30, 30, own + 2]);
    expect(by('bob').map((event) => 'hash' in event && event.hash)).toEqual(
      Array.from({ length: 30 }, (_, n) => `${n}`),
    );
    journal.close();
  });

  test('see at once what another one wrote', async () => {
    const journal = open();
    await journal.create(run);
    await together([
      `await open().signal('run-1', 'bob', { type: 'step.approved', step: 'a', hash: 'h' }); say('done')`,
    ]);
    expect((await journal.events('run-1', 2)).map(({ by }) => by)).toEqual(['bob']);
    journal.close();
  });
});

describe('a process that is killed', { timeout: 60_000 }, () => {
  test.each([1, 3, 40])(
    'while it appends %i at a time leaves a whole chain, and its run can be claimed',
    async (batch) => {
      const { child, lines } = inProcess(`
      const journal = open();
      const claim = await journal.create(${JSON.stringify(run)});
      for (let n = 0; ; n += ${batch}) {
        const kept = await journal.append(claim, 'ana', Array.from({ length: ${batch} }, (_, i) => note(n + i)));
        say(kept.at(-1).seq);
      }`);
      let told = 0;
      for (let n = 0; n < 25; n++) told = Number(await next(lines));
      await kill(child);
      for (let line = await lines.next(); !line.done; line = await lines.next()) told = Number(line.value);
      const journal = open();
      const events = await journal.events('run-1');
      expect(events.length).toBeGreaterThanOrEqual(told);
      expect((events.length - 2) % batch).toBe(0);
      expect((await journal.runs())[0]?.ownerState).toBe('gone');
      expect(await journal.claim('run-1', 'bob')).toEqual({ run: 'run-1', epoch: 2 });
      journal.close();
    },
  );

  test('a process that is only frozen still lives, and keeps its run', async () => {
    const { child, lines } = inProcess(`await open().create(${JSON.stringify(run)}); say('made'); await go();`);
    expect(await next(lines)).toBe('made');
    child.kill('SIGSTOP');
    const journal = open();
    await expect(journal.claim('run-1', 'bob')).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      hint: expect.stringContaining(`stop process ${child.pid}`),
    });
    await kill(child);
    await journal.claim('run-1', 'bob');
    journal.close();
  });
});
