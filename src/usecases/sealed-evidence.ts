import { exportEvidence } from '../evidence/export-evidence.ts';
import { loadOrCreateSigningKey } from '../evidence/signing-key.ts';
import type { Services } from './services.ts';

/** The log of a run, sealed with the key of its state folder. */
export function sealedEvidence(
  lines: readonly string[],
  stateFolder: string,
  { clock }: Pick<Services, 'clock'>,
): { readonly text: string; readonly fingerprint: string } {
  const key = loadOrCreateSigningKey(stateFolder);
  return { text: exportEvidence(lines, key, clock.now()), fingerprint: key.publicKey };
}
