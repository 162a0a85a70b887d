import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorldFolder } from './world-folder.ts';

const PROGRAM = fileURLToPath(new URL('../bin/lifeboat.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `lifeboat` process of the world. */
export interface RunningLifeboat {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Resolves with the first line on either stream that fits; rejects when the process ends without it. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Ends it and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<Finished>;
}

export interface Lifeboat {
  /** Starts the real program, `bin/lifeboat.js`, with these arguments. */
  start(args: readonly string[], options?: StartOptions): Promise<RunningLifeboat>;
  /** Runs it to its end. */
  run(args: readonly string[]): Promise<Finished>;
  /** Runs it with --json and reads what it printed. Throws when it fails. */
  json(args: readonly string[]): Promise<unknown>;
}

export interface StartOptions {
  /** Told of each line; with --json stdout carries the document and stderr the progress. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Another program instead of bin/lifeboat.js. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function lifeboatOf(folder: WorldFolder, env: Readonly<Record<string, string>>): Lifeboat {
  const start = async (args: readonly string[], options: StartOptions = {}) => {
    const child = await folder.spawn(process.execPath, [options.program ?? PROGRAM, ...args], {
      cwd: folder.path,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return watch(child, options.onLine);
  };
  const run = async (args: readonly string[]) => (await start(args)).finished;
  return {
    start,
    run,
    async json(args) {
      const finished = await run([...args, '--json']);
      if (finished.code !== 0)
        throw new Error(
          `lifeboat ${args.join(' ')} ended with ${finished.code}: ${finished.stderr || finished.stdout}`,
        );
      return JSON.parse(finished.stdout);
    },
  };
}

function watch(child: ChildProcess, onLine: StartOptions['onLine']): RunningLifeboat {
  const seen: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const collected = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    if (stream === null) throw new Error(`${name} is not a pipe`);
    createInterface({ input: stream }).on('line', (line) => {
      collected[name] += `${line}\n`;
      seen.push(line);
      onLine?.(line, name);
      for (const look of waiting) look(line);
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...collected }));
  });
  return {
    pid: child.pid ?? 0,
    finished,
    line: (pattern) => firstLine({ seen, waiting, finished }, pattern),
    async end(signal) {
      child.kill(signal);
      return finished;
    },
  };
}

function firstLine(
  from: { seen: readonly string[]; waiting: Set<(line: string) => void>; finished: Promise<Finished> },
  pattern: RegExp,
): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    const look = (line: string): boolean => {
      const found = pattern.exec(line);
      if (found === null) return false;
      from.waiting.delete(look);
      resolve(found);
      return true;
    };
    if (from.seen.some(look)) return;
    from.waiting.add(look);
    from.finished.then(({ code, stderr, stdout }) => {
      reject(new Error(`lifeboat ended with ${code} before it said ${pattern}: ${stderr}${stdout}`));
    }, reject);
  });
}
