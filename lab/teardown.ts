import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { descendantsOf, isAlive, sendSignal, startOf, waitUntilGone } from './processes.ts';

/** Notes a process as one of this world's, so that the teardown ends it even when we no longer can. */
export async function register(folder: string, pid: number): Promise<void> {
  await writeFile(join(folder, 'pids', String(pid)), startOf(pid) ?? '');
}

/** Ends every process of a world and removes its folder. Nothing else is touched: processes are known by number and start. */
export async function tearDown(folder: string, options: { keepFolder: boolean }): Promise<void> {
  await endRegistered(folder);
  await endServers(folder);
  // A recovery that was cut off may just have started one more server.
  await endRegistered(folder);
  await endServers(folder);
  if (!options.keepFolder) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function endRegistered(folder: string): Promise<void> {
  const names = await readdir(join(folder, 'pids')).catch(() => []);
  const ours: number[] = [];
  for (const name of names) {
    const started = await readFile(join(folder, 'pids', name), 'utf8').catch(() => undefined);
    if (started !== undefined && started !== '' && startOf(Number(name)) === started) ours.push(Number(name));
  }
  for (const pid of ours) sendSignal(pid, 'SIGTERM');
  if (await waitUntilGone(ours, 3000)) return;
  for (const pid of ours) sendSignal(pid, 'SIGKILL');
  await waitUntilGone(ours, 3000);
}

async function endServers(folder: string): Promise<void> {
  for (const data of await dataFolders(folder)) {
    const pid = await postmasterOf(data);
    if (pid === undefined) continue;
    sendSignal(pid, 'SIGQUIT');
    if (!(await waitUntilGone([pid], 5000))) await killServer(pid);
  }
}

/** The most brutal end: the postmaster and every process of it, at once. */
export async function killServer(postmaster: number): Promise<void> {
  const all = [postmaster, ...descendantsOf(postmaster)];
  for (const pid of all) sendSignal(pid, 'SIGKILL');
  if (!(await waitUntilGone(all, 10_000))) throw new Error(`processes ${all.filter(isAlive).join(', ')} do not end`);
}

/** The running postmaster of a data folder, or undefined. A number left over from a crash does not count. */
export async function postmasterOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const pid = Number(text?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  if (process.platform !== 'linux') return pid;
  const [cwd, place] = await Promise.all([realpath(`/proc/${pid}/cwd`).catch(() => ''), realpath(data)]);
  return cwd === place ? pid : undefined;
}

/** Every PostgreSQL data folder in the world, wherever a recovery put one. */
export async function dataFolders(folder: string, depth = 0): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => entry.name === 'PG_VERSION')) return [folder];
  if (depth > 8) return [];
  const found: string[] = [];
  for (const entry of entries)
    if (entry.isDirectory()) found.push(...(await dataFolders(join(folder, entry.name), depth + 1)));
  return found;
}
