import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { measure } from './measure.ts';
import { serverCommand } from './serve.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** `cp` and one sync: nothing on this disk can be faster. The log lies in place beforehand. */
export const copy: MakeContestant = (world, folder): Contestant => {
  const base = join(folder, 'base');
  const wal = join(folder, 'wal');
  const shell = (script: string) => ({ program: 'sh', args: ['-ec', script], asServer: true });
  return {
    name: 'cp (the limit)',
    remark: 'no compression, no encryption, no check; whole only because nobody writes meanwhile',
    async prepare() {
      ownFolder(world, folder);
    },
    backup: () => shell(`rm -rf '${base}' && cp -a '${world.server.data}' '${base}' && sync -f '${base}'`),
    size: () => bytesBelow(base),
    async keepsUpTo() {
      await measure(world, shell(`cp -a '${world.server.data}/pg_wal' '${wal}'`));
    },
    // The segment that was being written when the base was copied is overwritten by the whole one.
    recover: ({ folder: into, port, target }) => [
      shell(`cp -a '${base}' '${into}' && rm -f '${into}/postmaster.pid' && cp '${wal}'/0* '${into}/pg_wal/' &&
        touch '${into}/recovery.signal' && sync -f '${into}'`),
      serverCommand({ into, port, target, restoreCommand: 'false' }),
    ],
    close: async () => undefined,
  };
};
