import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateIdentity } from '../../src/backup/crypt.ts';
import { openFolderStore } from '../../src/backup/folder-store.ts';
import { createRepository } from '../../src/backup/repository.ts';
import { type Lifeboat, lifeboatOf, type RunningLifeboat } from '../lifeboat.ts';
import { type LabPostgres, startPostgres } from '../postgres.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../world-folder.ts';
import { type Application, startApplication } from './application.ts';
import { DATABASE, FULL_SEED, makeDatabase, makePassword, type Passwords, type SeedSize } from './database.ts';

const PLAN_FILE = fileURLToPath(new URL('../../examples/corporate-intel/lifeboat.yaml', import.meta.url));

/** Who begins the runs: one of the people whom the company's plan names to answer first. */
const ON_CALL = 'toni';

export interface WorldOptions {
  readonly seed?: SeedSize;
  /** Commits a second that the application tries. */
  readonly rate?: number;
  /** Lines for postgresql.conf. */
  readonly settings?: readonly string[];
  /** Makes this world's plan out of the company's own; default: the company's own. */
  changePlan?(text: string): string;
  /** Password of the role that Lifeboat uses; default: a random one. */
  readonly lifeboatPassword?: string;
}

/** Corporate Intelligence on this machine: its database, its application, its repository, and `lifeboat` set up for them. */
export interface World {
  readonly folder: WorldFolder;
  readonly server: LabPostgres;
  readonly application: Application;
  readonly repository: string;
  readonly state: string;
  readonly plan: string;
  readonly urls: { readonly superuser: string; readonly application: string; readonly analyst: string };
  /** The environment that the plan is run with. Holds the secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly lifeboat: Lifeboat;
  close(options?: { keep?: boolean }): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await makeWorldFolder();
  try {
    return await fill(folder, options);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function fill(folder: WorldFolder, options: WorldOptions): Promise<World> {
  const passwords: Passwords = {
    superuser: makePassword(),
    application: makePassword(),
    analyst: makePassword(),
    lifeboat: options.lifeboatPassword ?? makePassword(),
  };
  const server = await startPostgres({
    folder,
    port: await freePort(),
    password: passwords.superuser,
    ...(options.settings ? { settings: options.settings } : {}),
    // To try another version than the newest one of this machine.
    ...(process.env.LAB_POSTGRES_MAJOR ? { major: Number(process.env.LAB_POSTGRES_MAJOR) } : {}),
  });
  await makeDatabase(server, passwords, options.seed ?? FULL_SEED);
  const application = await startApplication({
    folder,
    databaseUrl: server.url('corporate_app', passwords.application, DATABASE),
    port: await freePort(),
    ledger: join(folder.path, 'ledger.ndjson'),
    rate: options.rate ?? 80,
  });
  const repository = join(folder.path, 'repository');
  const plan = await planFile(folder, options);
  const state = join(folder.path, 'state');
  const env = {
    ...machineEnv(),
    // What programs put into the temporary folder goes with the world, also when they are killed.
    TMPDIR: folder.path,
    ...(await makeRepository(repository)),
    LIFEBOAT_PLAN: plan,
    LIFEBOAT_STATE: state,
    // Whoever begins a run may not approve it, so it must be another one than the operator, whatever the user of this machine is called.
    LIFEBOAT_USER: ON_CALL,
    CORPORATE_INTEL_DATABASE_URL: server.url('lifeboat', passwords.lifeboat, DATABASE),
    CORPORATE_INTEL_DATA_FOLDER: server.dataFolder,
    CORPORATE_INTEL_PORT: String(server.port),
    CORPORATE_INTEL_HEALTH_URL: application.healthUrl,
    CORPORATE_INTEL_LEDGER: application.ledger,
    CORPORATE_INTEL_REPOSITORY: repository,
  };
  return {
    folder,
    server,
    application,
    repository,
    state,
    plan,
    urls: {
      superuser: server.url('postgres', passwords.superuser, DATABASE),
      application: server.url('corporate_app', passwords.application, DATABASE),
      analyst: server.url('analyst', passwords.analyst, DATABASE),
    },
    env,
    lifeboat: lifeboatOf(folder, env),
    async close(closing) {
      await application.stop();
      await folder.close(closing);
    },
  };
}

async function planFile(folder: WorldFolder, { changePlan }: WorldOptions): Promise<string> {
  if (changePlan === undefined) return PLAN_FILE;
  const file = join(folder.path, 'lifeboat.yaml');
  await writeFile(file, changePlan(await readFile(PLAN_FILE, 'utf8')));
  return file;
}

/** What programs need of this machine, and nothing of what else stands in our environment. */
function machineEnv(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'NODE_COMPILE_CACHE'];
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}

async function makeRepository(folder: string): Promise<Record<string, string>> {
  const { identity, recipient } = await generateIdentity();
  await createRepository(openFolderStore(folder), { recipients: [recipient], id: makePassword(), now: new Date() });
  return { CORPORATE_INTEL_RECIPIENT: recipient, LIFEBOAT_IDENTITY: identity };
}

/** Starts `lifeboat backup --stream` and waits until it says that it streams. */
export async function startStream(world: World): Promise<RunningLifeboat> {
  const stream = await world.lifeboat.start(['backup', 'database', '--stream', '--plan', world.plan]);
  await stream.line(/streaming/);
  return stream;
}
