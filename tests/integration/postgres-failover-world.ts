import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Action } from '../../src/actions/action.ts';
import type { ProviderServices } from '../../src/actions/provider.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Plan } from '../../src/model/plan.ts';
import { expressions } from '../../src/plan/expressions.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import type { PostgresClient } from '../../src/providers/postgres/client-api.ts';
import { stopServer } from '../../src/providers/postgres/instance/server.ts';
import { contextOf, newStep, type Step } from './postgres-actions-world.ts';
import { standbyOf, startServer, type TestServer } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

export const APP_PASSWORD = 'app-pa55word';

/** A primary `one`, its replica `two`, an application role on both, and a client that knows them as components. */
export interface FailoverWorld {
  readonly one: TestServer;
  readonly two: TestServer;
  readonly client: PostgresClient;
  readonly services: ProviderServices;
  readonly log: string[];
  /** Carries an action out as the engine does: look, act, prove. */
  perform<In, Out>(action: Action<PostgresClient, In, Out>, input: unknown, step?: Step): Promise<Out>;
  close(): Promise<void>;
}

export async function failoverWorld(settings: Record<string, string> = {}): Promise<FailoverWorld> {
  const one = await startServer({
    wal_log_hints: 'on',
    wal_keep_size: '128MB',
    wal_retrieve_retry_interval: '100ms',
    ...settings,
  });
  await one.sql(`CREATE ROLE app LOGIN PASSWORD '${APP_PASSWORD}'`);
  await one.sql('CREATE TABLE orders (id int PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())');
  await one.sql('GRANT ALL ON orders TO app');
  const two = await standbyOf(one);
  const store = await testRepository();
  const services = await servicesOf({ one, two, store });
  const client = openPostgres(services);
  const log: string[] = [];
  return {
    one,
    two,
    client,
    services,
    log,
    perform: (action, input, step = newStep(action.name)) => perform(action, input, { client, step, log }),
    close: async () => {
      for (const server of [one, two]) {
        // What Lifeboat has started is no child of ours.
        await stopServer({ dataFolder: server.data, mode: 'immediate', clock: systemClock }).catch(() => undefined);
        await server.remove();
      }
      await store.remove();
    },
  };
}

async function servicesOf(parts: { one: TestServer; two: TestServer; store: TestRepository }) {
  const { one, two, store } = parts;
  const workFolder = join(store.folder, '..', `${store.folder.split('/').at(-1)}-work`);
  await mkdir(workFolder, { recursive: true });
  await chmod(workFolder, 0o711);
  return {
    clock: systemClock,
    plan: planOf(one, two),
    repository: store.repository,
    catalog: openCatalog(store.repository),
    condition: expressions.condition,
    secret: (ref: unknown) => String(ref),
    secretTexts: () => [],
    workFolder,
    env: (name: string) => process.env[name],
  } satisfies ProviderServices;
}

const component = ({ uri, data, port }: TestServer) => ({
  kind: 'postgres',
  connection: uri,
  application_connection: appUri(port),
  application_roles: ['app'],
  server: { data_folder: data, port },
});

export const appUri = (port: number): string => `postgres://app:${APP_PASSWORD}@127.0.0.1:${port}/postgres`;

const planOf = (one: TestServer, two: TestServer): Plan =>
  Plan.parse({
    lifeboat: 1,
    plan: { name: 'test', title: 'Test', owner: 'lead', version: '1' },
    environments: { production: {} },
    people: { alex: { name: 'Alex' } },
    roles: { lead: { people: ['alex'] } },
    repository: { folder: '/nowhere', recipients: ['age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw'] },
    components: { one: component(one), two: component(two) },
    scenarios: {},
  });

async function perform<In, Out>(
  action: Action<PostgresClient, In, Out>,
  raw: unknown,
  { client, step, log }: { client: PostgresClient; step: Step; log: string[] },
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

/** An application that writes without a pause, to whichever server takes it, and knows what was acknowledged. */
export interface Writer {
  /** Acknowledged commits, with the port that acknowledged them and when. */
  readonly acknowledged: { readonly id: number; readonly port: number; readonly at: number }[];
  end(): Promise<void>;
}

export function startWriter(ports: readonly number[], firstId = 1): Writer {
  const acknowledged: Writer['acknowledged'] = [];
  let ended = false;
  let id = firstId;
  const writeTo = async (port: number): Promise<void> => {
    const client = new pg.Client({ connectionString: appUri(port), connectionTimeoutMillis: 300 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!ended) {
        const now = id++;
        await client.query('INSERT INTO orders (id) VALUES ($1)', [now]);
        acknowledged.push({ id: now, port, at: performance.now() });
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  // One worker for each server, so that two that both take writes would both be found out.
  const workers = ports.map(async (port) => {
    while (!ended) await writeTo(port);
  });
  return {
    acknowledged,
    end: async () => {
      ended = true;
      await Promise.all(workers);
    },
  };
}

/** Looks until something is so. */
export async function until(what: string, look: () => Promise<boolean> | boolean, within = 20_000): Promise<void> {
  for (const end = performance.now() + within; !(await look()); ) {
    if (performance.now() > end) throw new Error(`it did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
