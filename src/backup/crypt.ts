import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import * as age from 'age-encryption';
import { KnownError } from '../model/errors.ts';
import { decryptBody, encryptBody } from './age-body.ts';
import { damaged } from './errors.ts';
import { SPARE, type Unsealed } from './unseal-job.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const MAX_HEADER = 64 * 1024;

/** Compressed, then encrypted: `age -d -i key | zstd -d` opens it without Lifeboat. */
export async function seal(plain: Uint8Array, recipients: readonly string[]): Promise<Buffer> {
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  return encrypt(await compress(plain, { chunkSize: plain.length + SPARE, params }), recipients);
}

/** The plain bytes of a sealed object, whole and of exactly the expected size, or OBJECT_DAMAGED or KEY_WRONG with its name. */
export async function unseal(
  sealed: Uint8Array,
  identities: readonly string[],
  expected: { readonly key: string; readonly plainBytes: number },
): Promise<Buffer> {
  const { key, plainBytes } = expected;
  const packed = await decrypt(sealed, identities, key);
  const limits = { chunkSize: plainBytes + SPARE, maxOutputLength: plainBytes + 1 };
  const plain = await decompress(packed, limits).catch((cause: unknown) => {
    throw damaged(key, FAULTS.packing, cause);
  });
  if (plain.length !== plainBytes) throw damaged(key, sizeFault(plain.length, plainBytes));
  return plain;
}

const FAULTS = {
  sum: 'is cut short or altered: its checksum is wrong',
  body: 'is cut short or altered',
  packing: 'was decrypted and cannot be decompressed to its size',
  content: 'does not hold what the manifest says',
} as const;

const sizeFault = (found: number, expected: number): string => `holds ${found} bytes instead of ${expected}`;

/** What can be said against an object that a thread has opened, or undefined. */
export function unsealFault(unsealed: Unsealed, plainBytes: number): string | undefined {
  if ('plain' in unsealed) return undefined;
  return unsealed.fault === 'size' ? sizeFault(unsealed.found ?? 0, plainBytes) : FAULTS[unsealed.fault];
}

/** A file of age v1 for all of the recipients. */
export async function encrypt(plain: Uint8Array, recipients: readonly string[]): Promise<Buffer> {
  const { header, fileKey } = await newHeader(recipients);
  return Buffer.concat([header, encryptBody(fileKey, plain)]);
}

/** The plain bytes of a file of age v1; `key` is its name for messages. */
export async function decrypt(sealed: Uint8Array, identities: readonly string[], key: string): Promise<Buffer> {
  const { fileKey, headerBytes } = await openHeader(sealed, identities, key);
  try {
    return decryptBody(fileKey, sealed.subarray(headerBytes));
  } catch (cause) {
    throw damaged(key, FAULTS.body, cause);
  }
}

/** The key of one object, out of its header; all that is needed to open the rest of it. */
export async function openHeader(
  sealed: Uint8Array,
  identities: readonly string[],
  key: string,
): Promise<{ readonly fileKey: Uint8Array; readonly headerBytes: number }> {
  const header = headerOf(Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength));
  if (!header) throw damaged(key, 'does not begin as an encrypted object does');
  return { fileKey: await unwrap(header, identities, key), headerBytes: header.length };
}

/** A new key pair: the identity opens what was encrypted for the recipient. */
export async function generateIdentity(): Promise<{ identity: string; recipient: string }> {
  const identity = await age.generateX25519Identity();
  return { identity, recipient: await age.identityToRecipient(identity) };
}

/** The public half of a private key. Throws KEY_WRONG when the text is no private key. */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await age.identityToRecipient(identity.trim());
  } catch {
    throw notAnIdentity();
  }
}

/** The private keys in a text as `age-keygen` writes it: one a line, `#` begins a comment. Throws KEY_WRONG on anything else. */
export function parseIdentities(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const identity of identities) {
    try {
      new age.Decrypter().addIdentity(identity);
    } catch {
      throw notAnIdentity();
    }
  }
  return identities;
}

/** Throws USAGE when a text is not the public half of a key. */
export function assertRecipients(recipients: readonly string[]): void {
  recipients.forEach((recipient, index) => {
    try {
      new age.Encrypter().addRecipient(recipient);
    } catch {
      // The text is not repeated: a private key given by mistake must not reach a screen or a log.
      throw new KnownError(
        'USAGE',
        `recipient ${index + 1} of ${recipients.length} is not the public half of an age key`,
        'A recipient begins with age1. The private key, which begins with AGE-SECRET-KEY-, is not one.',
      );
    }
  });
}

/** The package writes the header and its checksum; the key it chose is caught on the way and its own, empty, body is dropped. */
async function newHeader(recipients: readonly string[]): Promise<{ header: Buffer; fileKey: Uint8Array }> {
  if (recipients.length === 0) throw new RangeError('encryption needs a recipient');
  let fileKey: Uint8Array | undefined;
  const encrypter = new age.Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const header = headerOf(Buffer.from(await encrypter.encrypt(new Uint8Array(0))));
  if (!header || !fileKey) throw new Error('the age package did not make a header');
  return { header, fileKey };
}

/** From the first line up to and with the line of the header's checksum. */
function headerOf(file: Buffer): Buffer | undefined {
  const head = file.subarray(0, MAX_HEADER);
  const last = head.indexOf('\n--- ', 0, 'latin1');
  const end = last < 0 ? -1 : head.indexOf('\n', last + 1, 'latin1');
  return end < 0 ? undefined : file.subarray(0, end + 1);
}

async function unwrap(header: Buffer, identities: readonly string[], key: string): Promise<Uint8Array> {
  let nobodyMatched = false;
  const decrypter = new age.Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  // Asked last, and only when the header could be read and none of the others opened it.
  decrypter.addIdentity({
    unwrapFileKey: (stanzas: readonly unknown[]) => {
      nobodyMatched = stanzas.length > 0;
      return null;
    },
  });
  try {
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    if (nobodyMatched) throw wrongKey(key, cause);
    throw damaged(key, 'has an altered header', cause);
  }
}

const wrongKey = (key: string, cause: unknown): KnownError =>
  new KnownError(
    'KEY_WRONG',
    `the key does not open ${key}`,
    'Use the private key of one of the recipients that the backup was made for. lifeboat-repository.json names them.',
    cause,
  );

const notAnIdentity = (): KnownError =>
  new KnownError(
    'KEY_WRONG',
    'what was given as the private key is not one',
    'A private key begins with AGE-SECRET-KEY-1, alone or in a file as age-keygen writes it.',
  );
