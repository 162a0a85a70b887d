import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/*
 * Three machines as three network namespaces, with a cable between each two of them: a bridge in a fourth namespace. A cable that is
 * cut swallows what is sent, as a real one does: nobody is told.
 */
const BINARIES = process.env.LIFEBOAT_PG_BIN ?? '/usr/lib/postgresql/15/bin';
export const MACHINES = ['orchestrator', 'primary', 'replica'] as const;
export type Machine = (typeof MACHINES)[number];
export const CABLES = {
  op: ['orchestrator', 'primary'],
  or: ['orchestrator', 'replica'],
  pr: ['primary', 'replica'],
} as const;
export type Cable = keyof typeof CABLES;

const TAG = `lb${process.pid % 10_000}`;
const nsOf = (machine: Machine | 'switch'): string => `${TAG}${machine.slice(0, 3)}`;
const numberOf = (cable: Cable): number => Object.keys(CABLES).indexOf(cable) + 1;
const addressOn = (cable: Cable, machine: Machine): string =>
  `10.77.${numberOf(cable)}.${MACHINES.indexOf(machine) + 1}`;
const PORT = 5432;

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
const inNs = (machine: Machine | 'switch', ...command: string[]): string =>
  run('ip', 'netns', 'exec', nsOf(machine), ...command);

