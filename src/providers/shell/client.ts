import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProviderServices } from '../../actions/provider.ts';
import { seconds } from '../../lib/duration.ts';
import { processStart } from '../../lib/process-start.ts';
import { errorRecord, KnownError } from '../../model/errors.ts';
import { askCommand } from './ask.ts';
import {
  type AttemptFiles,
  attemptFiles,
  type EndRecord,
  type KnownProcess,
  lastPart,
  readRecord,
} from './attempt-files.ts';
import type { Command, Ended, ShellClient, Standing } from './client-api.ts';
import { environmentOf } from './environment.ts';
import type { Job } from './keeper.ts';
import { newLines } from './new-lines.ts';
import { endGroup, type GroupCommand, isAlive } from './process-group.ts';

/** Of what a command writes so much goes into the record of the run; all of it is in the files. */
export const LAST_OF_STDOUT = 64 * 1024;
export const LAST_OF_STDERR = 16 * 1024;

export interface Settings {
  /** Most bytes of each output that are kept in a file. */
  readonly output: number;
  /** How long a command may take to end when it is told to. */
  readonly graceMs: number;
  /** The program that keeps a command. */
  readonly keeper: URL;
}

const SETTINGS: Settings = {
  output: 256 * 1024 * 1024,
  graceMs: seconds(5),
  // In a clone the sources are run as they are; the published package holds what was built from them.
  keeper: new URL(import.meta.url.endsWith('.ts') ? './keeper.ts' : './keeper.js', import.meta.url),
};

/** A keeper that does not take its work up within this time will not. */
const TAKEN_UP_WITHIN = seconds(30);
const LOOK_EVERY = seconds(0.05);

export type ShellServices = Pick<ProviderServices, 'clock' | 'env' | 'secret' | 'secretTexts' | 'workFolder'>;

/** The real client. Opening it touches nothing. */
export function openShell(services: ShellServices, settings: Partial<Settings> = {}): ShellClient {
  const { clock, workFolder } = services;
  const { output, graceMs, keeper: program } = { ...SETTINGS, ...settings };
  const filesOf = (attempt: string): AttemptFiles => attemptFiles(workFolder, attempt);
  return {
    host: hostname(),
    environment: (given) => environmentOf(given, services),
    standing: async (attempt) => standingIn(filesOf(attempt)),
    prepare: async (attempt) => void mkdirSync(filesOf(attempt).folder, { recursive: true, mode: 0o700 }),
    async begin(attempt, command) {
      const files = filesOf(attempt);
      if (readRecord(files.started)) return;
      const job = { folder: files.folder, command: inBash(command), secrets: services.secretTexts() };
      const keeper = startKeeper(program, files, { ...job, limit: output, graceMs });
      for (let waited = 0; !readRecord(files.started); waited += LOOK_EVERY) {
        if (keeper.exitCode !== null || keeper.signalCode !== null || waited > TAKEN_UP_WITHIN) throw notKept(files);
        await clock.sleep(LOOK_EVERY);
      }
    },
    async follow(attempt, { signal, log }) {
      const files = filesOf(attempt);
      const outputs = [newLines(files.stdout), newLines(files.stderr)];
      for (;;) {
        const standing = standingIn(files);
        for (const lines of outputs)
          for (const line of standing.state === 'running' ? lines.read() : lines.rest()) log(line);
        if (standing.state === 'ended' && !standing.ended.stopped) return standing.ended;
        if (standing.state !== 'running') throw lost(standing);
        await clock.sleep(LOOK_EVERY, signal).catch(() => stopFollowed(files, signal));
      }
    },
    stop: (attempt) => stop(filesOf(attempt)),
    ask: (command, signal) => askCommand(inBash(command), services.secretTexts(), { signal, graceMs }),
  };

  async function stopFollowed(files: AttemptFiles, signal: AbortSignal): Promise<never> {
    // Another process has taken the run over, and waits for this command itself.
    if (errorRecord(signal.reason).code !== 'RUN_FENCED') await stop(files);
    throw signal.reason;
  }

  async function stop(files: AttemptFiles): Promise<void> {
    const keeper = readRecord<KnownProcess>(files.started);
    if (keeper && isThere(keeper)) process.kill(keeper.pid, 'SIGTERM');
    const patience = graceMs + seconds(4);
    for (let waited = 0; keeper && isThere(keeper) && waited < patience; waited += LOOK_EVERY)
      await clock.sleep(LOOK_EVERY);
    const group = readRecord<KnownProcess>(files.group);
    if (!keeper || readRecord(files.ended)) return;
    if (group && isThere(group)) await endGroup(group.pid, 0);
    if (isThere(keeper)) process.kill(keeper.pid, 'SIGKILL');
  }
}

