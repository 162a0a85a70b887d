import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** PostgreSQL's own program, compressed by the server on both processors. */
export const pgBasebackup: MakeContestant = (world, folder): Contestant => {
  const base = join(folder, 'base');
  return {
    name: 'pg_basebackup',
    remark: 'server-side zstd 3 with two workers; no encryption, no archive of the log',
    async prepare() {
      ownFolder(world, folder);
    },
    backup: () => ({
      program: 'sh',
      args: [
        '-ec',
        `rm -rf '${base}' && pg_basebackup -D '${base}' -Ft -c fast -X fetch -Z server-zstd:level=3,workers=2 \
          -h 127.0.0.1 -p ${world.server.port} -U postgres`,
      ],
      env: { PGPASSWORD: world.password },
      asServer: true,
    }),
    size: () => bytesBelow(base),
    close: async () => undefined,
  };
};
