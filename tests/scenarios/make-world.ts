/* Makes a server and an application, says where they are, and waits to be killed. */
import { startApplication } from '../../lab/corporate-intel/application.ts';
import { DATABASE, makeDatabase, makePassword, TINY_SEED } from '../../lab/corporate-intel/database.ts';
import { startPostgres } from '../../lab/postgres.ts';
import { descendantsOf } from '../../lab/processes.ts';
import { postmasterOf } from '../../lab/teardown.ts';
import { freePort, makeWorldFolder } from '../../lab/world-folder.ts';

const folder = await makeWorldFolder();
const passwords = {
  superuser: makePassword(),
  application: makePassword(),
  analyst: makePassword(),
  lifeboat: makePassword(),
};
const server = await startPostgres({
  folder,
  port: await freePort(),
  password: passwords.superuser,
  settings: ['fsync = off'],
});
await makeDatabase(server, passwords, TINY_SEED);
await startApplication({
  folder,
  databaseUrl: server.url('corporate_app', passwords.application, DATABASE),
  port: await freePort(),
  ledger: `${folder.path}/ledger.ndjson`,
  rate: 20,
});
const postmaster = (await postmasterOf(server.dataFolder)) ?? 0;
const children = descendantsOf(process.pid);
const pids = [...new Set([...children, postmaster, ...descendantsOf(postmaster)])];
process.stdout.write(`${JSON.stringify({ path: folder.path, pids })}\n`);
setInterval(() => undefined, 60_000);
