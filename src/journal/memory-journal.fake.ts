import type { RunJournal } from '../model/journal.ts';
import type { ChainLine } from '../model/journal-chain.ts';
import { type JournalFacts, keepJournal } from './keep-journal.ts';
import type { Machine } from './machine.ts';
import type { RunRecord, RunStore } from './run-store.ts';

/** A journal in memory, as one process sees it. */
export interface MemoryJournal extends RunJournal {
  /** The same runs, opened by a new living process of the same machine. */
  anotherProcess(): MemoryJournal;
  /** From now on the process that opened this journal counts as dead, so another one may claim its runs. */
  die(): void;
}

/** For tests. To play a crash: `journal.die(); const next = journal.anotherProcess();` */
export function memoryJournal(
  facts: Pick<JournalFacts, 'clock' | 'leaseMs'>,
  machines = fakeMachines(),
  content = noContent(),
  host = 'laptop',
): MemoryJournal {
  const machine = machines.start(host);
  return {
    ...keepJournal(memoryStore(content), { ...facts, machine }),
    anotherProcess: () => memoryJournal(facts, machines, content, host),
    die: () => machines.kill(machine.pid),
  };
}

/** Processes that live and die as a test says. */
export function fakeMachines(): FakeMachines {
  const alive = new Set<number>();
  let pids = 100;
  return {
    start(host = 'laptop') {
      pids += 1;
      alive.add(pids);
      return { host, pid: pids, startedAt: (pid) => (alive.has(pid) ? `boot/${pid}` : undefined) };
    },
    kill: (pid) => void alive.delete(pid),
  };
}

export interface FakeMachines {
  /** A new process, on `laptop` unless said otherwise. */
  start(host?: string): Machine;
  kill(pid: number): void;
}

type Content = { records: Map<string, RunRecord>; lines: Map<string, readonly ChainLine[]> };

export const noContent = (): Content => ({ records: new Map(), lines: new Map() });

export function memoryStore(content: Content): RunStore {
  return {
    write(work) {
      const before = { records: new Map(content.records), lines: new Map(content.lines) };
      try {
        return work();
      } catch (error) {
        Object.assign(content, before);
        throw error;
      }
    },
    read: (work) => work(),
    record: (run) => content.records.get(run),
    records: () => [...content.records.values()].reverse(),
    save: (record) => void content.records.set(record.id, record),
    add: (run, lines) => void content.lines.set(run, [...(content.lines.get(run) ?? []), ...lines]),
    lines: (run, afterSeq) => (content.lines.get(run) ?? []).slice(afterSeq).map(({ line }) => line),
    hash: (run, seq) => content.lines.get(run)?.[seq - 1]?.hash,
    close: () => {},
  };
}