/** Whether this machine lets us make namespaces; otherwise why not. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  if (!existsSync(join(BINARIES, 'pg_basebackup'))) return `no PostgreSQL in ${BINARIES}`;
  try {
    run('ip', 'netns', 'add', `${TAG}try`);
    run('ip', 'netns', 'del', `${TAG}try`);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

export interface Networked {
  cut(cable: Cable): void;
  heal(cable: Cable): void;
  uri(machine: 'primary' | 'replica', role: 'postgres' | 'app'): string;
  pid(machine: 'primary' | 'replica'): number;
  folder: string;
  /** Both servers as they were in the beginning, and all cables whole. */
  reset(): Promise<void>;
  /** What one server acknowledged, as written by an application on its own machine. */
  acknowledged(machine: 'primary' | 'replica'): readonly number[];
  child(machine: Machine, program: string, args: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

export async function networked(): Promise<Networked> {
  layCables();
  const folder = mkdtempSync(join(tmpdir(), 'lbnet-'));
  chmodSync(folder, 0o755);
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(run('id', flag, 'postgres'))) as [number, number];
  const as = ['setpriv', '--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  const data = (machine: string) => join(folder, machine);
  const servers = new Map<string, ChildProcess>();
  const acks: Record<string, number[]> = { primary: [], replica: [] };
  const writers: ChildProcess[] = [];

  const start = async (machine: 'primary' | 'replica') => {
    const args = ['netns', 'exec', nsOf(machine), ...as, join(BINARIES, 'postgres'), '-D', data(machine)];
    servers.set(machine, spawn('ip', args, { stdio: 'ignore', cwd: '/' }));
    await until(() => existsSync(join(data(machine), 'postmaster.pid')) && isReady(data(machine)));
  };
  const stop = async (machine: 'primary' | 'replica') => {
    const child = servers.get(machine);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    const pid = pidIn(data(machine));
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
    await ended;
  };
  const make = async () => {
    mkdirSync(data('primary'), { mode: 0o700 });
    chownSync(data('primary'), uid, gid);
    chownSync(folder, uid, gid);
    const init = ['-D', data('primary'), '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
    inNs('primary', ...as, join(BINARIES, 'initdb'), ...init, '--wal-segsize=1');
    appendFileSync(join(data('primary'), 'postgresql.conf'), SETTINGS);
    appendFileSync(
      join(data('primary'), 'pg_hba.conf'),
      'host all all 10.77.0.0/16 trust\nhost replication all 10.77.0.0/16 trust\n',
    );
    await start('primary');
    const sql = 'CREATE ROLE app LOGIN; CREATE TABLE orders (id bigint PRIMARY KEY); GRANT ALL ON orders TO app';
    inNs('primary', ...as, join(BINARIES, 'psql'), '-h', '127.0.0.1', '-U', 'postgres', '-qc', sql);
    const from = `host=${addressOn('pr', 'primary')} user=postgres`;
    inNs('replica', ...as, join(BINARIES, 'pg_basebackup'), '-D', data('replica'), '-R', '-c', 'fast', '-d', from);
    await stop('primary');
    for (const machine of ['primary', 'replica'] as const) run('cp', '-a', data(machine), `${data(machine)}.new`);
  };
  await make();
  for (const machine of ['primary', 'replica'] as const) {
    const writer = child(machine, process.execPath, [join(import.meta.dirname, 'failover-writer.ts')]);
    createInterface({ input: writer.stdout as NodeJS.ReadableStream }).on('line', (line) =>
      acks[machine]?.push(Number(line)),
    );
    writers.push(writer);
  }
  return {
    cut: (cable) => void inNs('switch', 'ip', 'link', 'set', `br${numberOf(cable)}`, 'down'),
    heal: (cable) => void inNs('switch', 'ip', 'link', 'set', `br${numberOf(cable)}`, 'up'),
    uri: (machine, role) =>
      `postgres://${role}@${addressOn(machine === 'primary' ? 'op' : 'or', machine)}:${PORT}/postgres`,
    pid: (machine) => pidIn(data(machine)) ?? 0,
    folder,
    acknowledged: (machine) => acks[machine] ?? [],
    child,
    async reset() {
      for (const cable of Object.keys(CABLES) as Cable[])
        inNs('switch', 'ip', 'link', 'set', `br${numberOf(cable)}`, 'up');
      for (const machine of ['replica', 'primary'] as const) await stop(machine);
      for (const machine of ['primary', 'replica'] as const) {
        rmSync(data(machine), { recursive: true, force: true });
        run('cp', '-a', `${data(machine)}.new`, data(machine));
        await start(machine);
      }
      for (const list of Object.values(acks)) list.length = 0;
      await until(() => acks.primary !== undefined && acks.primary.length > 3);
    },
    async close() {
      for (const one of writers) one.kill('SIGKILL');
      for (const machine of ['replica', 'primary'] as const) await stop(machine);
      for (const machine of [...MACHINES, 'switch'] as const) run('ip', 'netns', 'del', nsOf(machine));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const SETTINGS = `
listen_addresses = '*'
unix_socket_directories = ''
fsync = off
shared_buffers = 16MB
max_wal_senders = 4
wal_receiver_timeout = 2s
wal_sender_timeout = 4s
wal_retrieve_retry_interval = 200ms
`;

function layCables(): void {
  for (const machine of [...MACHINES, 'switch'] as const) {
    run('ip', 'netns', 'add', nsOf(machine));
    inNs(machine, 'ip', 'link', 'set', 'lo', 'up');
  }
  for (const [name, ends] of Object.entries(CABLES)) {
    const cable = name as Cable;
    const bridge = `br${numberOf(cable)}`;
    inNs('switch', 'ip', 'link', 'add', bridge, 'type', 'bridge');
    inNs('switch', 'ip', 'link', 'set', bridge, 'up');
    for (const machine of ends) {
      const [near, far] = [`${cable}${machine.slice(0, 3)}`, `s${cable}${machine.slice(0, 3)}`];
      run(
        'ip',
        'link',
        'add',
        near,
        'netns',
        nsOf(machine),
        'type',
        'veth',
        'peer',
        'name',
        far,
        'netns',
        nsOf('switch'),
      );
      inNs(machine, 'ip', 'addr', 'add', `${addressOn(cable, machine)}/24`, 'dev', near);
      inNs(machine, 'ip', 'link', 'set', near, 'up');
      inNs('switch', 'ip', 'link', 'set', far, 'master', bridge, 'up');
    }
  }
}

function child(machine: Machine, program: string, args: readonly string[]): ChildProcess {
  return spawn('ip', ['netns', 'exec', nsOf(machine), program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

function pidIn(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

const isReady = (data: string): boolean =>
  (readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7] ?? '').trim() === 'ready';

export async function until(look: () => boolean, within = 30_000): Promise<void> {
  for (const end = performance.now() + within; !look(); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (performance.now() > end) throw new Error('it did not come about');
}
