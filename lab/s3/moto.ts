import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../world-folder.ts';

/** A `moto_server` of our own: another reading of the S3 protocol than ours. */
export interface Moto {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Where the program is; undefined when this machine does not have it. */
export const findMoto = (path: string | undefined): string | undefined =>
  (path ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'moto_server'))
    .find(isProgram);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it on a free port of this machine, and returns when it answers. */
export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answers(child, endpoint);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    endpoint,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const TRIES = 300;

async function answers(child: ChildProcess, endpoint: string): Promise<void> {
  for (let tries = 0; tries < TRIES && child.exitCode === null; tries++) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`moto_server did not answer at ${endpoint}`);
}
