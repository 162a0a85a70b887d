import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { measure } from './measure.ts';
import { serverCommand } from './serve.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** `cp` and one sync: nothing on this disk can be faster. The log lies in place beforehand. */
export const copy: MakeContestant = (world, folder): Contestant => {
  const base = join(folder, 'base');
  const wal = join(folder, 'wal');
  const psql = `psql -XAtq -v ON_ERROR_STOP=1 -h 127.0.0.1 -p ${world.server.port} -U postgres postgres`;
  const shell = (script: string) => ({
    program: 'sh',
    args: ['-ec', script],
    env: { PGPASSWORD: world.password },
    asServer: true,
  });
  return {
    name: 'cp (the limit)',
    remark: 'no compression, no encryption, no check',
    async prepare() {
      ownFolder(world, folder);
    },
    // One session from start to stop, which then hands out the label that says where recovery begins.
    backup: () =>
      shell(`rm -rf '${base}' && ${psql} <<'END'
SELECT FROM pg_backup_start('cp', true);
\\! cp -a '${world.server.data}' '${base}'
SELECT labelfile FROM pg_backup_stop(false) \\g '${base}/backup_label'
END
        sync -f '${base}'`),
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
