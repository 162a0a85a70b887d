import { isDeepStrictEqual } from 'node:util';
import { actionContract, type ContractCase } from '../../actions/contract.testsuite.ts';
import type { JsonObject } from '../../lib/json.ts';
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
import { FAKE_DELETION, type FakeWorld, fakePostgres } from './client.fake.ts';
import type { PostgresClient, RestoredServer } from './client-api.ts';

const WRITES = [
  'blockRole',
  'unblockRole',
  'extract',
  'extractTables',
  'load',
  'restoreSide',
  'discardSide',
  'restoreServer',
  'openServer',
  'quarantineServer',
  'baseBackup',
  'dump',
  'verifyPoint',
  'fence',
  'unfence',
  'promote',
  'rejoin',
] as const;

/** A case in the fake world: what there is beforehand, and what spoils the result. */
function given(
  input: JsonObject,
  spoil: (world: FakeWorld) => void,
  change: (world: FakeWorld) => void = () => undefined,
): ContractCase<PostgresClient> {
  return {
    input: { component: 'database', ...input },
    writes: WRITES,
    prepare() {
      const { client, world } = fakePostgres(change);
      // What was tried and rolled back has left nothing behind but a number.
      const state = () => ({ ...world, transactions: undefined });
      const before = visible(world);
      return { client, state, spoil: () => spoil(world), undone: () => isDeepStrictEqual(visible(world), before) };
    },
  };
}

/** What undo must bring back: all but the count of writes and the sessions that were ended. */
const visible = (world: FakeWorld): unknown =>
  structuredClone({
    ...world,
    writes: undefined,
    roles: [...world.roles].map(([name, { canLogin }]) => [name, canLogin]),
  });

const blocked = (world: FakeWorld) =>
  world.roles.set('analyst', { canLogin: false, superuser: false, sessions: 0, ours: false });

actionContract(blockRole, {
  'a role with sessions': given({ role: 'analyst' }, (world) => {
    world.roles.set('analyst', { canLogin: true, superuser: false, sessions: 1, ours: false });
  }),
});
actionContract(unblockRole, {
  'a blocked role': given(
    { role: 'analyst' },
    (world) => void blocked(world),
    (world) => void blocked(world),
  ),
});

actionContract(findDeletion, {
  'one deletion': given({}, (world) => {
    world.deletions = [];
  }),
  'one of two, by its number': given(
    { xid: 731 },
    (world) => {
      world.deletions = [{ ...FAKE_DELETION, rows: 39 }];
    },
    (world) => {
      world.deletions = [FAKE_DELETION, { ...FAKE_DELETION, xid: 732 }];
    },
  ),
});

const SIDE = 'run-1-side-0a1b2c';
const side = {
  instance: SIDE,
  key: 'run-1/side',
  running: true,
  ready: true,
  reachedLsn: '0/3000000',
  backup: 'base-1',
  socketFolder: '/tmp/x',
};
const withSide = (world: FakeWorld) => void world.sides.set(SIDE, side);

actionContract(restoreSide, {
  'before a transaction': given({ before_xid: 731, commit_lsn: '0/3000028' }, (world) => world.sides.clear()),
  'all there is': given({ latest: true }, (world) => {
    for (const [name, known] of world.sides) world.sides.set(name, { ...known, running: false });
  }),
});
actionContract(discardSide, { 'a side instance': given({ instance: SIDE }, withSide, withSide) });
actionContract(extractRows, {
  'from a side instance': given(
    { instance: SIDE, xid: 731, commit_lsn: '0/3000028' },
    (world) => {
      for (const id of world.salvages.keys()) world.damaged.add(id);
    },
    withSide,
  ),
});
actionContract(extractTables, {
  'from a side instance': given(
    { instance: SIDE, tables: ['companies'] },
    (world) => {
      for (const id of world.salvages.keys()) world.damaged.add(id);
    },
    withSide,
  ),
});

