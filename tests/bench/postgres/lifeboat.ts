import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openFolderStore } from '../../../src/backup/folder-store.ts';
import { openRepository } from '../../../src/backup/repository.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { parseLsn } from '../../../src/model/lsn.ts';
import type { Contestant, MakeContestant } from './contestant.ts';
import { measure, start } from './measure.ts';
import { bytesBelow } from './world.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/lifeboat.js', import.meta.url));

/** Ours, as a user runs it: the program, a plan, a repository in a folder. */
export const lifeboat: MakeContestant = (world, folder): Contestant => {
  const plan = join(folder, 'lifeboat.yaml');
  const { identity, recipient } = newKey(folder);
  const env = (more: Readonly<Record<string, string>> = {}) => ({
    BENCH_URL: world.server.uri,
    BENCH_RECIPIENT: recipient,
    BENCH_REPOSITORY: join(folder, 'repository'),
    LIFEBOAT_IDENTITY: identity,
    LIFEBOAT_USER: 'ada',
    ...more,
  });
  const call = (args: readonly string[], more?: Readonly<Record<string, string>>) => ({
    program: process.execPath,
    args: [PROGRAM, ...args, '--plan', plan],
    env: env(more),
  });
  let stream: ChildProcess | undefined;
  return {
    name: 'lifeboat',
    remark: 'age (X25519, ChaCha20-Poly1305), zstd 3; every file and object checked against its sum',
    async prepare() {
      writeFileSync(plan, PLAN);
      await measure(world, call(['init', '--repository', join(folder, 'repository')]));
      stream = start(world, call(['backup', 'database', '--stream']));
    },
    backup: () => call(['backup', 'database', '--method', 'base_backup']),
    size: async () => {
      const backups = join(folder, 'repository', 'components', 'database', 'backups');
      return (await bytesBelow(backups)) / Math.max(1, (await readdir(backups)).length);
    },
    keepsUpTo: (lsn) => untilKept(join(folder, 'repository'), lsn),
    recover: ({ folder: into, port, target }) => [
      {
        ...call(
          [
            'recover',
            'destroyed',
            '--set',
            `to=${target}`,
            '--state',
            `${into}.state`,
            '--environment',
            'bench',
            '--despite-findings',
            'a measurement',
          ],
          {
            BENCH_DATA_FOLDER: into,
            BENCH_PORT: String(port),
          },
        ),
      },
    ],
    async close() {
      if (stream === undefined || stream.exitCode !== null) return;
      const over = once(stream, 'exit');
      stream.kill('SIGTERM');
      await over;
    },
  };
};

/** Waits until the stream has put all up to a position into the repository. */
async function untilKept(repository: string, lsn: string): Promise<void> {
  const opened = await openRepository(openFolderStore(repository), {
    recipients: [],
    identities: () => [],
    clock: systemClock,
  });
  for (let tries = 0; tries < 600; tries++) {
    if ((await opened.logs('database')).some(({ to }) => to >= parseLsn(lsn))) return;
    await pause(100);
  }
  throw new Error(`the log up to ${lsn} did not arrive in ${repository}`);
}

function newKey(folder: string): { identity: string; recipient: string } {
  const file = join(folder, 'key.txt');
  mkdirSync(folder);
  const said = execFileSync(process.execPath, [PROGRAM, 'key', 'new', '--out', file, '--json'], { encoding: 'utf8' });
  return { identity: readFileSync(file, 'utf8'), recipient: JSON.parse(said).recipient };
}

const PLAN = `lifeboat: 1
plan: { name: bench, title: A measurement, owner: engineer, version: '1' }
environments: { bench: { protected: false } }
people: { ada: { name: Ada } }
roles: { engineer: { people: [ada] } }
repository:
  folder: \${{ env("BENCH_REPOSITORY") }}
  recipients: ['\${{ env("BENCH_RECIPIENT") }}']
  identity: \${{ secret("env:LIFEBOAT_IDENTITY") }}
components:
  database:
    kind: postgres
    connection: \${{ secret("env:BENCH_URL") }}
    server:
      data_folder: \${{ env("BENCH_DATA_FOLDER", "/nowhere") }}
      port: \${{ int(env("BENCH_PORT", "5432")) }}
    backups:
      - { method: postgres.base_backup, every: 24h }
      - { method: postgres.wal_stream }
scenarios:
  destroyed:
    title: The server is gone
    loses: [database]
    healthy: open
    inputs: { to: { describe: Where to go back to } }
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: '\${{ inputs.to }}' } }
      - { id: open, uses: postgres.open_server, with: { component: database } }
`;
