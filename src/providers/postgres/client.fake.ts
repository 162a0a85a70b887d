import { KnownError } from '../../model/errors.ts';
import { formatLsn } from '../../model/lsn.ts';
import { PostgresComponent } from '../../model/plan.ts';
import type { VerificationRecord } from '../../model/repository.ts';
import type {
  Check,
  Deletion,
  LoadedTable,
  PostgresClient,
  RestoredServer,
  RestoreTarget,
  RoleState,
  SideInstance,
  TakenBackup,
} from './client-api.ts';
import { type FakeFailover, failoverClient, fakeFailover } from './failover/failover.fake.ts';

/** A database, its machine and its repository in memory. Everything a test may look at or spoil. */
export interface FakeWorld {
  component: PostgresComponent;
  readonly roles: Map<string, { -readonly [Field in keyof RoleState]: RoleState[Field] }>;
  deletions: Deletion[];
  readonly sides: Map<string, SideInstance & { readonly key: string }>;
  readonly salvages: Map<string, { readonly key: string; readonly rows: number; readonly xid: number }>;
  /** Salvaged rows that are in the live database again. */
  rowsBack: number;
  /** By number: what became of each transaction that put rows back. */
  readonly transactions: Map<string, 'committed' | 'aborted'>;
  alive: boolean;
  dataFolder: 'missing' | 'empty' | 'present' | 'not configured';
  server: RestoredServer | undefined;
  readonly backups: Map<string, TakenBackup & { readonly key: string }>;
  readonly damaged: Set<string>;
  checks: Check[];
  ledger: { acknowledged: number; lost: number };
  readonly verifications: Map<string, VerificationRecord>;
  readonly failover: FakeFailover;
  /** How many calls had an effect. */
  writes: number;
}

export interface FakePostgres {
  readonly world: FakeWorld;
  readonly client: PostgresClient;
}

const PORT = 5432;

/** The same world each time: a healthy database `database` with one deletion in its log. */
export function fakePostgres(change: (world: FakeWorld) => void = () => undefined): FakePostgres {
  const world: FakeWorld = {
    component: PostgresComponent.parse({
      kind: 'postgres',
      connection: 'postgres://lifeboat@db.example.com/app',
      application_roles: ['app'],
      server: { data_folder: '/srv/database' },
    }),
    roles: new Map([
      ['analyst', { canLogin: true, superuser: false, sessions: 2, ours: false }],
      ['app', { canLogin: true, superuser: false, sessions: 9, ours: false }],
      ['lifeboat', { canLogin: true, superuser: true, sessions: 1, ours: true }],
    ]),
    deletions: [FAKE_DELETION],
    sides: new Map(),
    salvages: new Map(),
    rowsBack: 0,
    transactions: new Map(),
    alive: true,
    dataFolder: 'present',
    server: undefined,
    backups: new Map(),
    damaged: new Set(),
    checks: [{ name: 'there are companies', held: true, observed: '{"companies":3}' }],
    ledger: { acknowledged: 10, lost: 0 },
    verifications: new Map(),
    failover: fakeFailover(),
    writes: 0,
  };
  change(world);
  return { world, client: clientOf(world) };
}

export const FAKE_DELETION: Deletion = {
  xid: 731,
  commitLsn: '0/3000028',
  committedAt: '2026-01-14T02:00:00.000Z',
  rows: 40,
  tables: [
    { table: 'public.filings', rows: 36 },
    { table: 'public.companies', rows: 4 },
  ],
  updatedRows: 0,
};

const clientOf = (world: FakeWorld): PostgresClient => ({
  component: () => world.component,
  close: async () => undefined,
  ...roles(world),
  ...rows(world),
  ...sides(world),
  ...servers(world),
  ...backups(world),
  ...verifications(world),
  ...failoverClient(world),
});

function roles(world: FakeWorld): Pick<PostgresClient, 'role' | 'blockRole' | 'unblockRole'> {
  return {
    role: async (_, role) => (world.roles.has(role) ? { ...(world.roles.get(role) as RoleState) } : undefined),
    async blockRole(_, role) {
      const state = world.roles.get(role);
      if (state === undefined) throw refused(`no role ${role}`);
      const { canLogin, sessions } = state;
      if (canLogin || sessions > 0) world.writes++;
      world.roles.set(role, { ...state, canLogin: false, sessions: 0 });
      return sessions;
    },
    async unblockRole(_, role) {
      const state = world.roles.get(role);
      if (state === undefined) throw refused(`no role ${role}`);
      if (!state.canLogin) world.writes++;
      world.roles.set(role, { ...state, canLogin: true });
    },
  };
}

