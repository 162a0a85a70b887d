import { plainCopies } from '../../backup/runs/plain-copies.fake.ts';
import type { EnginePorts } from '../../engine/ports.ts';
import { liveOnce } from '../../engine/testing/dying.ts';
import { type Rig, RUN, resume } from '../../engine/testing/rig.ts';
import { fakeMachines, type MemoryJournal, memoryJournal, noContent } from '../../journal/memory-journal.fake.ts';
import type { Store } from '../../model/repository.ts';
import { foldRun, type RunState } from '../../model/run-state.ts';
import { copiedPorts } from '../copied-ports.ts';
import { RunCopier } from '../run-copier.ts';

/** Machines of their own that share nothing but a world and a repository, and each of which may die at some moment. */
export interface Machine {
  readonly journal: MemoryJournal;
  readonly host: string;
}

export const machineIn = (at: Rig, host: string): Machine => ({
  host,
  journal: memoryJournal({ clock: at.clock }, fakeMachines(), noContent(), host),
});

/** The next process on the same machine. */
export const nextProcess = ({ journal, host }: Machine): Machine => ({ host, journal: journal.anotherProcess() });

export interface Life {
  readonly at: Rig;
  readonly machine: Machine;
  readonly store: Store;
  /** True at the moment to die; asked at every event, effect and write to the repository. */
  readonly dies: () => boolean;
  readonly told?: string[];
}

/** One life of a process with a copier; undefined when it died. */
export function liveCopied(
  life: Life,
  begin: (ports: EnginePorts) => Promise<RunState>,
): Promise<RunState | undefined> {
  const { at, machine, dies } = life;
  return liveOnce({ at, journal: unknownRuns(machine.journal), dies }, (ports) => copying(life, ports, begin));
}

async function copying(
  { at, store, told }: Life,
  ports: EnginePorts,
  begin: (ports: EnginePorts) => Promise<RunState>,
): Promise<RunState> {
  const { journal, clock, actor } = ports;
  const copies = plainCopies(mortalStore(store, at));
  const copier = new RunCopier({ journal, clock, actor, copies, tell: (line) => void told?.push(line) });
  try {
    return await begin(copiedPorts(ports, copier));
  } finally {
    await copier.end();
  }
}

/** Every write is two moments: before it and after it. */
const mortalStore = (store: Store, at: Rig): Store => ({
  ...store,
  async put(key, bytes, options) {
    at.world.tick(`write ${key}`);
    await store.put(key, bytes, options);
    at.world.tick(`wrote ${key}`);
  },
});

/** `begin` says itself whether the run is begun, taken over or resumed. */
const unknownRuns = (journal: MemoryJournal): MemoryJournal => ({ ...journal, runs: async () => [] });

/** Takes the run over from the copy, as `takeOver` does, and goes on with it. */
export async function adoptFrom(store: Store, ports: EnginePorts): Promise<RunState> {
  const { journal, clock, actor } = ports;
  const copies = plainCopies(store);
  const copy = await copies.read(RUN);
  const state = foldRun(copy.events);
  const epoch = (copy.claims.at(-1)?.epoch ?? 0) + 1;
  const claimedAt = clock.now().toISOString();
  const owner = journal.self;
  await copies.claim({ run: RUN, epoch, by: actor, owner, at: claimedAt, after: copy.head });
  const from = state.owner === undefined ? {} : { from: state.owner };
  const adoption = {
    epoch,
    owner,
    claimedAt,
    ...from,
    lastSeq: copy.head.seq,
    lastSign: claimedAt,
    repository: '/r',
    gone: 'it burned',
  };
  await journal.adopt({ id: RUN, lock: 'shop/production', by: actor, lines: copy.lines, adoption });
  return resume(ports);
}
