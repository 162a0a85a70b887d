import { generateIdentity } from '../../../src/backup/crypt.ts';
import { openFolderStore } from '../../../src/backup/folder-store.ts';
import { createRepository, openRepository } from '../../../src/backup/repository.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { streamWal } from '../../../src/providers/postgres/stream/stream-wal.ts';

/*
 * Our stream in a process of its own: node receiver.ts CONNECTION FOLDER GOAL [synchronous]. With a goal (a position, as a number) it
 * ends when everything is in the repository, and says when it was durable in the spool and when in the repository, in ms; with 0 it runs
 * until SIGTERM.
 */
const [connection, folder, goalText, synchronous] = process.argv.slice(2) as [string, string, string, string?];
const goal = BigInt(goalText);
const { identity, recipient } = await generateIdentity();
const store = openFolderStore(`${folder}/repository`);
await createRepository(store, { recipients: [recipient], id: 'bench', now: new Date() });
const repository = await openRepository(store, {
  recipients: [recipient],
  identities: () => [identity],
  clock: systemClock,
});
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const begun = performance.now();
let spooled: number | undefined;
await streamWal({
  connection,
  repository,
  component: 'database',
  clock: systemClock,
  signal: stopping.signal,
  synchronous: synchronous !== undefined,
  spool: { folder: `${folder}/spool`, limit: 100e9, whenFull: 'hold' },
  onState: (state) => {
    if (goal === 0n) return;
    if (state.state === 'streaming' && state.flushed >= goal) spooled ??= performance.now() - begun;
    if (state.state === 'cut') throw state.error;
    if (state.state !== 'stored' || state.stored < goal) return;
    const stored = performance.now() - begun;
    console.log(JSON.stringify({ spooled: spooled ?? stored, stored, peak: process.resourceUsage().maxRSS * 1024 }));
    process.exit(0);
  },
});
