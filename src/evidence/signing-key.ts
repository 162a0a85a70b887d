import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishFirst } from '../lib/publish-first.ts';
import { KnownError } from '../model/errors.ts';
import type { SigningKey } from './export-evidence.ts';
import { publicKeyToHex } from './format.ts';

/** The key that seals the evidence of a state folder. Made once; every later run and process uses the same. */
export function loadOrCreateSigningKey(folder: string): SigningKey {
  const file = join(folder, 'evidence-key.pem');
  try {
    if (!existsSync(file)) createKey(folder, file);
    const privateKey = readKey(readFileSync(file), file);
    return { privateKey, publicKey: publicKeyToHex(createPublicKey(privateKey)) };
  } catch (error) {
    if (error instanceof KnownError) throw error;
    throw new KnownError(
      'TARGET_DENIED',
      `the evidence key ${file} cannot be read or made: ${(error as Error).message}`,
      'Run as the user that owns the state folder, or choose another one: --state FOLDER',
      error,
    );
  }
}

/** The file appears whole or not at all, and whoever comes second uses the first one's: two keys would make two truths. */
function createKey(folder: string, file: string): void {
  const draft = `${file}.${process.pid}.new`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(draft, { force: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx', flush: true });
  publishFirst(draft, file);
}

function readKey(pem: Buffer, file: string): KeyObject {
  let cause: unknown;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    cause = error;
  }
  throw new KnownError(
    'KEY_WRONG',
    `${file} does not hold an Ed25519 private key`,
    'Put the right file back from a copy. Without one, move it away: the next evidence is sealed with a new key.',
    cause,
  );
}
