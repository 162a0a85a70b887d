import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Baseline, readBaseline } from '../check/baseline.ts';
import { KnownError } from '../model/errors.ts';
import type { Services } from './services.ts';

/** Reads the baseline that was named on the command line. Throws USAGE when it is not there or none. */
export function loadBaseline(file: string, { cwd }: Pick<Services, 'cwd'>): Baseline {
  return readBaseline(file, textOf(file, cwd));
}

/** Writes a baseline, for everybody to read: it belongs beside the plan in version control. */
export function saveBaseline(file: string, text: string, { cwd }: Pick<Services, 'cwd'>): void {
  try {
    writeFileSync(resolve(cwd, file), text);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    const full = why === 'ENOSPC' || why === 'EDQUOT';
    throw new KnownError(
      full ? 'DISK_FULL' : 'USAGE',
      `the baseline ${file} cannot be written (${why})`,
      full ? 'Make room on that disk.' : 'Name a file in a folder that is there and may be written.',
      error,
    );
  }
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new KnownError(
      'USAGE',
      `the baseline ${file} cannot be read (${why})`,
      `Write it with: lifeboat check --baseline ${file} --write-baseline`,
      error,
    );
  }
}
