import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Verdict, verifyEvidence } from '../evidence/verify-evidence.ts';
import { KnownError } from '../model/errors.ts';
import type { Services } from './services.ts';

/** Judges an evidence file by its bytes alone: no state, no plan, no network. */
export async function verifyFile(
  request: { readonly file: string; readonly key?: string },
  { cwd }: Pick<Services, 'cwd'>,
): Promise<Verdict & { readonly file: string }> {
  const file = resolve(cwd, request.file);
  if (request.key !== undefined && !/^[0-9a-f]{64}$/.test(request.key))
    throw new KnownError('USAGE', '--key is not a fingerprint', 'It is 64 hexadecimal digits, lower case.');
  const trust = request.key === undefined ? undefined : { publicKey: request.key };
  return { file, ...verifyEvidence(read(file), trust) };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new KnownError(
      'USAGE',
      `${file} cannot be read (${why})`,
      'Name a file that was written by: lifeboat evidence export',
      error,
    );
  }
}
