import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generateIdentity } from '../backup/crypt.ts';
import { KnownError } from '../model/errors.ts';
import { publicText } from './sign-approval.ts';

export interface NewKey {
  /** The public key, for `repository.recipients`. */
  readonly recipient: string;
  /** Where the private key is. */
  readonly file: string;
}

/** Makes a key pair. The private half goes into a new file that only its owner reads, and nowhere else. */
export async function newKey(file: string, now: Date): Promise<NewKey> {
  const { identity, recipient } = await generateIdentity();
  writeNewKey(file, `# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n`);
  return { recipient, file };
}

export interface NewApprovalKey {
  /** The public key, for `people.NAME.approval_key`. */
  readonly approval_key: string;
  /** Where the private key is. */
  readonly file: string;
}

/** Makes a key pair for approvals by a signed code. */
export function newApprovalKey(file: string): NewApprovalKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeNewKey(file, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return { approval_key: publicText(privateKey), file };
}

function writeNewKey(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new KnownError(
      'USAGE',
      `${file} exists; it was not overwritten`,
      'Name another file with --out FILE.',
      error,
    );
  }
}
