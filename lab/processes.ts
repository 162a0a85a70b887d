import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

type ProcessRow = { readonly pid: number; readonly parent: number; readonly state: string; readonly started: string };

/** True while the process runs. One that has ended and only waits to be collected counts as gone. */
export function isAlive(pid: number): boolean {
  const row = processRow(pid);
  if (row !== undefined) return !row.state.startsWith('Z');
  if (hasProc) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** When the process began, as its machine says it: tells a process from a later one with the same number. */
export const startOf = (pid: number): string | undefined => processRow(pid)?.started;

/** Every process below this one, nearest first. */
export function descendantsOf(pid: number): readonly number[] {
  const rows = allProcesses();
  const found: number[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    parents = rows.filter((row) => parents.includes(row.parent)).map((row) => row.pid);
    found.push(...parents);
  }
  return found;
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until all are gone. False when time is over first. */
export async function waitUntilGone(pids: readonly number[], ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; ; await pause(20)) {
    if (!pids.some(isAlive)) return true;
    if (Date.now() > end) return false;
  }
}

const hasProc = process.platform === 'linux';

function processRow(pid: number): ProcessRow | undefined {
  return hasProc ? readProc(pid) : allProcesses().find((row) => row.pid === pid);
}

function allProcesses(): readonly ProcessRow[] {
  if (!hasProc) return readPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProc(Number(name)))
    .filter((row) => row !== undefined);
}

/** The program's name stands in brackets and may hold anything, so fields are counted from the last bracket. */
function readProc(pid: number): ProcessRow | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, state: fields[0] ?? '', parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function readPs(): readonly ProcessRow[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,state=,lstart='], { encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((row) => row !== null)
    .map((row) => ({ pid: Number(row[1]), parent: Number(row[2]), state: row[3] ?? '', started: row[4] ?? '' }));
}
