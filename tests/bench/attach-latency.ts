import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { thisMachine } from '../../src/journal/machine.ts';
import { openSqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { attach } from '../../src/usecases/attach.ts';
import type { Services } from '../../src/usecases/services.ts';

/*
 * How long after it was written an event is seen by `lifeboat attach` in another process, from when an answer that was given there
 * would be seen as well: npm run bench attach-latency. A look costs two reads by key, every 50 ms.
 */
const EVENTS = 200;
const folder = process.env.BENCH_FOLDER ?? mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
const journal = openSqliteJournal({ file: join(folder, 'journal.sqlite'), clock: systemClock, machine: thisMachine() });

if (process.env.BENCH_FOLDER) await drive();
else await follow();

/** The process that drives a run: an event now and then. */
async function drive(): Promise<void> {
  const claim = await journal.create({
    id: 'run-1',
    lock: 'bench',
    by: 'ada',
    origin: {
      type: 'run.created',
      plan: {},
      planHash: '',
      planFile: '',
      scenario: 'bench',
      environment: 'bench',
      inputs: {},
      version: '0',
    },
  });
  process.send?.('begun');
  for (let i = 0; i < EVENTS; i += 1) {
    await pause(10 + ((i * 7) % 23));
    await journal.append(claim, 'ada', [{ type: 'step.noted', step: 'load', note: i }]);
  }
  await journal.append(claim, 'ada', [{ type: 'run.paused', why: 'the end' }]);
  journal.close();
}

async function follow(): Promise<void> {
  const driver = fork(new URL(import.meta.url).pathname, { env: { ...process.env, BENCH_FOLDER: folder } });
  await new Promise((resolve) => driver.once('message', resolve));
  const late: number[] = [];
  const services = {
    journal: () => journal,
    clock: systemClock,
    cwd: folder,
    chosen: { state: folder },
    env: () => undefined,
  };
  const begun = process.cpuUsage();
  const from = performance.now();
  await attach('run-1', services as unknown as Services, {
    signal: new AbortController().signal,
    attaches: () => undefined,
    drives: () => undefined,
    watch: (happening) => {
      if (happening.kind === 'event' && !happening.past)
        late.push(systemClock.now().getTime() - Date.parse(happening.event.at));
    },
  }).catch(() => undefined);
  const { user, system } = process.cpuUsage(begun);
  const busy = (user + system) / 1000 / (performance.now() - from);
  late.sort((a, b) => a - b);
  const at = (share: number): string => `${late[Math.min(late.length - 1, Math.floor(late.length * share))]} ms`;
  console.log(`events seen ${late.length}, median ${at(0.5)}, p95 ${at(0.95)}, slowest ${at(1)}`);
  console.log(`processor used while following: ${(busy * 100).toFixed(1)} %`);
  journal.close();
  rmSync(folder, { recursive: true, force: true });
  if (late.length < EVENTS) process.exitCode = 1;
}
