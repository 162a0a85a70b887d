import { createHash, createPublicKey, verify } from 'node:crypto';
import { canonicalJson, isJsonObject, type Json } from '../lib/json.ts';
import type { RunOrigin } from './run.ts';

/** What a yes is bound to when it is signed. */
export interface SignedYes {
  readonly run: string;
  readonly step: string;
  readonly hash: string;
  readonly person: string;
}

/** What an approval is bound to, as a hash: of a step with its input, or of a procedure with its steps. */
export const subjectHash = (subject: Json): string => createHash('sha256').update(canonicalJson(subject)).digest('hex');

/** The exact bytes that are signed. The environment is among them: the same step in a drill is another thing. */
export function bytesToSign({ run, step, hash, person }: SignedYes, environment: string): Buffer {
  return Buffer.from(canonicalJson({ lifeboat: 'approval', version: 1, run, step, hash, person, environment }));
}

/** Whether a signature is that of this person, by the key that the frozen plan says. */
export function isVerified(
  yes: SignedYes,
  signature: string,
  origin: Pick<RunOrigin, 'plan' | 'environment'>,
): boolean {
  const key = approvalKeyOf(origin, yes.person);
  if (key === undefined) return false;
  try {
    return verify(null, bytesToSign(yes, origin.environment), publicKeyFrom(key), Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

/** The key of a person, in hex, without its prefix. Undefined where the plan says none. */
export function approvalKeyOf({ plan }: Pick<RunOrigin, 'plan'>, person: string): string | undefined {
  const { people } = plan;
  const found = isJsonObject(people) && Object.hasOwn(people, person) ? people[person] : undefined;
  const key = isJsonObject(found) ? found.approval_key : undefined;
  return typeof key === 'string' ? key.replace(/^ed25519:/, '') : undefined;
}

function publicKeyFrom(hex: string) {
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Bytes of a code: to whom and what it belongs, then the signature. */
export const CODE_BYTES = 5 + 64;
const TAGS = ['person', 'run', 'step', 'hash'] as const;
type Tag = (typeof TAGS)[number];

/** A few bits of each name go ahead of the signature, so that a code at the wrong place can be told from a wrong one. */
export function codeBytes(yes: SignedYes, signature: Uint8Array): Buffer {
  const bits = TAGS.map((tag) => tagOf(yes[tag]).toString(2).padStart(10, '0')).join('');
  return Buffer.concat([Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []), signature]);
}

/** A code taken apart. `fits` says whether it was made for this name. */
export function openCode(bytes: Uint8Array): {
  readonly signature: string;
  fits(tag: Tag, name: string): boolean;
} {
  const bits = [...bytes.subarray(0, 5)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return {
    signature: Buffer.from(bytes.subarray(5)).toString('hex'),
    fits: (tag, name) =>
      Number.parseInt(bits.slice(TAGS.indexOf(tag) * 10, TAGS.indexOf(tag) * 10 + 10), 2) === tagOf(name),
  };
}

const tagOf = (name: string): number => createHash('sha256').update(name).digest().readUInt16BE() >> 6;