const isThere = ({ pid, startedAt }: KnownProcess): boolean =>
  startedAt !== undefined && processStart(pid) === startedAt;

function standingIn(files: AttemptFiles): Standing {
  if (statSync(files.folder, { throwIfNoEntry: false }) === undefined)
    return { state: 'lost', why: `the folder in which it was kept is gone: ${files.folder}` };
  const keeper = readRecord<KnownProcess>(files.started);
  if (!keeper) return { state: 'absent' };
  const mayStillRun = isThere(keeper);
  // Read after the look at the keeper, which writes it as the last thing it does.
  const end = readRecord<EndRecord>(files.ended);
  if (end) return { state: 'ended', ended: endedIn(files, end) };
  if (mayStillRun) return { state: 'running' };
  const group = readRecord<KnownProcess>(files.group);
  const still = group && isThere(group) && isAlive(group.pid) ? ` It still runs, as process group ${group.pid}.` : '';
  return { state: 'lost', why: `the process that kept it was killed, or the machine went down.${still}` };
}

function endedIn({ stdout, stderr }: AttemptFiles, { code, stopped, seconds, notKept }: EndRecord): Ended {
  const out = lastPart(stdout, LAST_OF_STDOUT);
  const err = lastPart(stderr, LAST_OF_STDERR);
  const missing = notKept === undefined ? '' : `\nlifeboat: not all that it wrote could be kept (${notKept})\n`;
  const whole = out.whole && notKept === undefined;
  return { code, stopped, seconds, stdout: out.text, stderr: err.text + missing, whole, stdoutFile: stdout };
}

/** A pipe fails when one of its parts does, a variable that is not set is an error, and nothing is read from a person's own settings. */
function inBash({ text, folder = '.', environment }: Command): GroupCommand {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new KnownError('TARGET_FAILED', `there is no folder ${folder} to work in`, 'Make it, or name another one.');
  const program = findBash(environment.PATH ?? '');
  const args = ['--noprofile', '--norc', '-euo', 'pipefail', '-c', text];
  return { program, args, environment, folder: resolve(folder) };
}

function findBash(path: string): string {
  const found = path.split(':').find((folder) => folder.startsWith('/') && isProgram(join(folder, 'bash')));
  if (found !== undefined) return join(found, 'bash');
  throw new KnownError('BINARY_MISSING', `bash is in none of the folders of PATH: ${path}`, 'Install bash.');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function startKeeper(program: URL, { keeper, folder }: AttemptFiles, job: Job): ChildProcess {
  const said = openSync(keeper, 'a', 0o600);
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    detached: true,
    cwd: folder,
    env: compiledModules(),
    stdio: ['pipe', said, said],
  });
  closeSync(said);
  // Seen as a keeper that has not taken its work up.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(job));
  child.unref();
  return child;
}

/** It begins sooner with what we have compiled already; nothing else of our environment is its business. */
function compiledModules(): Record<string, string> {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}

const notKept = ({ keeper }: AttemptFiles): KnownError =>
  new KnownError(
    'INTERNAL',
    `the process that keeps a command could not be started: ${lastPart(keeper, 2000).text.trim() || 'it said nothing'}`,
    'Nothing was begun. Please report it.',
  );

const lost = (standing: Standing): KnownError =>
  new KnownError(
    'OUTCOME_UNKNOWN',
    standing.state === 'lost' ? `how the command ended is not known: ${standing.why}` : 'the command was stopped',
    'Look at what it did, then decide.',
  );
