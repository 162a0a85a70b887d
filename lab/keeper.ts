/*
 * A process that outlives the one who made the world, and cleans the world up when that one ends, however it ends:
 * it holds the other end of our pipe, and a pipe closes even on kill -9. Called with the world's folder.
 */
import { tearDown } from './teardown.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: keeper.ts FOLDER');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let keepFolder = false;
process.stdin.on('data', (bytes: Buffer) => {
  keepFolder ||= bytes.toString().includes('keep');
});
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  tearDown(folder, { keepFolder }).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`lab: ${folder} could not be cleaned up: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.stdin.resume();
