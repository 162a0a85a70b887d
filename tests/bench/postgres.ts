import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { barman } from './postgres/barman.ts';
import type { Contestant, MakeContestant } from './postgres/contestant.ts';
import { copy } from './postgres/copy.ts';
import { lifeboat } from './postgres/lifeboat.ts';
import { type Measured, measure, median, start } from './postgres/measure.ts';
import { pgBasebackup } from './postgres/pg-basebackup.ts';
import { pgDump } from './postgres/pg-dump.ts';
import { pgbackrest } from './postgres/pgbackrest.ts';
import { untilItAcceptsWrites } from './postgres/serve.ts';
import { bytesBelow, freePort, makeWorld, removeWorld, type World, writeAndDelete } from './postgres/world.ts';

/*
 * Backups and recoveries side by side with the peers, in one run, turn by turn, as medians:
 *   npm run bench -- postgres --scale 100 --rounds 5 --log 1024
 * A scale of 100 is about 1.6 GB. Peers come from Debian: apt-get install --no-install-recommends pgbackrest barman
 */
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    log: { type: 'string', default: '1024' },
    only: { type: 'string' },
  },
});
const scale = Number(values.scale);
const rounds = Number(values.rounds);

const ALL: Readonly<Record<string, MakeContestant>> = {
  lifeboat,
  pgbackrest,
  barman,
  'pg-basebackup': pgBasebackup,
  'pg-dump': pgDump,
  copy,
};
const PROGRAMS: Readonly<Record<string, string>> = { pgbackrest: 'pgbackrest', barman: 'barman' };

const world = await makeWorld(scale);
const contestants: Contestant[] = [];
try {
  for (const [name, make] of Object.entries(ALL))
    if (isWanted(name) && isHere(name)) contestants.push(make(world, join(world.folder, name)));
  for (const one of contestants) await one.prepare();
  console.log(`database ${megabytes(await bytesBelow(join(world.server.data, 'base')))}, ${rounds} rounds\n`);
  await compareBackups();
  await compareRecoveries();
} finally {
  for (const one of contestants) await one.close().catch((error: unknown) => console.error(error));
  await removeWorld(world);
}

function isWanted(name: string): boolean {
  return values.only === undefined || values.only.split(',').includes(name);
}

function isHere(name: string): boolean {
  const program = PROGRAMS[name];
  if (program === undefined) return true;
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    console.error(`!! ${name} IS NOT COMPARED: apt-get install --no-install-recommends ${program}`);
    return false;
  }
}

async function compareBackups(): Promise<void> {
  const found = new Map<Contestant, Measured[]>();
  for (let round = 0; round < rounds; round++)
    for (const one of contestants)
      if (one.backup) found.set(one, [...(found.get(one) ?? []), await measure(world, one.backup())]);
  console.log('full backup');
  for (const [one, all] of found)
    console.log(line(one, all, secondsOfOurs(found), ` ${megabytes((await one.size?.()) ?? 0)} kept`));
}

async function compareRecoveries(): Promise<void> {
  const [{ n: orders } = { n: 0 }] = await world.server.sql<{ n: number }>('SELECT count(*)::int AS n FROM orders');
  const target = await writeAndDelete(world, Number(values.log) * 1e6);
  for (const one of contestants) await one.keepsUpTo?.(target);
  const found = new Map<Contestant, Measured[]>();
  for (let round = 0; round < rounds; round++)
    for (const one of contestants)
      if (one.recover) found.set(one, [...(found.get(one) ?? []), await recover(world, one, { target, orders })]);
  console.log(`\nback to just before the deletion, ${values.log} MB of log later, until a write is accepted`);
  for (const [one, all] of found) console.log(line(one, all, secondsOfOurs(found), ''));
}

async function recover(world: World, one: Contestant, to: { target: string; orders: number }): Promise<Measured> {
  const port = await freePort();
  const folder = join(world.folder, `restored-${port}`);
  const begun = performance.now();
  const parts: Measured[] = [];
  let server: ReturnType<typeof start> | undefined;
  try {
    for (const command of one.recover?.({ folder, port, target: to.target }) ?? [])
      if (command.stays) server = start(world, command);
      else parts.push(await measure(world, command));
    await Promise.race([untilItAcceptsWrites(port, to.orders), ...(server ? [endOf(server)] : [])]);
    const seconds = (performance.now() - begun) / 1000;
    const cpuSeconds = parts.reduce((sum, part) => sum + part.cpuSeconds, 0);
    return { seconds, cpuSeconds, peakBytes: Math.max(0, ...parts.map(({ peakBytes }) => peakBytes)) };
  } finally {
    server?.kill('SIGKILL');
    stopServerIn(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A server that ends is not waited for: what it said last is the reason. */
async function endOf(server: ReturnType<typeof start>): Promise<never> {
  let said = '';
  server.stderr?.on('data', (piece) => {
    said = `${said}${piece}`.slice(-4000);
  });
  const [code] = await once(server, 'exit');
  throw new Error(`the restored server ended with ${code}:\n${said}`);
}

/** Whoever started it: the first line of its own file is its number. */
function stopServerIn(folder: string): void {
  execFileSync('sh', [
    '-c',
    `[ ! -f '${folder}/postmaster.pid' ] || kill -9 "$(head -1 '${folder}/postmaster.pid')" || true`,
  ]);
}

function secondsOfOurs(found: ReadonlyMap<Contestant, readonly Measured[]>): number {
  const ours = [...found].find(([{ name }]) => name === 'lifeboat')?.[1] ?? [];
  return median(ours.map(({ seconds }) => seconds));
}

function line({ name, remark }: Contestant, all: readonly Measured[], ours: number, more: string): string {
  const seconds = median(all.map((one) => one.seconds));
  const cpu = median(all.map((one) => one.cpuSeconds));
  const peak = Math.max(...all.map((one) => one.peakBytes));
  const ratio = Number.isNaN(ours) ? '' : `ours is ${(ours / seconds).toFixed(2)} of it`;
  return `  ${name.padEnd(16)}${seconds.toFixed(2).padStart(7)} s  ${ratio.padEnd(20)} cpu ${cpu.toFixed(1)} s  peak ${megabytes(peak)}${more}  (${remark})`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
