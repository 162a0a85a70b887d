import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AnyAction } from '../../actions/action.ts';
import { generateIdentity } from '../../backup/crypt.ts';
import { openFolderStore } from '../../backup/folder-store.ts';
import { createRepository } from '../../backup/repository.ts';
import { plainCopies } from '../../backup/runs/plain-copies.fake.ts';
import { block, type FakeWorld, fakeActions, fakeWorld, lookAt } from '../../engine/testing/fake-world.ts';
import { type MemoryJournal, memoryJournal } from '../../journal/memory-journal.fake.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import { minutes } from '../../lib/duration.ts';
import { createRedactor } from '../../main/redactor.ts';
import { secretReader } from '../../main/secrets.ts';
import type { RunCopies } from '../../model/run-copy.ts';
import { expressions } from '../../plan/expressions.ts';
import { human } from '../../providers/human/index.ts';
import { time } from '../../providers/time/index.ts';
import type { Services } from '../services.ts';

/** A company whose disasters happen to a fake world, in a private folder with a real plan and a real repository. */
export interface Rig {
  readonly folder: string;
  readonly planFile: string;
  readonly repositoryFolder: string;
  readonly world: FakeWorld;
  readonly journal: MemoryJournal;
  readonly copies: RunCopies;
  readonly clock: ReturnType<typeof fakeClock>;
  /** Services as `main` would compose them; each call is another process of the same person. */
  services(more?: Partial<Services>): Services;
  /** Changes the text of the plan. */
  edit(change: (plan: string) => string): void;
  remove(): void;
}

export const PASSWORD = 'canary-p4ssword';

