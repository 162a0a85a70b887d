import { type KeyObject, sign } from 'node:crypto';
import { KnownError } from '../model/errors.ts';
import { parseEvent, sha256Hex } from '../model/journal-chain.ts';
import { headerLine, type Seal, sealLine, sealText } from './format.ts';
import { verifyEvidence } from './verify-evidence.ts';

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** In hex, as it stands in the seal. */
  readonly publicKey: string;
}

/** The evidence file of a run: its journal lines unchanged, between a header and a seal. It is verified before it is given out. */
export function exportEvidence(lines: readonly string[], key: SigningKey, exportedAt: Date): string {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) throw invalid('the run has no events');
  const header = headerLine({ run: parseEvent(first)?.run ?? '', exportedAt: exportedAt.toISOString() });
  const { publicKey, privateKey } = key;
  const seal: Seal = { events: lines.length, head: sha256Hex(last), header: sha256Hex(header), publicKey };
  const signature = sign(null, Buffer.from(sealText(seal)), privateKey).toString('hex');
  const text = `${[header, ...lines, sealLine(seal, signature)].join('\n')}\n`;
  const verdict = verifyEvidence(Buffer.from(text), { publicKey });
  if (!verdict.whole) throw invalid(`line ${verdict.line}: ${verdict.why}`);
  return text;
}

const invalid = (why: string): KnownError =>
  new KnownError(
    'EVIDENCE_INVALID',
    `no evidence can be made of this run: ${why}`,
    'Keep the run journal as it is, for whoever looks into it.',
  );
