import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderServices } from '../actions/provider.ts';
import { openStore } from '../backup/open-store.ts';
import { openRunCopies } from '../backup/runs/open-run-copies.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import type { Globals } from '../cli/globals.ts';
import { thisMachine } from '../journal/machine.ts';
import { openSqliteJournal } from '../journal/sqlite-journal.ts';
import { systemClock } from '../lib/clock.ts';
import { randomId } from '../lib/ids.ts';
import { KnownError } from '../model/errors.ts';
import type { RunJournal } from '../model/journal.ts';
import type { RunSpan } from '../model/run-spans.ts';
import { expressions } from '../plan/expressions.ts';
import { providers } from '../providers/index.ts';
import { findTransactions } from '../providers/postgres/find/find-transactions.ts';
import { readGauge } from '../providers/postgres/gauge.ts';
import { scanLive } from '../providers/postgres/verify/scan-live.ts';
import { verifyPoint } from '../providers/postgres/verify/verify-point.ts';
import type { PlanWorld, Services } from '../usecases/services.ts';
import { actionsByName, type OpenActions, openActions } from './actions.ts';
import { actorFrom } from './actor.ts';
import type { Redactor } from './redactor.ts';
import { secretReader } from './secrets.ts';
import { sendSpans, wantsSpans } from './send-spans.ts';
import { streamLog } from './stream-log.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface Outside {
  readonly globals: Globals;
  readonly redactor: Redactor;
  readonly version: string;
  env(name: string): string | undefined;
}

/** Everything meets here: the real clock, journal, repository and providers. Nothing is opened before it is used. */
export function openServices({ globals, redactor, version, env }: Outside): Services {
  const { plan, state, environment } = globals;
  const secret = secretReader(env, redactor);
  const journals = new Map<string, RunJournal>();
  const opened = new Map<PlanWorld, OpenActions>();
  const providerServices = (world: PlanWorld): ProviderServices => ({
    clock: systemClock,
    plan: world.plan,
    repository: world.repository,
    catalog: openCatalog(world.repository),
    condition: expressions.condition,
    secret,
    secretTexts: redactor.texts,
    workFolder: makeWorkFolder(makeStateFolder(world.stateFolder), process.getuid?.() === 0),
    env,
  });
  return {
    clock: systemClock,
    makeId: randomId,
    version,
    actor: actorFrom(env),
    cwd: process.cwd(),
    env,
    chosen: {
      ...(plan === undefined ? {} : { plan }),
      ...(state === undefined ? {} : { state }),
      ...(environment === undefined ? {} : { environment }),
    },
    secret,
    redact: redactor.redact,
    expressions,
    actions: actionsByName(providers),
    journal: (folder) => once(journals, folder, () => openJournal(folder)),
    copies: ({ site, recipients, identity }) =>
      openRunCopies(openStore(site, systemClock), {
        recipients,
        identities: () => (identity === undefined ? [] : [secret(identity)]),
      }),
    openActions: (world) => once(opened, world, () => openActions(providers, providerServices(world))),
    streamLog: (world, request) => streamLog(world, request, secret),
    ...(wantsSpans(env)
      ? {
          sendSpans: (spans: readonly RunSpan[]) =>
            sendSpans(spans, { clock: systemClock, version, service: env('OTEL_SERVICE_NAME') || 'lifeboat' }),
        }
      : {}),
    findInLog: (world, request) => findTransactions(providerServices(world), request),
    verifyPoint: (world, request) => verifyPoint(providerServices(world), request),
    scanLive: (world, request) => scanLive(providerServices(world), request),
    gauge: (world, component, signal) => readGauge(providerServices(world), component, signal),
    async close() {
      await Promise.all([...opened.values()].map((actions) => actions.close()));
      for (const journal of journals.values()) journal.close();
    },
  };
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

const openJournal = (folder: string): RunJournal =>
  openSqliteJournal({
    file: join(makeStateFolder(folder), 'journal.sqlite'),
    clock: systemClock,
    machine: thisMachine(),
  });

/** Runs and keys are nobody else's business, and no version control's. */
function makeStateFolder(folder: string): string {
  try {
    // As root, servers run as another user, who must be able to pass through; what is inside is closed to him.
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const ignored = join(folder, '.gitignore');
    // Only once: on a full or read-only disk one must still be able to look at the runs.
    if (!existsSync(ignored)) writeFileSync(ignored, '*\n');
    return folder;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    if (why === 'ENOSPC' || why === 'EDQUOT')
      throw new KnownError(
        'DISK_FULL',
        `there is no room left for the state folder ${folder}`,
        'Make room on that disk, or name another folder with --state FOLDER or $LIFEBOAT_STATE.',
        error,
      );
    throw new KnownError(
      'TARGET_DENIED',
      `the state folder ${folder} cannot be written (${why})`,
      'Name another one with --state FOLDER or $LIFEBOAT_STATE.',
      error,
    );
  }
}
