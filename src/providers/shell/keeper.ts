/*
 * A program of its own: keeps one command. It outlives the process that started it, so that a recovery that is killed and resumed
 * finds its command still running, or how it ended. Told by its input what to start; its only answer are files.
 */
import { text } from 'node:stream/consumers';
import { processStart } from '../../lib/process-start.ts';
import { type AttemptFiles, type EndRecord, filesIn, type KnownProcess, keepFirst } from './attempt-files.ts';
import { cleaner } from './clean-text.ts';
import { openOutputFile } from './output-file.ts';
import { type GroupCommand, runGroup } from './process-group.ts';

/** What the keeper is told. Secrets come this way too: they stand in no argument and in no environment but the command's. */
export interface Job {
  readonly folder: string;
  readonly command: GroupCommand;
  readonly secrets: readonly string[];
  /** Most bytes of each of the two outputs that are kept. */
  readonly limit: number;
  readonly graceMs: number;
}

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
// Whoever sits at the terminal speaks to Lifeboat, which then tells us.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);

const job = JSON.parse(await text(process.stdin)) as Job;
const files = filesIn(job.folder);
if (isMine(files)) await keep(job, files);
process.exit();

/** Of several keepers of one attempt only the first starts anything. */
function isMine({ started }: AttemptFiles): boolean {
  const self: KnownProcess = { pid: process.pid, startedAt: processStart(process.pid) };
  const first = keepFirst(started, process.pid, self);
  return first.pid === self.pid && first.startedAt === self.startedAt;
}

async function keep({ command, secrets, limit, graceMs }: Job, { stdout, stderr, group, ended }: AttemptFiles) {
  const begun = performance.now();
  const out = keptOutput(stdout, secrets, limit);
  const err = keptOutput(stderr, secrets, limit);
  let code = 126;
  try {
    const end = await runGroup(command, {
      signal: stop.signal,
      graceMs,
      started: (pid) => keepFirst<KnownProcess>(group, process.pid, { pid, startedAt: processStart(pid) }),
      stdout: out.write,
      stderr: err.write,
    });
    code = end.code;
    if (end.leftBehind && !stop.signal.aborted)
      err.write(Buffer.from('\nlifeboat: it had left processes running in the background; they were ended.\n'));
  } catch (error) {
    err.write(Buffer.from(`lifeboat: it could not be started: ${error instanceof Error ? error.message : error}\n`));
  }
  const notKept = [out.close(), err.close()].find((why) => why !== undefined);
  const seconds = Math.round(performance.now() - begun) / 1000;
  const end = { code, stopped: stop.signal.aborted, seconds };
  keepFirst<EndRecord>(ended, process.pid, notKept === undefined ? end : { ...end, notKept });
}

function keptOutput(path: string, secrets: readonly string[], limit: number) {
  const clean = cleaner(secrets);
  const file = openOutputFile(path, limit);
  return {
    write: (bytes: Uint8Array): void => file.write(clean.push(bytes)),
    close: (): string | undefined => {
      file.write(clean.end());
      return file.close();
    },
  };
}
