import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import { findState } from './find-plan.ts';
import { newestRun } from './find-run.ts';
import { sealedEvidence } from './sealed-evidence.ts';
import type { Services } from './services.ts';

export interface ExportResult {
  readonly run: string;
  readonly file: string;
  /** Fingerprint of the key it is sealed with, for `evidence verify --key`. */
  readonly key: string;
}

/** Writes the sealed log of a run into a file that anybody can verify without this machine. */
export async function exportRun(
  request: { readonly run?: string; readonly out?: string },
  services: Services,
): Promise<ExportResult> {
  const run = request.run ?? (await newestRun(services));
  const stateFolder = findState(services);
  const lines = await services.journal(stateFolder).lines(run);
  const { text, fingerprint } = sealedEvidence(lines, stateFolder, services);
  const file = resolve(services.cwd, request.out ?? `${run}.evidence.ndjson`);
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new KnownError(
      'USAGE',
      `${file} exists; it was not overwritten`,
      'Name another file with --out FILE.',
      error,
    );
  }
  return { run, file, key: fingerprint };
}
