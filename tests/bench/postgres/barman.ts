import { appendFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { measure } from './measure.ts';
import { serverCommand } from './serve.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** Barman on the machine of the server, copying files with two jobs. */
export const barman: MakeContestant = (world, folder): Contestant => {
  const config = join(folder, 'barman.conf');
  const incoming = join(folder, 'home', 'bench', 'incoming');
  const call = (...args: readonly string[]) => ({
    program: 'barman',
    args: ['-c', config, ...args],
    env: { PGPASSWORD: world.password },
    asServer: true,
  });
  return {
    name: 'barman',
    remark: 'local-rsync, two jobs; no compression and no encryption of the base backup',
    async prepare() {
      for (const path of [folder, join(folder, 'home'), join(folder, 'conf.d')]) ownFolder(world, path);
      writeFileSync(config, configOf(folder, world.server.port));
      for (const path of ['bench', 'bench/incoming']) ownFolder(world, join(folder, 'home', path));
      await measure(world, call('cron'));
      appendFileSync(
        world.archiveScript,
        `cp "$1" '${incoming}/.part' && mv '${incoming}/.part' "${incoming}/$(basename "$1")" || exit 1\n`,
      );
      await measure(world, call('switch-wal', '--force', '--archive', 'bench'));
    },
    backup: () => call('backup', '--jobs', '2', 'bench'),
    size: async () => {
      const backups = await readdir(join(folder, 'home', 'bench', 'base'));
      return (await bytesBelow(join(folder, 'home', 'bench', 'base'))) / Math.max(1, backups.length);
    },
    recover: ({ folder: into, port, target }) => [
      call('archive-wal', 'bench'),
      call(
        'recover',
        '--jobs',
        '2',
        '--target-lsn',
        target,
        '--exclusive',
        '--target-action',
        'promote',
        'bench',
        'latest',
        into,
      ),
      serverCommand({ into, port, target }),
    ],
    close: async () => undefined,
  };
};

const configOf = (folder: string, port: number): string => `[barman]
barman_user = ${process.getuid?.() === 0 ? 'postgres' : process.env.USER}
barman_home = ${folder}/home
barman_lock_directory = ${folder}/home
configuration_files_directory = ${folder}/conf.d
log_file = ${folder}/barman.log
[bench]
description = bench
conninfo = host=127.0.0.1 port=${port} user=postgres dbname=postgres
backup_method = local-rsync
backup_options = concurrent_backup
immediate_checkpoint = true
archiver = on
`;
