import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generateIdentity } from '../../src/backup/crypt.ts';
import { openFolderStore } from '../../src/backup/folder-store.ts';
import { createRepository } from '../../src/backup/repository.ts';

/** `lifeboat` that dies after DIE_AFTER events. */
const MORTAL = join(import.meta.dirname, 'recover-and-die.ts');

/** What programs need of this machine: where programs are, and where their modules are kept compiled. */
export const machineEnv = (): Record<string, string> => {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) };
};

/** Everybody who is asked anything. */
const PEOPLE = join(import.meta.dirname, 'answer-everything.ts');

export interface ShellRun {
  readonly run: string;
  readonly status: string;
  readonly steps: readonly { readonly id: string; readonly status: string; readonly output?: { stdout: string } }[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** A company whose recovery is nothing but commands. Their effects are lines in a file. */
export interface ShellWorld {
  readonly folder: string;
  readonly child: (args: readonly string[], env?: Record<string, string>) => Started;
  /** People who answer everything, in a process of their own, until it is killed. */
  readonly people: () => ChildProcess;
  /** Lines that the commands have written. */
  effects(): readonly string[];
  /** Waits for the process that the keeper of a step has written down in a file of this name. */
  pidOf(step: string, name: 'started.json' | 'group.json'): Promise<number>;
  /** Waits until a line is among them. */
  until(line: string): Promise<void>;
  remove(): void;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** `more` is further text of the plan, e.g. its procedures. */
export async function makeShellWorld(steps: string, environments = 'production: {}', more = ''): Promise<ShellWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-shell-chaos-'));
  // As root, Lifeboat keeps its work elsewhere when others cannot enter the folder.
  chmodSync(folder, 0o711);
  const { identity, recipient } = await generateIdentity();
  const repository = join(folder, 'repository');
  await createRepository(openFolderStore(repository), { recipients: [recipient], id: 'repo', now: new Date() });
  const file = join(folder, 'effects');
  writeFileSync(file, '');
  writeFileSync(join(folder, 'key'), identity);
  writeFileSync(join(folder, 'lifeboat.yaml'), `${planText(folder, recipient, steps, environments)}${more}`);
  const effects = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return {
    folder,
    effects,
    child: (args, env = {}) => start(folder, args, env),
    people: () => spawn(process.execPath, [PEOPLE], { cwd: folder, env: machineEnv() }),
    async pidOf(step, name) {
      for (let tries = 0; tries < 3000; tries++) {
        const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        const path = paths.find((one) => one.includes(`/${step}/`) && one.endsWith(`/${name}`));
        if (path !== undefined) return JSON.parse(readFileSync(join(folder, path), 'utf8')).pid;
        await pause(10);
      }
      throw new Error(`${step} has no ${name}`);
    },
    async until(line) {
      for (let tries = 0; tries < 3000 && !effects().includes(line); tries++) await pause(10);
    },
    remove: () => existsSync(folder) && rmSync(folder, { recursive: true, force: true }),
  };
}

function start(folder: string, args: readonly string[], env: Record<string, string>): Started {
  const child = spawn(process.execPath, [MORTAL, ...args, '--plan', 'lifeboat.yaml', '--state', 'state', '--json'], {
    cwd: folder,
    env: { ...machineEnv(), LIFEBOAT_USER: 'ada', DIE_AFTER: '1000000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const finished = new Promise<Finished>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, said })),
  );
  return { process: child, finished };
}

const planText = (folder: string, recipient: string, steps: string, environments: string): string => `lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1", review: { every: 90d, last: 2026-11-01 } }
domains: { here: { title: Here }, there: { title: There } }
environments: { ${environments} }
people: { ada: { name: Ada Example, email: ada@example.com }, bob: { name: Bob Example, email: bob@example.com }, cy: { name: Cy Example, email: cy@example.com } }
roles: { keeper: { title: Keeper, people: [ada, bob, cy] } }
repository:
  folder: ${folder}/repository
  domain: there
  recipients: [${recipient}]
  identity: \${{ secret("file:${folder}/key") }}
components:
  api: { kind: service, domain: here, stateless: true, ids: { cluster: shop-prod }, health: { url: "http://127.0.0.1:1/" } }
scenarios:
  loss:
    title: The API is lost
    loses: [api]
    detection: [It does not answer]
    detect_within: 1m
    objectives: { rto: 1h }
    healthy: verify
    steps:
${steps.trimEnd().replaceAll(/^/gm, '      ')}
`;