const refused = (message: string): KnownError => new KnownError('TARGET_FAILED', message, 'Look.');

type Rows = Pick<
  PostgresClient,
  'findDeletions' | 'salvage' | 'extract' | 'extractTables' | 'previewLoad' | 'load' | 'outcome' | 'compare'
>;

function rows(world: FakeWorld): Rows {
  const rowsOf = (salvage: string): number => world.salvages.get(salvage)?.rows ?? 0;
  const describe = (id: string) => {
    const found = world.salvages.get(id);
    const table = { table: 'public.companies', rows: found?.rows ?? 0, key: ['id'] };
    return found && { id, rows: found.rows, updatedRows: 0, movedRows: 0, xid: found.xid, tables: [table] };
  };
  const store = (instance: string, key: string, { xid, rows: lost }: { xid: number; rows: number }) => {
    if (!world.sides.get(instance)?.running) throw refused(`no side instance ${instance}`);
    const id = `salvage-${key.replaceAll('/', '-')}`;
    if (!world.salvages.has(id)) world.writes++;
    world.salvages.set(id, { key, xid, rows: lost });
    return describe(id) as NonNullable<ReturnType<typeof describe>>;
  };
  const loadedNow = (salvage: string): LoadedTable => {
    const alreadyThere = Math.min(world.rowsBack, rowsOf(salvage));
    const inserted = rowsOf(salvage) - alreadyThere;
    return { table: 'public.companies', inserted, alreadyThere, restored: 0, unchanged: 0, conflicting: 0 };
  };
  return {
    async findDeletions({ xid, since }) {
      const found = world.deletions.filter((deletion) => xid === undefined || deletion.xid === xid);
      return { deletions: found, removedFiles: [], incomplete: [], since: since.toISOString(), reachesBack: true };
    },
    async salvage(_, by) {
      const byKey = [...world.salvages].find(([, { key }]) => 'key' in by && key === by.key)?.[0];
      return describe('id' in by ? by.id : (byKey ?? ''));
    },
    extract: async ({ instance, xid, key }) =>
      store(instance, key, { xid, rows: world.deletions.find((one) => one.xid === xid)?.rows ?? 0 }),
    extractTables: async ({ instance, key }) => store(instance, key, { xid: 0, rows: 40 }),
    previewLoad: async ({ salvage }) => ({ tables: [loadedNow(salvage)], conflicts: [], notes: [] }),
    async load({ salvage, beforeCommit }) {
      const xid = String(1000 + world.transactions.size);
      world.transactions.set(xid, 'aborted');
      const table = loadedNow(salvage);
      const loaded = { tables: [table], conflicts: [], notes: [] };
      await beforeCommit({ system: '1/1', xid }, loaded);
      world.transactions.set(xid, 'committed');
      if (table.inserted > 0) world.writes++;
      world.rowsBack += table.inserted;
      return loaded;
    },
    outcome: async (_, { xid }) => world.transactions.get(xid) ?? 'unknown',
    async compare({ salvage }) {
      const all = rowsOf(salvage);
      const equal = Math.min(all, world.rowsBack);
      return [{ table: 'public.companies', rows: all, equal, changed: 0, missing: all - equal, orphans: 0 }];
    },
  };
}

function sides(world: FakeWorld): Pick<PostgresClient, 'side' | 'restoreSide' | 'discardSide'> {
  return {
    side: async (instance) => world.sides.get(instance),
    async restoreSide({ instance, key, target }) {
      const known = world.sides.get(instance);
      if (known?.running) return known;
      world.writes++;
      const made = {
        instance,
        key,
        running: true,
        ready: true,
        reachedLsn: reached(target),
        backup: 'base-1',
        socketFolder: `/tmp/${instance}`,
      };
      world.sides.set(instance, made);
      return made;
    },
    async discardSide(instance) {
      if (world.sides.delete(instance)) world.writes++;
    },
  };
}

