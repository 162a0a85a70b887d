import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupManifest, VerificationRecord } from '../model/repository.ts';

/** What the newest verification of this backup found. */
export function verifiedState(
  manifest: BackupManifest,
  records: readonly VerificationRecord[],
): RecoveryPoint['verified'] {
  const newest = records
    .filter((record) => record.backup === manifest.id && record.component === manifest.component)
    .reduce<VerificationRecord | undefined>((a, b) => (a && Date.parse(a.at) > Date.parse(b.at) ? a : b), undefined);
  return newest ? { state: newest.held ? 'restored' : 'failed', at: newest.at } : { state: 'never' };
}
