import { systemClock } from '../../src/lib/clock.ts';
import { streamWal } from '../../src/providers/postgres/stream/stream-wal.ts';
import { open } from './postgres-stream-world.ts';

/** A stream in a process of its own, for tests that kill it: argv is connection-free, everything comes by stdin as JSON. */
const text = await new Promise<string>((resolve) => {
  process.stdin.once('data', (bytes) => resolve(bytes.toString()));
});
const { connection, component, folder, recipient, identity, synchronous, spool } = JSON.parse(text);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await streamWal({
  connection,
  component,
  repository: await open(folder, recipient, identity),
  clock: systemClock,
  signal: stop.signal,
  flushEvery: 50,
  synchronous,
  ...(spool === undefined ? {} : { spool: { folder: spool, limit: 1e9, whenFull: 'hold' } }),
  onState: (state) => {
    if (state.state === 'streaming') process.stdout.write(`${state.flushed}\n`);
    else if (state.state === 'cut') process.stdout.write(`cut ${state.error.code}\n`);
  },
});
process.stdin.destroy();