const withSalvage = (world: FakeWorld) => void world.salvages.set('salvage-1', { key: 'k', rows: 40, xid: 731 });
const rowLost = (world: FakeWorld) => {
  world.rowsBack -= 1;
};
actionContract(loadRows, {
  'into a database that lacks all': given({ salvage: 'salvage-1' }, rowLost, withSalvage),
  'into one that has some again': given({ salvage: 'salvage-1' }, rowLost, (world) => {
    withSalvage(world);
    world.rowsBack = 7;
  }),
});
actionContract(previewRows, {
  'rows of which some are back': given(
    { salvage: 'salvage-1' },
    (world) => world.salvages.clear(),
    (world) => {
      withSalvage(world);
      world.rowsBack = 7;
    },
  ),
});
actionContract(verifyRows, {
  'rows that are back': given({ salvage: 'salvage-1' }, rowLost, (world) => {
    withSalvage(world);
    world.rowsBack = 40;
  }),
});

const lost = (world: FakeWorld) => {
  world.alive = false;
  world.dataFolder = 'missing';
};
actionContract(confirmLost, {
  'a server that is gone': given(
    {},
    (world) => {
      world.alive = true;
    },
    lost,
  ),
});

const SERVER: RestoredServer = {
  key: 'run-1/restore',
  state: 'quarantined',
  running: true,
  backup: 'base-1',
  timeline: 2,
  reachedLsn: '0/3000000',
  lastCommitAt: null,
};
const stopped = (world: FakeWorld) => {
  if (world.server) world.server = { ...world.server, running: false };
};
actionContract(restoreServer, {
  'to the latest moment': given({}, stopped, lost),
  'to a position': given({ to: '0/3000028' }, stopped, lost),
  'to a moment': given({ to: '2026-01-14T02:00:00Z' }, stopped, lost),
});
actionContract(restoreOver, {
  'a data folder that is there': given({}, stopped, (world) => {
    world.alive = false;
    world.dataFolder = 'present';
  }),
});
actionContract(openServer, {
  'a restored server': given({}, stopped, (world) => {
    world.server = SERVER;
  }),
});
actionContract(verifyServer, {
  'a database with data': given({}, (world) => {
    world.checks = [{ name: 'there are companies', held: false, observed: '{"companies":0}' }];
  }),
});
actionContract(compareLedger, {
  'nothing lost': given({ service: 'api' }, (world) => {
    world.ledger.lost = 1;
  }),
  'something lost': given(
    { service: 'api' },
    (world) => {
      world.ledger.lost = 3;
    },
    (world) => {
      world.ledger.lost = 2;
    },
  ),
});

const damaged = (world: FakeWorld) => {
  for (const id of world.backups.keys()) world.damaged.add(id);
};
actionContract(baseBackup, { 'a running server': given({}, damaged) });
actionContract(dump, { 'a running server': given({}, damaged) });

actionContract(verifyPoint, {
  'the newest point': given({}, (world) => world.verifications.clear()),
  'a point by its name': given({ point: 'base-1@1' }, (world) => world.verifications.clear()),
});
actionContract(judgePrimary, {
  'a primary that two places miss': given({ replicas: ['replica'], misses: 2 }, ({ failover }) => {
    failover.views = [{ from: 'us', kind: 'us', sight: 'alive', how: 'it answers and takes writes' }];
  }),
});
actionContract(checkLag, {
  'a replica that has received all': given({ replicas: ['replica'] }, ({ failover }) => {
    failover.replica = { ...failover.replica, system: '8' };
  }),
});
const fenceIsGone = ({ failover }: FakeWorld) => {
  failover.closedBy = undefined;
};
actionContract(fence, {
  'a server that turns its application away': given({ by: 'refuse_logins' }, fenceIsGone),
  'by commands': given({ by: 'command', close: 'true', proof: 'true', open: 'true' }, fenceIsGone),
});
actionContract(promote, {
  'a replica': given({ component: 'replica', of: 'database' }, ({ failover }) => {
    failover.writable = false;
  }),
});
actionContract(rejoin, {
  'an old primary': given({ primary: 'replica' }, ({ failover }) => {
    failover.follower = { ...failover.follower, follows: false };
  }),
});
