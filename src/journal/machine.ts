import { hostname } from 'node:os';
import { processStart } from '../lib/process-start.ts';

/** Who we are, and whether another process of this machine still lives. An argument, so that tests decide who is dead. */
export interface Machine {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in words that differ for a later process of the same number; undefined when it is gone. */
  startedAt(pid: number): string | undefined;
}

export const thisMachine = (): Machine => ({ host: hostname(), pid: process.pid, startedAt: processStart });
