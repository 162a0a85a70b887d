import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPostgres } from '../../lab/postgres.ts';
import { freePort, makeWorldFolder } from '../../lab/world-folder.ts';
import { startRun } from '../../src/engine/execute.ts';
import type { EnginePorts } from '../../src/engine/ports.ts';
import { thisMachine } from '../../src/journal/machine.ts';
import { openSqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { benchOrigin, portsOf } from './engine-run.ts';

/*
 * What a durable step costs: npm run bench durable-step. Ours (engine and SQLite) beside one bare fdatasync of the same disk, in
 * turn, so that both meet the same disk; then DBOS on PostgreSQL with as many trivial steps in one workflow, on the same machine.
 */
const STEPS = 50;
const ROUNDS = 7;
const DBOS = '@dbos-inc/dbos-sdk@5.3.0';

/** One workflow of as many steps as ours, over and over. */
const DBOS_PROGRAM = `
import { DBOS } from '@dbos-inc/dbos-sdk';
const [url, steps, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, runAdminServer: false, logLevel: 'error' });
const count = DBOS.registerWorkflow(async () => {
  for (let at = 0; at < steps; at++) await DBOS.runStep(async () => at, { name: 'count' });
}, { name: 'count-workflow' });
await DBOS.launch();
const times = [];
for (let round = 0; round <= rounds; round++) {
  const from = performance.now();
  await count();
  if (round > 0) times.push((performance.now() - from) / steps);
}
console.log('times ' + JSON.stringify(times));
await DBOS.shutdown();
process.exit(0);
`;

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
try {
  const syncs: number[] = [];
  const ours: number[] = [];
  let writes = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const sync = bareSync();
    const run = await ourStep(round);
    if (round === 0) continue; // the engine warms up
    syncs.push(sync);
    ours.push(run.ms);
    writes = run.writes;
  }
  const [sync, step] = [median(syncs), median(ours)];
  console.log(`one bare fdatasync      ${ms(sync)}`);
  console.log(
    `one step of ours        ${ms(step)}, ${(step / sync).toFixed(1)} fdatasyncs long; ${writes.toFixed(2)} writes that are waited for`,
  );
  const theirs = await dbosStep();
  if (theirs !== undefined)
    console.log(`one step of DBOS        ${ms(theirs)}; ours : theirs = ${(step / theirs).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A line as long as an event, added to a file and waited for, on average. */
function bareSync(): number {
  const file = openSync(join(folder, 'sync'), 'a');
  const line = Buffer.alloc(512, 'x');
  const from = performance.now();
  for (let at = 0; at < STEPS; at++) {
    writeSync(file, line);
    fdatasyncSync(file);
  }
  closeSync(file);
  return (performance.now() - from) / STEPS;
}

async function ourStep(round: number): Promise<{ readonly ms: number; readonly writes: number }> {
  const file = join(folder, `journal-${round}.sqlite`);
  const journal = openSqliteJournal({ file, clock: systemClock, machine: thisMachine() });
  let writes = 0;
  const counting: EnginePorts['journal'] = {
    ...journal,
    append: (...args) => {
      writes += 1;
      return journal.append(...args);
    },
  };
  const from = performance.now();
  const start = { id: 'run-1', lock: 'bench', origin: benchOrigin('chain', STEPS) };
  const state = await startRun(start, portsOf(counting), new AbortController().signal);
  const spent = performance.now() - from;
  journal.close();
  if (state.status !== 'succeeded') throw new Error(`the run ended as ${state.status}`);
  return { ms: spent / STEPS, writes: writes / STEPS };
}

/** Undefined, and said loudly, where it cannot be measured. */
async function dbosStep(): Promise<number | undefined> {
  const place = join(folder, 'dbos');
  const installed = spawnSync('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', DBOS], {
    encoding: 'utf8',
    timeout: 180_000,
  });
  if (installed.status !== 0) {
    console.log(`DBOS IS NOT MEASURED: it could not be installed: ${installed.stderr ?? installed.error?.message}`);
    return undefined;
  }
  const world = await makeWorldFolder();
  try {
    const server = await startPostgres({ folder: world, port: await freePort(), password: 'bench' });
    return await measureDbos(place, server.url('postgres', 'bench'));
  } catch (error) {
    console.log(`DBOS IS NOT MEASURED: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    await world.close();
  }
}

/** In a process of its own, because its package is not ours. */
async function measureDbos(place: string, url: string): Promise<number> {
  const program = join(place, 'bench.mjs');
  writeFileSync(program, DBOS_PROGRAM);
  const run = spawnSync(process.execPath, [program, url, String(STEPS), String(ROUNDS)], {
    encoding: 'utf8',
    cwd: place,
    timeout: 120_000,
  });
  const times = run.stdout?.match(/^times (.*)$/m)?.[1];
  if (run.status !== 0 || times === undefined)
    throw new Error(`it did not run in ${pathToFileURL(place)}: ${run.stderr?.slice(-500)}`);
  return median(JSON.parse(times) as number[]);
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`.padStart(9);
}
