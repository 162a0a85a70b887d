import type { Rule } from '../../rule.ts';
import { codeAndSchemaGoBackTogether } from './code-and-schema-go-back-together.ts';
import { damageIsLookedForInTheData } from './damage-is-looked-for-in-the-data.ts';
import { databaseUserIsAllowed } from './database-user-is-allowed.ts';
import { dbshellPassesItsOptions } from './dbshell-passes-its-options.ts';
import { deletedRowsComeFromTheSide } from './deleted-rows-come-from-the-side.ts';
import { downgradeNamesItsRevision } from './downgrade-names-its-revision.ts';
import { extractedRowsAreLoaded } from './extracted-rows-are-loaded.ts';
import { fetchedPasswordIsUsed } from './fetched-password-is-used.ts';
import { listsFromPsqlAreBare } from './lists-from-psql-are-bare.ts';
import { logGoesOnABaseBackup } from './log-goes-on-a-base-backup.ts';
import { logIsFetchedByRestoreCommand } from './log-is-fetched-by-restore-command.ts';
import { migrationHistoryIsLeftToItsTool } from './migration-history-is-left-to-its-tool.ts';
import { oldCodeAfterADowngrade } from './old-code-after-a-downgrade.ts';
import { onlyChosenSessionsAreEnded } from './only-chosen-sessions-are-ended.ts';
import { otherDatabasesStayAsTheyAre } from './other-databases-stay-as-they-are.ts';
import { parallelRestoreReadsAFile } from './parallel-restore-reads-a-file.ts';
import { passwordOfTheRestoredServer } from './password-of-the-restored-server.ts';
import { plainDumpsGoToPsql } from './plain-dumps-go-to-psql.ts';
import { recoverySettingsOfThisVersion } from './recovery-settings-of-this-version.ts';
import { recoveryStartsFromABaseBackup } from './recovery-starts-from-a-base-backup.ts';
import { renamedDatabasesAreReplaced } from './renamed-databases-are-replaced.ts';
import { replayIsResumedWhileItWaits } from './replay-is-resumed-while-it-waits.ts';
import { restoredStorageIsWarmedUp } from './restored-storage-is-warmed-up.ts';
import { serverRunsWhileItIsUsed } from './server-runs-while-it-is-used.ts';
import { sqlCanBeRead } from './sql-can-be-read.ts';
import { sqlStopsAtTheFirstError } from './sql-stops-at-the-first-error.ts';
import { statisticsAreNoRowCounts } from './statistics-are-no-row-counts.ts';
import { systemViewsHaveTheColumn } from './system-views-have-the-column.ts';
import { walWithoutBaseBackup } from './wal-without-base-backup.ts';

export const postgresRules: readonly Rule[] = [
  codeAndSchemaGoBackTogether,
  damageIsLookedForInTheData,
  databaseUserIsAllowed,
  dbshellPassesItsOptions,
  deletedRowsComeFromTheSide,
  downgradeNamesItsRevision,
  extractedRowsAreLoaded,
  fetchedPasswordIsUsed,
  listsFromPsqlAreBare,
  logGoesOnABaseBackup,
  logIsFetchedByRestoreCommand,
  migrationHistoryIsLeftToItsTool,
  oldCodeAfterADowngrade,
  onlyChosenSessionsAreEnded,
  otherDatabasesStayAsTheyAre,
  parallelRestoreReadsAFile,
  passwordOfTheRestoredServer,
  plainDumpsGoToPsql,
  recoverySettingsOfThisVersion,
  recoveryStartsFromABaseBackup,
  renamedDatabasesAreReplaced,
  replayIsResumedWhileItWaits,
  restoredStorageIsWarmedUp,
  serverRunsWhileItIsUsed,
  sqlCanBeRead,
  sqlStopsAtTheFirstError,
  statisticsAreNoRowCounts,
  systemViewsHaveTheColumn,
  walWithoutBaseBackup,
];
