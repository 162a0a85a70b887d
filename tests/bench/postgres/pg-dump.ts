import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** The usual logical dump, in two processes. */
export const pgDump: MakeContestant = (world, folder): Contestant => {
  const dump = join(folder, 'dump');
  return {
    name: 'pg_dump',
    remark: 'directory format, gzip, two processes; one database and no roles, no moment but its own',
    async prepare() {
      ownFolder(world, folder);
    },
    backup: () => ({
      program: 'sh',
      args: [
        '-ec',
        `rm -rf '${dump}' && pg_dump -Fd -j2 -f '${dump}' -h 127.0.0.1 -p ${world.server.port} -U postgres`,
      ],
      env: { PGPASSWORD: world.password },
      asServer: true,
    }),
    size: () => bytesBelow(dump),
    close: async () => undefined,
  };
};
