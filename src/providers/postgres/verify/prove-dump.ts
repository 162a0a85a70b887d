import { chmod, chown, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDuration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { type Address, withSession } from '../connect.ts';
import { askAll } from '../inspect.ts';
import { runProgram, type ServerUser, serverUser } from '../instance/as-user.ts';
import { type Binaries, findBinaries } from '../instance/binaries.ts';
import { withFileErrors } from '../instance/file-errors.ts';
import { writeMarker } from '../instance/marker.ts';
import { startServer } from '../instance/server.ts';
import { type Folders, foldersOf, PORT } from '../instance/side.ts';
import { quoted } from '../rows/names.ts';
import { connectionOf, database } from '../world.ts';
import { compareInventories } from './compare-inventories.ts';
import { INVENTORY_PART, type Inventory } from './inventory.ts';
import { inventoryPolicy } from './keep-inventory.ts';
import { type Proving, RESTORES } from './proving.ts';
import { readInventory } from './read-inventory.ts';
import { checkForeignKeys, checkStructure } from './structure.ts';
import { takeInventory } from './take-inventory.ts';

/** Everything that can be said against a dump: it is restored into an empty server of its own, stopping at the first error. */
export async function proveDump(proving: Proving): Promise<void> {
  const { world, request, instance, manifest, found } = proving;
  const { component, signal } = request;
  const user = await serverUser(database(world, component).server?.user);
  const env = (name: string) => world.env(name);
  const binaries = await findBinaries({ major: Number(manifest.facts.major), need: [...PROGRAMS], env, user });
  const inventory = await readInventory(proving);
  const folders = foldersOf(world, instance);
  const made = { folders, user, binaries, inventory };
  await withFileErrors(`${component}: verify`, () => makeServer(proving, made));
  const address = { uri: connectionOf(world, component), socketFolder: folders.socketFolder, port: PORT, user: OWNER };
  await makeDatabase(proving, { ...address, database: OWNER }, inventory);
  await withFileErrors(`${component}: verify`, () => load(proving, made));
  found.proofs.push({ claim: RESTORES, held: true, observed: 'pg_restore came to its end without an error' });
  const restored = { ...address, database: String(manifest.facts.database) };
  await withSession({ address: restored, what: `${component}: verify`, signal }, async (session) => {
    if (inventory !== undefined) {
      const now = () => world.clock.now().getTime();
      const policy = { ...inventoryPolicy(world, component), leave_out: [], newest: [...inventory.newest] };
      const again = await takeInventory(session, { policy, withinMs: A_DAY, now, like: inventory });
      const nothing = { blurred: new Set<string>(), whyBlurred: '', rowsOnly: true };
      const compared = compareInventories({ counted: inventory, restored: again, ...nothing });
      found.proofs.push(...compared.proofs);
      found.notLookedAt.push(...compared.notLookedAt);
    } else
      found.notLookedAt.push({
        claim: 'every table has its rows',
        why: `the dump was taken without ${INVENTORY_PART}`,
      });
    await checkForeignKeys(session, found);
    const checks = await askAll(world, request, session);
    found.proofs.push(...checks.map(({ name, held, observed }) => ({ claim: name, held, observed })));
    await checkStructure(session, found);
  });
}

const PROGRAMS = ['postgres', 'initdb', 'pg_restore'] as const;
const OWNER = 'postgres';
const A_DAY = parseDuration('1d') as number;

interface Made {
  readonly folders: Folders;
  readonly user: ServerUser | undefined;
  readonly binaries: Binaries;
  readonly inventory: Inventory | undefined;
}

async function makeServer({ world, request, manifest }: Proving, { folders, user, binaries }: Made): Promise<void> {
  const { root, dataFolder, markerFile, logFile, socketFolder } = folders;
  await mkdir(root, { recursive: true, mode: 0o711 });
  await chmod(root, 0o711);
  const { component, key, signal } = request;
  const major = Number(manifest.facts.major);
  const nowhere = { system: '', timeline: 1, startLsn: '0/0' };
  await writeMarker(markerFile, { format: 1, key, state: 'ready', component, backup: manifest.id, major, ...nowhere });
  await mkdir(dataFolder, { mode: 0o700 });
  if (user) await chown(dataFolder, user.uid, user.gid);
  const args = ['-D', dataFolder, '-U', OWNER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const initialized = await runProgram(join(binaries.folder, 'initdb'), args, { user, signal });
  if (initialized.code !== 0) throw new KnownError('BINARY_MISSING', `initdb: ${initialized.stderr.trim()}`, LOOK);
  const settings = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '64MB' };
  const place = { dataFolder, logFile, socketFolder, port: PORT, listen: '', user };
  await startServer({ binaries, ...place, settings, clock: world.clock, signal });
}

const LOOK = 'An empty server could not be made here, so the dump was not looked at.';

/** Owners and grants in a dump name roles that it does not hold. */
async function makeDatabase(proving: Proving, address: Address, inventory: Inventory | undefined): Promise<void> {
  const { request, manifest } = proving;
  const { component, signal } = request;
  await withSession({ address, what: `${component}: verify`, signal }, async (session) => {
    for (const { name } of inventory?.roles ?? [])
      if (name !== OWNER) await session.query(`CREATE ROLE ${quoted(name)}`);
    const name = String(manifest.facts.database);
    if (name !== OWNER) await session.query(`CREATE DATABASE ${quoted(name)} TEMPLATE template0`);
  });
}

async function load(
  { world, request, manifest }: Proving,
  { folders, user, binaries, inventory }: Made,
): Promise<void> {
  const dump = join(folders.root, 'database.dump');
  const file = await open(dump, 'wx', 0o600);
  try {
    if (user) await file.chown(user.uid, user.gid);
    for await (const bytes of world.repository.read(manifest, 'database.dump')) await file.write(bytes);
  } finally {
    await file.close();
  }
  const owners = inventory === undefined ? ['--no-owner', '--no-acl'] : [];
  const into = ['-h', folders.socketFolder, '-p', String(PORT), '-U', OWNER, '-d', String(manifest.facts.database)];
  const program = join(binaries.folder, 'pg_restore');
  const { signal } = request;
  const done = await runProgram(program, ['--exit-on-error', '--no-password', ...owners, ...into, dump], {
    user,
    signal,
  });
  if (done.code === 0) return;
  throw new KnownError(
    'TARGET_FAILED',
    `pg_restore ended with ${done.code}: ${done.stderr.trim().split('\n').slice(0, 3).join(' ')}`,
    'Restore from another backup: lifeboat points',
  );
}
