import type { Rule } from '../../rule.ts';
import { backupInTheSameDomain } from './backup-in-the-same-domain.ts';
import { backupRunsByItself } from './backup-runs-by-itself.ts';
import { componentWithoutBackup } from './component-without-backup.ts';
import { copiesAreEncrypted } from './copies-are-encrypted.ts';
import { copiesDoNotStartTogether } from './copies-do-not-start-together.ts';
import { copiesOutsideTheAccount } from './copies-outside-the-account.ts';
import { copiesOutsideTheLoss } from './copies-outside-the-loss.ts';
import { copyBeforeAMigration } from './copy-before-a-migration.ts';
import { countsHaveABaseline } from './counts-have-a-baseline.ts';
import { keptCopiesAreProven } from './kept-copies-are-proven.ts';
import { lookedUpMomentsAreNotEmpty } from './looked-up-moments-are-not-empty.ts';
import { oneScheduleForOneBackup } from './one-schedule-for-one-backup.ts';
import { prunedAfterVerified } from './pruned-after-verified.ts';
import { restorableMeansRestored } from './restorable-means-restored.ts';
import { restoredFromTheNewestAvailable } from './restored-from-the-newest-available.ts';
import { secretCopiesAreEncrypted } from './secret-copies-are-encrypted.ts';
import { sizeIsThatOfTheCopy } from './size-is-that-of-the-copy.ts';
import { temporaryCopiesAreRemoved } from './temporary-copies-are-removed.ts';
import { verifiedMoreOftenThanKept } from './verified-more-often-than-kept.ts';
import { windowsInUtc } from './windows-in-utc.ts';

export const backupsRules: readonly Rule[] = [
  backupInTheSameDomain,
  backupRunsByItself,
  componentWithoutBackup,
  copiesAreEncrypted,
  copiesDoNotStartTogether,
  copiesOutsideTheAccount,
  copiesOutsideTheLoss,
  copyBeforeAMigration,
  countsHaveABaseline,
  keptCopiesAreProven,
  lookedUpMomentsAreNotEmpty,
  oneScheduleForOneBackup,
  prunedAfterVerified,
  restorableMeansRestored,
  restoredFromTheNewestAvailable,
  secretCopiesAreEncrypted,
  sizeIsThatOfTheCopy,
  temporaryCopiesAreRemoved,
  verifiedMoreOftenThanKept,
  windowsInUtc,
];
