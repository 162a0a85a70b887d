import { appendFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant, MakeContestant } from './contestant.ts';
import { measure } from './measure.ts';
import { serverCommand } from './serve.ts';
import { bytesBelow, ownFolder } from './world.ts';

/** pgBackRest, encrypted as ours is, with both processors and its fastest fetching of log. */
export const pgbackrest: MakeContestant = (world, folder): Contestant => {
  const repository = join(folder, 'repository');
  const config = join(folder, 'pgbackrest.conf');
  const paths = { folder, repository, data: world.server.data, sockets: world.sockets, port: world.server.port };
  const call = (...args: readonly string[]) => ({
    program: 'pgbackrest',
    args: [`--config=${config}`, '--stanza=bench', ...args],
    env: { PGPASSWORD: world.password },
    asServer: true,
  });
  return {
    name: 'pgbackrest',
    remark: 'aes-256-cbc, zstd 3, two processes, asynchronous log; files are checked while they are copied',
    async prepare() {
      for (const path of [folder, repository, join(folder, 'spool'), join(folder, 'log'), join(folder, 'lock')])
        ownFolder(world, path);
      writeFileSync(config, configOf(paths));
      await measure(world, call('stanza-create'));
      appendFileSync(world.archiveScript, `pgbackrest --config=${config} --stanza=bench archive-push "$1" || exit 1\n`);
    },
    backup: () => call('--type=full', 'backup'),
    // Of all full backups the newest is measured: they are alike, and equally many.
    size: async () => (await bytesBelow(join(repository, 'backup'))) / (await fullBackups()),
    recover: ({ folder: into, port, target }) => [
      { ...call(`--pg1-path=${into}`, '--type=lsn', `--target=${target}`, '--target-exclusive', 'restore') },
      serverCommand({ into, port, target }),
    ],
    close: async () => undefined,
  };

  async function fullBackups(): Promise<number> {
    const names = await readdir(join(repository, 'backup', 'bench'));
    return Math.max(1, names.filter((name) => /^\d{8}-\d{6}F$/.test(name)).length);
  }
};

interface Paths {
  readonly folder: string;
  readonly repository: string;
  readonly data: string;
  readonly sockets: string;
  readonly port: number;
}

const configOf = ({ folder, repository, data, sockets, port }: Paths): string => `[global]
repo1-path=${repository}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=bench-passphrase-of-the-bench
repo1-retention-full=50
compress-type=zst
compress-level=3
process-max=2
start-fast=y
archive-async=y
archive-get-queue-max=1GiB
spool-path=${join(folder, 'spool')}
log-path=${join(folder, 'log')}
lock-path=${join(folder, 'lock')}
log-level-console=warn
[bench]
pg1-path=${data}
pg1-port=${port}
pg1-user=postgres
pg1-socket-path=${sockets}
`;