const reached = (target: RestoreTarget): string => (target.kind === 'lsn' ? formatLsn(target.lsn) : '0/3000000');

type Servers = Pick<
  PostgresClient,
  | 'answers'
  | 'serves'
  | 'dataFolder'
  | 'server'
  | 'restoreServer'
  | 'openServer'
  | 'quarantineServer'
  | 'inspect'
  | 'compareLedger'
>;

function servers(world: FakeWorld): Servers {
  const restored = (): RestoredServer => {
    if (world.server === undefined) throw refused('nothing is restored');
    return world.server;
  };
  const closed = ({ listening: _, ...server }: RestoredServer): RestoredServer => ({ ...server, state: 'quarantined' });
  return {
    answers: async () => ({ answers: world.alive, how: world.alive ? 'it answers queries' : 'ECONNREFUSED' }),
    serves: async () => {
      const open = world.server?.state === 'open' && world.server.running;
      return { serves: open, how: open ? 'it answers queries' : 'ECONNREFUSED' };
    },
    dataFolder: async () => world.dataFolder,
    server: async () => world.server,
    async restoreServer({ key, target, delta }) {
      if (world.server?.key === key) return world.server;
      if (world.dataFolder === 'present' && !delta)
        throw new KnownError('TARGET_NOT_EMPTY', 'the data folder holds something', 'Move it away.');
      world.writes++;
      world.dataFolder = 'present';
      const found = {
        backup: 'base-1',
        timeline: 2,
        reachedLsn: reached(target),
        lastCommitAt: FAKE_DELETION.committedAt,
      };
      world.server = { key, state: 'quarantined', running: true, ...found };
      return world.server;
    },
    async openServer() {
      if (restored().state !== 'open') world.writes++;
      world.server = { ...restored(), state: 'open', running: true, listening: PORT };
      return { address: '127.0.0.1', port: PORT };
    },
    async quarantineServer() {
      if (restored().state !== 'quarantined') world.writes++;
      world.server = closed(restored());
    },
    inspect: async ({ quick }) => ({ tables: quick ? 0 : 2, rows: quick ? 0 : 7, checks: [...world.checks] }),
    async compareLedger() {
      const { acknowledged, lost } = world.ledger;
      const lostIds = Array.from({ length: lost }, (_, index) => `public.orders/${index}`);
      const lastFoundAt = FAKE_DELETION.committedAt;
      return { acknowledged, found: acknowledged - lost, lost, lostIds, lastFoundAt, lossSeconds: lost };
    },
  };
}

function backups(world: FakeWorld): Pick<PostgresClient, 'backup' | 'backupIsWhole' | 'baseBackup' | 'dump'> {
  const take = (key: string, extra: { endLsn?: string }): TakenBackup => {
    const known = [...world.backups.values()].find((backup) => backup.key === key);
    if (known !== undefined) return known;
    world.writes++;
    const made = { id: `backup-${world.backups.size + 1}`, key, bytes: 100, ...extra };
    world.backups.set(made.id, made);
    return made;
  };
  return {
    backup: async (_, key) => [...world.backups.values()].find((backup) => backup.key === key),
    async backupIsWhole(_, id) {
      const whole = (world.backups.has(id) || world.salvages.has(id)) && !world.damaged.has(id);
      return { whole, why: whole ? 'every object is there' : 'an object is missing' };
    },
    baseBackup: async ({ key }) => take(key, { endLsn: '0/2000100' }),
    dump: async ({ key }) => take(key, {}),
  };
}

function verifications(world: FakeWorld): Pick<PostgresClient, 'verification' | 'verifyPoint'> {
  return {
    verification: async (_, key) => world.verifications.get(key),
    async verifyPoint({ component, key }) {
      const known = world.verifications.get(key);
      if (known !== undefined) return known;
      world.writes++;
      const proofs = world.checks.map(({ name, held, observed }) => ({ claim: name, held, observed }));
      const made = {
        backup: 'base-1',
        point: 'base-1@1',
        component,
        key,
        at: FAKE_DELETION.committedAt,
        held: true,
        proofs,
      };
      world.verifications.set(key, made);
      return made;
    },
  };
}
