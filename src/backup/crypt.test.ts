import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import * as age from 'age-encryption';
import { describe, expect, test } from 'vitest';
import {
  assertRecipients,
  decrypt,
  encrypt,
  generateIdentity,
  parseIdentities,
  recipientOf,
  seal,
  unseal,
} from './crypt.ts';

const PIECE = 64 * 1024;
const SIZES = [0, 1, 15, 16, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 17];
const alice = await generateIdentity();
const bob = await generateIdentity();
const eve = await generateIdentity();

describe('the file format is that of age', () => {
  test.each(SIZES)('the age package opens what we encrypt: %i bytes', async (size) => {
    const plain = randomBytes(size);
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(alice.identity);
    const opened = await decrypter.decrypt(await encrypt(plain, [alice.recipient]));
    expect(Buffer.from(opened).equals(plain)).toBe(true);
  });

  test.each(SIZES)('we open what the age package encrypts: %i bytes', async (size) => {
    const plain = randomBytes(size);
    const encrypter = new age.Encrypter();
    encrypter.addRecipient(bob.recipient);
    encrypter.addRecipient(alice.recipient);
    const opened = await decrypt(await encrypter.encrypt(new Uint8Array(plain)), [alice.identity], 'object');
    expect(opened.equals(plain)).toBe(true);
  });

  const programs = ['age', 'zstd'].every((name) => spawnSync(name, ['--version']).error === undefined);
  test.skipIf(!programs)('age and zstd open a sealed object, and we open what they made (needs both)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lifeboat-age-'));
    try {
      const key = join(folder, 'key.txt');
      await writeFile(key, `# a comment\n${alice.identity}\n`, { mode: 0o600 });
      const plain = Buffer.concat([randomBytes(PIECE), Buffer.alloc(3 * PIECE, 'x')]);
      const packed = execFileSync('age', ['-d', '-i', key], {
        input: await seal(plain, [bob.recipient, alice.recipient]),
      });
      expect(execFileSync('zstd', ['-d', '-c'], { input: packed }).equals(plain)).toBe(true);
      const zipped = execFileSync('zstd', ['-c'], { input: plain });
      const theirs = execFileSync('age', ['-r', alice.recipient], { input: zipped });
      const opened = await unseal(theirs, [alice.identity], { key: 'object', plainBytes: plain.length });
      expect(opened.equals(plain)).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('keys', () => {
  test('each of several recipients opens it, and nobody else', async () => {
    const sealed = await seal(Buffer.from('words'), [alice.recipient, bob.recipient]);
    const expected = { key: 'the/object', plainBytes: 5 };
    expect(await unseal(sealed, [alice.identity], expected)).toEqual(Buffer.from('words'));
    expect(await unseal(sealed, [eve.identity, bob.identity], expected)).toEqual(Buffer.from('words'));
    const wrong = await unseal(sealed, [eve.identity], expected).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'KEY_WRONG', message: expect.stringContaining('the/object') });
    await expect(unseal(sealed, [], expected)).rejects.toMatchObject({ code: 'KEY_WRONG' });
  });

  test('the same bytes are never encrypted the same way twice', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => encrypt(Buffer.alloc(1000), [alice.recipient])));
    expect(one?.equals(two as Buffer)).toBe(false);
    expect(one?.subarray(-900).equals(two?.subarray(-900) as Buffer)).toBe(false);
  });

  test('the recipient of an identity is found; of anything else it is not', async () => {
    expect(await recipientOf(`${alice.identity}\n`)).toBe(alice.recipient);
    await expect(recipientOf(alice.recipient)).rejects.toMatchObject({ code: 'KEY_WRONG' });
    await expect(recipientOf('')).rejects.toMatchObject({ code: 'KEY_WRONG' });
  });

  test('identities are read as age-keygen writes them', () => {
    const text = `# created: 2026-01-14\n# public key: ${alice.recipient}\n${alice.identity}\r\n\n${bob.identity}\n`;
    expect(parseIdentities(text)).toEqual([alice.identity, bob.identity]);
    expect(parseIdentities('# nothing\n')).toEqual([]);
  });

  test('a text that is no key is refused and never repeated in the error', () => {
    const secret = `${alice.identity.slice(0, -1)}!`;
    const refused = (work: () => void): string => {
      try {
        work();
      } catch (error) {
        expect(error).toHaveProperty('code');
        const { message, hint, cause } = error as Error & { hint: string };
        return `${message} ${hint} ${cause}`;
      }
      throw new Error('it was accepted');
    };
    expect(refused(() => parseIdentities(secret))).not.toContain(secret.slice(16));
    expect(refused(() => assertRecipients([alice.recipient, alice.identity]))).not.toContain(alice.identity.slice(16));
    expect(() => assertRecipients([alice.identity])).toThrow('recipient 1 of 1');
    expect(() => assertRecipients([alice.recipient, 'age1nonsense'])).toThrow('recipient 2 of 2');
    expect(() => assertRecipients([alice.recipient, bob.recipient])).not.toThrow();
  });

  test('without a recipient nothing is encrypted', async () => {
    await expect(encrypt(Buffer.from('x'), [])).rejects.toThrow(RangeError);
  });
});

