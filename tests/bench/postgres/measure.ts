import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from './contestant.ts';
import type { World } from './world.ts';

export interface Measured {
  readonly seconds: number;
  /** Of the program and all that it started; the server's own work is not in it. */
  readonly cpuSeconds: number;
  /** The most that it and all that it started held at once, as far as looks 20 ms apart can tell. */
  readonly peakBytes: number;
}

const LOOK_EVERY_MS = 20;

/** Carries a command out. Throws with what it said when it fails. */
export async function measure(world: World, command: Command): Promise<Measured> {
  const begun = performance.now();
  const child = start(world, command);
  const said = collect(child);
  const over = once(child, 'exit');
  let peakBytes = 0;
  let cpuSeconds = 0;
  let runs = true;
  const looking = (async () => {
    while (runs) {
      const seen = await look(child.pid as number);
      peakBytes = Math.max(peakBytes, seen.bytes);
      cpuSeconds = Math.max(cpuSeconds, seen.cpuSeconds);
      await pause(LOOK_EVERY_MS);
    }
  })();
  const [code] = await over;
  const seconds = (performance.now() - begun) / 1000;
  runs = false;
  await looking;
  if (code !== 0) throw new Error(`${command.program} ${command.args.join(' ')} ended with ${code}:\n${said()}`);
  return { seconds, cpuSeconds, peakBytes };
}

export function start(world: World, { program, args, env = {}, asServer }: Command): ChildProcess {
  return spawn(program, args, {
    cwd: world.folder,
    env: { PATH: `${world.binaries}:${process.env.PATH}`, HOME: world.folder, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(asServer ? world.user : {}),
  });
}

/** The last words of a program. */
function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece) => {
      text = `${text}${piece}`.slice(-4000);
    });
  return () => text;
}

const TICKS_A_SECOND = 100;

/** A process and its descendants: time used, also by children that ended, and memory that is not shared with others. */
async function look(pid: number): Promise<{ cpuSeconds: number; bytes: number }> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const own = Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const inside = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(look));
    return inside.reduce(
      (sum, one) => ({ cpuSeconds: sum.cpuSeconds + one.cpuSeconds, bytes: sum.bytes + one.bytes }),
      { cpuSeconds: ticks / TICKS_A_SECOND, bytes: own },
    );
  } catch {
    return { cpuSeconds: 0, bytes: 0 }; // ended between two looks
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
