import { createPublicKey, type KeyObject } from 'node:crypto';

/*
 * An evidence file: a header, the journal lines of one run exactly as they were written, and a seal. Every line ends with a newline.
 * Header and seal have one spelling only, so that no byte of them can be changed unseen. docs/evidence.md tells it to people.
 */

/** What the seal says, and what is signed: the text of this object as it stands in the last line. */
export interface Seal {
  readonly events: number;
  /** Hash of the last journal line. */
  readonly head: string;
  /** Hash of the header line. */
  readonly header: string;
  /** The 32 bytes of the Ed25519 key, in hex. It serves as its own fingerprint. */
  readonly publicKey: string;
}

export type Header = { readonly run: string; readonly exportedAt: string };

export const headerLine = ({ run, exportedAt }: Header): string =>
  JSON.stringify({ format: 'lifeboat-evidence/1', run, exportedAt });

const HEADER =
  /^\{"format":"lifeboat-evidence\/1","run":"([A-Za-z0-9._:-]+)","exportedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"\}$/;

export function parseHeader(line: string): Header | undefined {
  const [, run, exportedAt] = HEADER.exec(line) ?? [];
  return run === undefined || exportedAt === undefined ? undefined : { run, exportedAt };
}

/** The exact text that is signed. */
export const sealText = ({ events, head, header, publicKey }: Seal): string =>
  JSON.stringify({ events, head, header, publicKey });

export const sealLine = (seal: Seal, signature: string): string =>
  `{"seal":${sealText(seal)},"signature":"${signature}"}`;

const SEAL =
  /^\{"seal":\{"events":([1-9]\d{0,14}),"head":"([0-9a-f]{64})","header":"([0-9a-f]{64})","publicKey":"([0-9a-f]{64})"\},"signature":"([0-9a-f]{128})"\}$/;

export function parseSeal(line: string): { readonly seal: Seal; readonly signature: string } | undefined {
  const [, events, head = '', header = '', publicKey = '', signature = ''] = SEAL.exec(line) ?? [];
  return events === undefined ? undefined : { seal: { events: Number(events), head, header, publicKey }, signature };
}

export function publicKeyToHex(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
}

export function publicKeyFromHex(hex: string): KeyObject {
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
