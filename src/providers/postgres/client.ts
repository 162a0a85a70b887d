import { answers, serves } from './alive.ts';
import { checkBackup, dump, findBackup, takeBase } from './backups.ts';
import type { PostgresClient } from './client-api.ts';
import { openFailover } from './failover/client.ts';
import { inspect } from './inspect.ts';
import {
  dataFolderState,
  lookAtServer,
  openServer,
  quarantineServer,
  restoreServer,
} from './instance/restored-server.ts';
import { discardSide, lookAtSide, restoreSide } from './instance/side.ts';
import { compareLedger } from './ledger.ts';
import { blockRole, readRole, unblockRole } from './roles.ts';
import { compareRows } from './rows/compare.ts';
import { extractRows } from './rows/extract.ts';
import { extractTables } from './rows/extract-tables.ts';
import { findDeletions } from './rows/find.ts';
import { loadRows, outcomeOf, previewLoad } from './rows/load.ts';
import { describeSalvage, findSalvage } from './rows/salvage.ts';
import { verifyPoint } from './verify/verify-point.ts';
import { database, type World } from './world.ts';

/** The real client: PostgreSQL over its own protocol, this machine, and the repository. Opening it touches nothing. */
export function openPostgres(world: World): PostgresClient {
  return {
    component: (name) => database(world, name),
    close: async () => undefined,

    role: (component, role) => readRole(world, component, role),
    blockRole: (component, role, signal) => blockRole(world, component, role, signal),
    unblockRole: (component, role) => unblockRole(world, component, role),

    findDeletions: (request) => findDeletions(world, request),
    salvage: async (component, by) => {
      const found = await findSalvage(world, component, by);
      return found === undefined ? undefined : describeSalvage(found);
    },
    extract: (request) => extractRows(world, request),
    extractTables: (request) => extractTables(world, request),
    previewLoad: (request) => previewLoad(world, request),
    load: (request) => loadRows(world, request),
    outcome: (component, receipt) => outcomeOf(world, component, receipt),
    compare: (request) => compareRows(world, request),

    side: (instance) => lookAtSide(world, instance),
    restoreSide: (request) => restoreSide(world, request),
    discardSide: (instance) => discardSide(world, instance),

    answers: (component, signal) => answers(world, component, signal),
    serves: (component, signal) => serves(world, component, signal),
    dataFolder: (component) => dataFolderState(world, component),
    server: (component) => lookAtServer(world, component),
    restoreServer: (request) => restoreServer(world, request),
    openServer: (request) => openServer(world, request),
    quarantineServer: (component, signal) => quarantineServer(world, component, signal),
    inspect: (request) => inspect(world, request),
    compareLedger: (request) => compareLedger(world, request),

    backup: (component, key) => findBackup(world, component, key),
    backupIsWhole: (component, id) => checkBackup(world, component, id),
    baseBackup: (request) => takeBase(world, request),
    dump: (request) => dump(world, request),

    verification: async (component, key) =>
      (await world.repository.verifications(component)).find((record) => record.key === key),
    verifyPoint: (request) => verifyPoint(world, request),
    ...openFailover(world),
  };
}
