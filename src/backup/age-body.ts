import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';

/*
 * The body of an age file: a 16-byte nonce, then the STREAM construction, ChaCha20-Poly1305 in pieces of 64 KiB
 * (https://age-encryption.org/v1). OpenSSL does it several times faster than the JavaScript of the age package.
 */

const PIECE = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const CIPHER = 'chacha20-poly1305';

/** The nonce and the encrypted pieces that follow an age header. */
export function encryptBody(fileKey: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE);
  const key = createSecretKey(bodyKey(fileKey, nonce));
  const pieces = piecesOf(plain.length);
  const body = Buffer.allocUnsafe(NONCE + plain.length + pieces * TAG);
  nonce.copy(body);
  for (let piece = 0, at = NONCE; piece < pieces; piece++) {
    const part = plain.subarray(piece * PIECE, (piece + 1) * PIECE);
    const cipher = createCipheriv(CIPHER, key, pieceNonce(piece, piece === pieces - 1), { authTagLength: TAG });
    const closed = cipher.update(part);
    at += closed.copy(body, at);
    giveBack(closed);
    cipher.final();
    at += cipher.getAuthTag().copy(body, at);
  }
  return body;
}

/** The plain bytes, in `into` where that is given. Throws when the body is cut short, lengthened or altered; then nothing of it is given out. */
export function decryptBody(fileKey: Uint8Array, body: Uint8Array, into?: Buffer): Buffer {
  const sealed = body.subarray(NONCE);
  const pieces = Math.ceil(sealed.length / (PIECE + TAG));
  const size = sealed.length - pieces * TAG;
  if (body.length < NONCE + TAG || piecesOf(size) !== pieces) throw new RangeError('the body has an impossible length');
  // One object for all pieces: made of bytes, the key would be taken in anew for each of them.
  const key = createSecretKey(bodyKey(fileKey, body.subarray(0, NONCE)));
  const plain = into?.subarray(0, size) ?? Buffer.allocUnsafe(size);
  for (let piece = 0, at = 0; piece < pieces; piece++) {
    const part = sealed.subarray(piece * (PIECE + TAG), (piece + 1) * (PIECE + TAG));
    const cipher = createDecipheriv(CIPHER, key, pieceNonce(piece, piece === pieces - 1), { authTagLength: TAG });
    cipher.setAuthTag(part.subarray(part.length - TAG));
    const opened = cipher.update(part.subarray(0, part.length - TAG));
    plain.set(opened, at);
    at += opened.length;
    giveBack(opened);
    cipher.final();
  }
  return plain;
}

/** At once: left to be found, the pieces of a large object would take as much memory as the object again. */
function giveBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Nothing at all is still one, empty, piece. */
const piecesOf = (plainBytes: number): number => Math.max(1, Math.ceil(plainBytes / PIECE));

const bodyKey = (fileKey: Uint8Array, nonce: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));

/** An 11-byte big-endian counter and a byte that marks the last piece: so pieces can be neither moved nor dropped. */
function pieceNonce(piece: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(piece, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
