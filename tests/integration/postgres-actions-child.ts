/*
 * A process that performs one restore and is killed from outside while it does. Says on stdout how far it came.
 * Arguments: the action, and a JSON of what the test has set up.
 */
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Plan } from '../../src/model/plan.ts';
import { restoreOver } from '../../src/providers/postgres/actions/restore-over.ts';
import { restoreServer } from '../../src/providers/postgres/actions/restore-server.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import { open } from './postgres-stream-world.ts';

const [name, text] = process.argv.slice(2) as [string, string];
const given = JSON.parse(text);
const repository = await open(given.folder, given.recipient, given.identity);
const client = openPostgres({
  clock: systemClock,
  plan: Plan.parse(given.plan),
  repository,
  catalog: openCatalog(repository),
  condition: () => true,
  secret: () => given.uri,
  secretTexts: () => [],
  workFolder: given.workFolder,
  env: (variable) => process.env[variable],
});
const ctx = {
  client,
  key: given.key,
  signal: new AbortController().signal,
  clock: systemClock,
  log: (line: string) => void process.stdout.write(`${line}\n`),
  note: async () => undefined,
  notes: [],
};
const server = name === 'over' ? restoreOver : restoreServer;
const output =
  name === 'side'
    ? await restoreSide.run(ctx, restoreSide.input.parse({ component: 'database', latest: true }))
    : await server.run(ctx, server.input.parse({ component: 'database' }));
process.stdout.write(`done ${JSON.stringify(output)}\n`);
