import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { seconds } from '../../src/lib/duration.ts';
import type { LogSearchRequest, LogSearchResult } from '../../src/model/log-search.ts';
import { formatLsn, parseLsn } from '../../src/model/lsn.ts';
import { Plan } from '../../src/model/plan.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import { findTransactions } from '../../src/providers/postgres/find/find-transactions.ts';
import { archiveUpTo } from '../../src/providers/postgres/stream/archive.ts';
import type { World } from '../../src/providers/postgres/world.ts';
import { startServer, type TestServer } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

/** A server, its repository, and what Lifeboat's provider needs to work with both. */
export interface PointsWorld {
  readonly server: TestServer;
  readonly store: TestRepository;
  readonly world: World;
  backup(key: string): Promise<void>;
  /** Brings all log written so far into the repository. */
  archive(): Promise<string>;
  find(over?: Partial<LogSearchRequest>): Promise<LogSearchResult>;
  remove(): Promise<void>;
}

const { signal } = new AbortController();

export async function pointsWorld(settings: Record<string, string> = {}): Promise<PointsWorld> {
  const server = await startServer({ max_prepared_transactions: '4', ...settings });
  const store = await testRepository();
  const world = worldOf(server, store);
  const log = (): void => undefined;
  return {
    server,
    store,
    world,
    async backup(key) {
      await openPostgres(world).baseBackup({ component: 'database', key, signal, log });
    },
    async archive() {
      const [row] = await server.sql('SELECT pg_current_wal_flush_lsn()::text AS l');
      const position = parseLsn(row?.l);
      const { repository } = store;
      const common = { connection: server.uri, repository, component: 'database', clock: systemClock, signal };
      await archiveUpTo({ ...common, position, timeout: seconds(60) });
      return formatLsn(position);
    },
    find: (over = {}) =>
      findTransactions(world, { component: 'database', kinds: [], minRows: 1, signal, log, ...over }),
    async remove() {
      await server.remove();
      await store.remove();
    },
  };
}

function worldOf(server: TestServer, { repository, recipient }: TestRepository): World {
  const plan = Plan.parse({
    lifeboat: 1,
    plan: { name: 'test', title: 'Test', owner: 'lead', version: '1' },
    environments: { production: {} },
    people: { alex: { name: 'Alex' } },
    roles: { lead: { people: ['alex'] } },
    repository: { folder: '/nowhere', recipients: [recipient] },
    components: { database: { kind: 'postgres', connection: server.uri, backups: [] } },
    scenarios: {},
  });
  return {
    clock: systemClock,
    plan,
    repository,
    catalog: openCatalog(repository),
    condition: () => true,
    secret: (text) => String(text),
    secretTexts: () => [],
    workFolder: server.folder,
    env: () => undefined,
  };
}
