import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Action, ActionContext } from '../../src/actions/action.ts';
import type { ProviderServices } from '../../src/actions/provider.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Json } from '../../src/lib/json.ts';
import { Plan } from '../../src/model/plan.ts';
import { expressions } from '../../src/plan/expressions.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import type { PostgresClient } from '../../src/providers/postgres/client-api.ts';
import { giveTo, runProgram, serverUser } from '../../src/providers/postgres/instance/as-user.ts';
import { findBinaries } from '../../src/providers/postgres/instance/binaries.ts';
import { startServer, stopServer } from '../../src/providers/postgres/instance/server.ts';
import { socketFolderOf } from '../../src/providers/postgres/instance/sockets.ts';
import { freePort } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

export const PASSWORD = 'pa55-of-the-test';

/** A production server, a repository and a client over both: what the actions work on. */
export interface TestWorld {
  readonly root: string;
  readonly uri: string;
  readonly dataFolder: string;
  readonly port: number;
  readonly store: TestRepository;
  readonly services: ProviderServices;
  readonly client: PostgresClient;
  readonly log: string[];
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  start(): Promise<void>;
  /** Ends every process of the server at once and removes its files: the disaster. */
  destroy(): Promise<void>;
  /** Carries an action out as the engine does: look, act, prove. */
  perform<In, Out>(action: Action<PostgresClient, In, Out>, input: unknown, step?: Step): Promise<Out>;
  close(): Promise<void>;
}

/** One step of a run: its key, and what it noted so far. */
export interface Step {
  readonly key: string;
  readonly notes: Json[];
  readonly client?: PostgresClient;
}

let steps = 0;
export const newStep = (name = 'step'): Step => ({ key: `run-test/${name}-${++steps}`, notes: [] });

export interface WorldOptions {
  readonly major?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Fields of the component `database` besides its connection and server. */
  readonly database?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
}

export async function testWorld(options: WorldOptions = {}): Promise<TestWorld> {
  const root = await mkdtemp(join(tmpdir(), 'lbact-'));
  await chmod(root, 0o711);
  const env = (name: string) => process.env[name];
  const user = await serverUser();
  const binaries = await findBinaries({
    ...(options.major ? { major: options.major } : {}),
    need: ['postgres', 'initdb'],
    env,
    user,
  });
  const dataFolder = join(root, 'data');
  const port = await freePort();
  await initialize({ root, dataFolder, folder: binaries.folder, user });
  const uri = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const start = async () => {
    await startServer({
      binaries,
      dataFolder,
      logFile: join(root, 'production.log'),
      socketFolder: socketFolderOf(dataFolder),
      port,
      listen: '127.0.0.1',
      user,
      settings: { fsync: 'off', shared_buffers: '32MB', ...options.settings },
      clock: systemClock,
    });
  };
  await start();
  const store = await testRepository();
  const services: ProviderServices = {
    clock: systemClock,
    plan: planOf({ uri, dataFolder, port, options }),
    repository: store.repository,
    catalog: openCatalog(store.repository),
    condition: expressions.condition,
    secret: (ref) => (typeof ref === 'string' ? ref : uri),
    secretTexts: () => [],
    workFolder: await makeFolder(join(root, 'work')),
    env,
  };
  const client = openPostgres(services);
  const log: string[] = [];
  const stop = () => stopServer({ dataFolder, mode: 'immediate', clock: systemClock });
  return {
    root,
    uri,
    dataFolder,
    port,
    store,
    services,
    client,
    log,
    start,
    sql: (text, values) => query(uri, text, values),
    destroy: async () => {
      await stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
    perform: (action, input, step = newStep(action.name)) => perform(action, input, { step, client, log }),
    close: async () => {
      for (const instance of await side(services)) await client.discardSide(instance);
      await stop();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
      await rm(socketFolderOf(dataFolder), { recursive: true, force: true });
      await store.remove();
    },
  };
}

async function side({ workFolder }: ProviderServices): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  return readdir(join(workFolder, 'instances')).catch(() => []);
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o711);
  return path;
}

async function initialize(options: {
  root: string;
  dataFolder: string;
  folder: string;
  user: Awaited<ReturnType<typeof serverUser>>;
}): Promise<void> {
  const { root, dataFolder, folder, user } = options;
  const { writeFile } = await import('node:fs/promises');
  const password = join(root, 'password');
  await writeFile(password, PASSWORD);
  await mkdir(dataFolder, { mode: 0o700 });
  await giveTo(user, password);
  await giveTo(user, dataFolder);
  const args = [
    '-D',
    dataFolder,
    '-k',
    '-N',
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
  ];
  const made = await runProgram(join(folder, 'initdb'), [...args, '--locale=C'], { user });
  if (made.code !== 0) throw new Error(`initdb: ${made.stderr}`);
}

function planOf({
  uri,
  dataFolder,
  port,
  options,
}: {
  uri: string;
  dataFolder: string;
  port: number;
  options: WorldOptions;
}): Plan {
  return Plan.parse({
    lifeboat: 1,
    plan: { name: 'test', title: 'Test', owner: 'lead', version: '1' },
    environments: { production: {} },
    people: { alex: { name: 'Alex' } },
    roles: { lead: { people: ['alex'] } },
    repository: { folder: '/nowhere', recipients: ['age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw'] },
    components: {
      database: {
        kind: 'postgres',
        connection: uri,
        server: { data_folder: dataFolder, port },
        backups: [{ method: 'postgres.wal_stream' }],
        ...options.database,
      },
      api: { kind: 'service', health: { url: 'http://127.0.0.1:9/' }, ...options.service },
    },
    scenarios: {},
  });
}

async function query<Row extends pg.QueryResultRow>(
  uri: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Row>(text, values.length > 0 ? [...values] : undefined);
    return result.rows;
  } finally {
    await client.end();
  }
}

export function contextOf(client: PostgresClient, step: Step, log: string[] = []): ActionContext<PostgresClient> {
  return {
    client,
    key: step.key,
    signal: new AbortController().signal,
    clock: systemClock,
    log: (line) => void log.push(line),
    note: async (fact) => void step.notes.push(fact),
    notes: step.notes,
  };
}

async function perform<In, Out>(
  action: Action<PostgresClient, In, Out>,
  raw: unknown,
  { step, client, log }: { step: Step; client: PostgresClient; log: string[] },
): Promise<Out> {
  const ctx = contextOf(step.client ?? client, step, log);
  const input = action.input.parse(raw);
  const seen = await action.observe(ctx, input);
  const output = action.output.parse(seen.state === 'done' ? seen.output : await action.run(ctx, input));
  const proofs = await action.verify(ctx, input, output);
  const broken = proofs.filter((proof) => !proof.held);
  if (proofs.length === 0 || broken.length > 0) throw new Error(`not proven: ${JSON.stringify(broken)}`);
  return output;
}