/** `chosen`: what is typed with every command; a run that destroys something is begun only by naming its environment. */
export async function makeRig(chosen: Services['chosen'] = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-rig-'));
  const planFile = join(folder, 'lifeboat.yaml');
  const repositoryFolder = join(folder, 'repository');
  const { identity, recipient } = await generateIdentity();
  const clock = fakeClock();
  await createRepository(openFolderStore(repositoryFolder), { recipients: [recipient], id: 'repo', now: clock.now() });
  writeFileSync(planFile, planText(repositoryFolder, recipient));
  const world = fakeWorld();
  const journal = memoryJournal({ clock });
  const copies = plainCopies();
  const env: Record<string, string> = {
    DATABASE_URL: `postgres://lifeboat:${PASSWORD}@127.0.0.1:1/shop`,
    IDENTITY: identity,
  };
  return {
    folder,
    planFile,
    repositoryFolder,
    world,
    journal,
    copies,
    clock,
    services: (more) => ({ ...servicesOf({ folder, world, journal, copies, clock, env, chosen }), ...more }),
    edit: (change) => writeFileSync(planFile, change(readFileSync(planFile, 'utf8'))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface Parts {
  readonly folder: string;
  readonly world: FakeWorld;
  readonly journal: MemoryJournal;
  readonly copies: RunCopies;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly env: Readonly<Record<string, string>>;
  readonly chosen: Services['chosen'];
}

let ids = 0;

function servicesOf({ folder, world, journal, copies, clock, env, chosen }: Parts): Services {
  const redactor = createRedactor();
  const actions = [
    ...fakeActions,
    shut,
    verifyHouse,
    takeCopy,
    ...human.actions,
    ...time.actions,
  ] as readonly AnyAction[];
  const read = (name: string): string | undefined => env[name];
  return {
    clock,
    makeId: (prefix) => `${prefix}-${++ids}`,
    version: '1.2.3',
    actor: 'ada',
    cwd: folder,
    env: read,
    chosen,
    secret: secretReader(read, redactor),
    redact: redactor.redact,
    expressions,
    actions: new Map(actions.map((action) => [action.name, action])),
    journal: () => journal,
    copies: () => copies,
    openActions: () => ({
      find: (name) => actions.filter((action) => action.name === name).map((action) => ({ action, client: world }))[0],
    }),
    streamLog: async (_world, { onProgress }) => {
      onProgress({ state: 'streaming', flushed: 0x3000028n, serverPosition: 0x3000030n, at: clock.now() });
      onProgress({ state: 'interrupted', why: 'the server went away', retryAt: clock.now() });
      onProgress({ state: 'streaming', flushed: 0x3000030n, serverPosition: 0x3000030n, at: clock.now() });
    },
    findInLog: async (_world, { component }) => ({
      component,
      found: [],
      more: 0,
      read: [],
      gaps: [],
      transactions: 0,
      bytes: 0,
      within: { transactions: 4, inserted: 1, updated: 2, deleted: 3 },
      names_from: [],
    }),
    verifyPoint: async (_world, { component, point = 'base-1@1', key }) => ({
      backup: 'base-1',
      component,
      key,
      point,
      at: clock.now().toISOString(),
      held: true,
      proofs: [{ claim: 'it can be restored', held: true, observed: 'it stands at 0/3000028' }],
      not_looked_at: [],
    }),
    scanLive: async () => ({
      proofs: [{ claim: 'every page on the disk has the checksum of its content', held: true, observed: '12 pages' }],
      notLookedAt: [{ claim: 'tables and indexes are sound (amcheck)', why: 'the extension is not in this database' }],
    }),
    gauge: async () => ({
      at: clock.now().toISOString(),
      safe: '0/3000028',
      position: '0/3000128',
      bytes: 256,
      lost: { seconds: 0.4, transactions: 31, more: false },
    }),
    close: async () => undefined,
  };
}

/** Keeps people out until it is put back. */
const shut = { ...block, name: 'fake.shut', danger: 'change' } satisfies AnyAction;

/** A look that proves something, as the rules of `check` know it by its name. */
const verifyHouse = { ...lookAt, name: 'fake.verify_house' } satisfies AnyAction;

/** A base backup of the fake world. */
const takeCopy = {
  name: 'postgres.base_backup',
  summary: 'Copy it.',
  danger: 'add',
  timeout: minutes(5),
  input: z.strictObject({ component: z.string().describe('What.') }),
  output: z.strictObject({ backup: z.string() }),
  permissions: () => [],
  observe: async () => ({ state: 'absent' }),
  preview: () => ({ danger: 'add', changes: ['a copy'] }),
  run: async ({ client, log }, { component }) => {
    log(`copying with ${PASSWORD}`);
    client.writes.push(`copy ${component}`);
    return { backup: `copy-of-${component}` };
  },
  verify: async ({ client }, { component }) => [
    { claim: 'the copy is whole', held: !client.effects.has('rot'), observed: component },
  ],
  undo: { impossible: 'a copy does no harm' },
} satisfies AnyAction;

const planText = (repository: string, recipient: string): string => `lifeboat: 1
plan: { name: shop, title: The shop, owner: commander, version: "1" }
domains: { here: { title: Here }, there: { title: There } }
environments:
  production: {}
  drill: { protected: false }
people:
  ada: { name: Ada Example }
  bob: { name: Bob Example }
roles:
  commander: { title: Commander, people: [ada, bob] }
repository:
  folder: ${JSON.stringify(repository)}
  domain: there
  recipients: [${recipient}]
  identity: \${{ secret("env:IDENTITY") }}
components:
  database:
    kind: postgres
    domain: here
    connection: \${{ secret("env:DATABASE_URL") }}
    objectives: { rto: 1h, rpo: 2h }
    backups:
      - { method: postgres.base_backup, every: 1h, takes: 1m }
scenarios:
  fire:
    title: There was a fire
    loses: [database]
    objectives: { rto: 1h, rpo: 2h }
    detect_within: 1m
    inputs:
      cause: { describe: What burned }
      size: { describe: How big it was, default: 3 }
    healthy: verify
    steps:
      - { id: block, title: Keep people out, uses: fake.shut, with: { thing: door }, expect: 1m, timeout: 5m }
      - id: rebuild
        title: Build it again
        uses: fake.make
        with: { thing: house, value: "\${{ inputs.cause }}" }
        expect: 1m
        timeout: 5m
        approve: { role: commander, within: 10m }
      - { id: verify, title: Look at it, uses: fake.verify_house, with: { thing: house }, expect: 1m, timeout: 5m }
      - { id: unblock, title: Let people in, uses: fake.unblock, with: { thing: door }, expect: 1m, timeout: 5m }
`;
