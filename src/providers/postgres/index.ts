import type { Provider } from '../../actions/provider.ts';
import { baseBackup } from './actions/base-backup.ts';
import { blockRole } from './actions/block-role.ts';
import { checkLag } from './actions/check-lag.ts';
import { compareLedger } from './actions/compare-ledger.ts';
import { confirmLost } from './actions/confirm-lost.ts';
import { discardSide } from './actions/discard-side.ts';
import { dump } from './actions/dump.ts';
import { extractRows } from './actions/extract-rows.ts';
import { extractTables } from './actions/extract-tables.ts';
import { fence } from './actions/fence.ts';
import { findDeletion } from './actions/find-deletion.ts';
import { judgePrimary } from './actions/judge-primary.ts';
import { loadRows } from './actions/load-rows.ts';
import { openServer } from './actions/open-server.ts';
import { previewRows } from './actions/preview-rows.ts';
import { promote } from './actions/promote.ts';
import { rejoin } from './actions/rejoin.ts';
import { restoreOver } from './actions/restore-over.ts';
import { restoreServer } from './actions/restore-server.ts';
import { restoreSide } from './actions/restore-side.ts';
import { unblockRole } from './actions/unblock-role.ts';
import { verifyPoint } from './actions/verify-point.ts';
import { verifyRows } from './actions/verify-rows.ts';
import { verifyServer } from './actions/verify-server.ts';
import { openPostgres } from './client.ts';
import type { PostgresClient } from './client-api.ts';

/** PostgreSQL 15 and newer: backups, lost rows, lost servers, failing over. */
export const postgres: Provider<PostgresClient> = {
  id: 'postgres',
  title: 'PostgreSQL',
  actions: [
    baseBackup,
    blockRole,
    compareLedger,
    confirmLost,
    discardSide,
    dump,
    extractRows,
    extractTables,
    findDeletion,
    loadRows,
    openServer,
    previewRows,
    restoreOver,
    restoreServer,
    restoreSide,
    checkLag,
    fence,
    judgePrimary,
    promote,
    rejoin,
    unblockRole,
    verifyPoint,
    verifyRows,
    verifyServer,
  ],
  open: openPostgres,
  close: (client) => client.close(),
};
