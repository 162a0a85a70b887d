import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** What ends the group politely may take so long. */
const GRACE_MS = 5000;
/** After its end, what a command wrote last may still be on its way. */
const LAST_WORDS_MS = 500;
const LOOK_EVERY_MS = 20;

export interface GroupCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface GroupWatch {
  /** Aborted, the whole group is ended. */
  readonly signal: AbortSignal;
  readonly graceMs?: number;
  /** Told once, before anything it wrote. */
  started?(group: number): void;
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
}

export interface GroupEnd {
  /** As a shell counts: 128 and the number of the signal. */
  readonly code: number;
  /** Processes it had left behind were ended. */
  readonly leftBehind: boolean;
}

/**
 * Runs a program in a process group of its own, without terminal and input, and comes back when nothing of the group is left.
 * It always comes back: what has left the group and holds the output open is not waited for. Rejects when it cannot be started.
 */
export async function runGroup(command: GroupCommand, watch: GroupWatch): Promise<GroupEnd> {
  const child = spawn(command.program, command.args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...command.environment },
    cwd: command.folder,
  });
  const exited = exitOf(child);
  const quiet = bothClosed(child);
  child.stdout?.on('data', watch.stdout);
  child.stderr?.on('data', watch.stderr);
  const group = child.pid;
  if (group !== undefined) watch.started?.(group);
  const stop = (): void => {
    if (group !== undefined) void endGroup(group, watch.graceMs ?? GRACE_MS);
  };
  watch.signal.addEventListener('abort', stop, { once: true });
  if (watch.signal.aborted) stop();
  try {
    const code = await exited;
    await Promise.race([quiet, pause(LAST_WORDS_MS)]);
    const leftBehind = isAlive(group as number);
    if (leftBehind) await endGroup(group as number, watch.graceMs ?? GRACE_MS);
    await Promise.race([quiet, pause(LAST_WORDS_MS)]);
    return { code, leftBehind };
  } finally {
    watch.signal.removeEventListener('abort', stop);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
  });

const bothClosed = (child: ChildProcess): Promise<unknown> =>
  Promise.all([child.stdout, child.stderr].map((stream) => new Promise((closed) => stream?.once('close', closed))));

/** SIGTERM for the whole group, and after the grace SIGKILL. Comes back when nobody of it lives, or nothing more can be done. */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  for (const [name, patience] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 1000],
  ] as const) {
    signalGroup(group, name);
    for (let waited = 0; waited < patience; waited += LOOK_EVERY_MS) {
      if (!isAlive(group)) return;
      await pause(LOOK_EVERY_MS);
    }
  }
}

function signalGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (error) {
    // Nobody is there any more, or it has become another user's: then there is nothing we could do.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Whether anybody of the group still does something. */
export function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const states = statesOf(group);
  // A dead process that nobody has taken note of yet is in its group until then.
  return states === undefined || states.some((state) => !'ZXx'.includes(state));
}

/** The states of its members, from `/proc`; undefined where there is none. */
function statesOf(group: number): readonly string[] | undefined {
  try {
    return readdirSync('/proc').flatMap((pid) => {
      const [state, , itsGroup] = /^\d+$/.test(pid) ? statOf(pid) : [];
      return state !== undefined && Number(itsGroup) === group ? [state] : [];
    });
  } catch {
    return undefined;
  }
}

function statOf(pid: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