describe('a damaged object gives nothing', () => {
  const damagedOrWrongKey = async (bytes: Uint8Array) =>
    decrypt(bytes, [alice.identity], 'the/object').then(
      () => 'opened',
      (error: { code: string; message: string }) => {
        expect(error.message).toContain('the/object');
        return error.code;
      },
    );

  test('every single byte changed', async () => {
    const sealed = await encrypt(Buffer.from('a few words'), [alice.recipient]);
    for (let at = 0; at < sealed.length; at++) {
      const spoiled = Buffer.from(sealed);
      spoiled[at] = (spoiled[at] as number) ^ 1;
      // An altered line of a recipient cannot be told from the line of another key.
      expect(['OBJECT_DAMAGED', 'KEY_WRONG']).toContain(await damagedOrWrongKey(spoiled));
    }
  });

  test('every length shorter than it was, and longer', async () => {
    const sealed = await encrypt(Buffer.from('a few words'), [alice.recipient]);
    for (let length = 0; length < sealed.length; length++)
      expect(await damagedOrWrongKey(sealed.subarray(0, length))).toBe('OBJECT_DAMAGED');
    expect(await damagedOrWrongKey(Buffer.concat([sealed, Buffer.alloc(1)]))).toBe('OBJECT_DAMAGED');
  });

  test('whole pieces dropped, repeated, exchanged, or an empty last one added', async () => {
    const sealed = await encrypt(randomBytes(3 * PIECE), [alice.recipient]);
    const bodyAt = sealed.length - 3 * (PIECE + 16);
    const head = sealed.subarray(0, bodyAt);
    const piece = (n: number) => sealed.subarray(bodyAt + n * (PIECE + 16), bodyAt + (n + 1) * (PIECE + 16));
    const made = (...pieces: number[]) => damagedOrWrongKey(Buffer.concat([head, ...pieces.map(piece)]));
    expect(await made(0, 1, 2)).toBe('opened');
    for (const order of [[0, 1], [1, 2], [0, 2], [0, 2, 1], [1, 0, 2], [0, 0, 1, 2], [0, 1, 2, 2], []])
      expect(await made(...order)).toBe('OBJECT_DAMAGED');
    expect(await damagedOrWrongKey(Buffer.concat([sealed, Buffer.alloc(16)]))).toBe('OBJECT_DAMAGED');
  });

  test('a size other than the expected one, so that a small object cannot unpack to an endless one', async () => {
    const bomb = await seal(Buffer.alloc(50 * 1024 * 1024), [alice.recipient]);
    expect(bomb.length).toBeLessThan(20_000);
    const open = (plainBytes: number) => unseal(bomb, [alice.identity], { key: 'the/object', plainBytes });
    await expect(open(1000)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    await expect(open(50 * 1024 * 1024 + 1)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    expect(await open(50 * 1024 * 1024)).toHaveLength(50 * 1024 * 1024);
  });

  test('what was encrypted without being compressed, or was compressed and cut', async () => {
    const expected = { key: 'the/object', plainBytes: 5 };
    const raw = await encrypt(Buffer.from('words'), [alice.recipient]);
    await expect(unseal(raw, [alice.identity], expected)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    const cut = await encrypt(zstdCompressSync('words').subarray(0, -2), [alice.recipient]);
    await expect(unseal(cut, [alice.identity], expected)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('an object that only looks like one', async () => {
    for (const text of ['', 'PGDMP', 'age-encryption.org/v1\n', 'age-encryption.org/v1\n--- \n', '\n--- \n'])
      expect(await damagedOrWrongKey(Buffer.from(text))).toBe('OBJECT_DAMAGED');
  });
});
