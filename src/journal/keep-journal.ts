import type { Clock } from '../lib/clock.ts';
import { KnownError } from '../model/errors.ts';
import type { AdoptRun, Claim, RunJournal, RunSummary, Signal } from '../model/journal.ts';
import { type ChainLine, chainLines, NO_LINES, readChain } from '../model/journal-chain.ts';
import type { JournalEvent, Owner, RunEvent } from '../model/run.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import { foreignRecord, knownLines, readForeign } from './adopt.ts';
import type { Machine } from './machine.ts';
import { fencedError, isHeld, isOver, keepsLock, lockedError, ownerState } from './ownership.ts';
import type { RunRecord, RunStore } from './run-store.ts';

/** What a journal must know besides where it keeps its lines. */
export interface JournalFacts {
  readonly clock: Clock;
  readonly machine: Machine;
  /** How long a holder on another machine counts as alive after its last beat. */
  readonly leaseMs?: number;
}

/** The journal over any store: every rule about claims, locks and the chain is here, once. */
export function keepJournal(store: RunStore, { clock, machine, leaseMs = 30_000 }: JournalFacts): RunJournal {
  const desk: Desk = { store, clock, machine, leaseMs, states: new Map() };
  return {
    create: async (run) => store.write(() => create(desk, run)),
    claim: async (run, by) => store.write(() => claim(desk, run, by)),
    append: async (held, by, events) => store.write(() => append(desk, held, by, events)),
    beat: async (held) => store.write(() => beat(desk, held)),
    release: async (held) => store.write(() => release(desk, held)),
    signal: async (run, by, event) => store.write(() => signal(desk, run, by, event)),
    events: async (run, afterSeq = 0) => store.read(() => readEvents(desk, existing(desk, run), afterSeq)),
    lines: async (run, afterSeq = 0) => store.read(() => verifiedLines(desk, run, afterSeq)),
    mayAdopt: async (run) => store.read(() => void adoptable(desk, run)),
    adopt: async (run) => store.write(() => adopt(desk, run)),
    self: self(machine),
    runs: async () => store.read(() => store.records().map((record) => summary(record, machine))),
    close: () => store.close(),
  };
}

interface Desk extends Required<JournalFacts> {
  readonly store: RunStore;
  /** The state of a run as far as this process has read it, so that an append does not read the whole run again. */
  readonly states: Map<string, RunState>;
}

function create(desk: Desk, { id, lock, by, origin }: Parameters<RunJournal['create']>[0]): Claim {
  if (desk.store.record(id)) throw new KnownError('INTERNAL', `there is a run ${id} already`, 'Start it again.');
  refuseWhileLocked(desk, lock, id);
  const { scenario, environment } = origin;
  const at = now(desk);
  const about = { id, lock, scenario, environment, createdAt: at };
  const record: RunRecord = { ...about, status: 'running', epoch: 0, head: NO_LINES, leaseUntil: at };
  return take(desk, record, by, [origin]);
}

function claim(desk: Desk, run: string, by: string): Claim {
  const record = existing(desk, run);
  if (isHeld(record, desk.machine, desk.clock.now())) throw lockedError(record, desk.machine);
  refuseWhileLocked(desk, record.lock, run);
  return take(desk, record, by, []);
}

/** The lock belongs to one run at a time, so a second recovery cannot undo what the first one does. */
function refuseWhileLocked({ store, machine, clock }: Desk, lock: string, run: string): void {
  const others = store.records().filter((record) => record.lock === lock && record.id !== run);
  const holder = others.find((record) => keepsLock(record, machine, clock.now()));
  if (holder) throw lockedError(holder, machine);
}

function take(desk: Desk, record: RunRecord, by: string, before: readonly RunEvent[]): Claim {
  const owner = self(desk.machine);
  const epoch = record.epoch + 1;
  const held = { ...record, epoch, holder: { ...owner, by, since: now(desk) }, leaseUntil: leaseEnd(desk) };
  keep(desk, held, by, [...before, { type: 'run.claimed', epoch, owner }]);
  return { run: record.id, epoch };
}

const self = ({ host, pid, startedAt }: Machine): Owner => ({ host, pid, startedAt: startedAt(pid) ?? '' });

/** Lines and adoption are kept together: a run from elsewhere is never here without word of how it came. */
function adopt(desk: Desk, run: AdoptRun): void {
  const { record, lines } = adoptable(desk, run);
  desk.store.save(record);
  desk.store.add(run.id, lines);
  const { adoption, by } = run;
  if (adoption) keep(desk, { ...record, epoch: adoption.epoch }, by, [{ type: 'run.adopted', ...adoption }]);
}

/** The record of a run with the lines of elsewhere, and those of them that are not here yet. */
function adoptable(desk: Desk, { id, lock, lines }: AdoptRun): { record: RunRecord; lines: readonly ChainLine[] } {
  const { store, machine, clock } = desk;
  const foreign = readForeign(id, lines);
  const before = store.record(id);
  if (before && isHeld(before, machine, clock.now())) throw lockedError(before, machine);
  refuseWhileLocked(desk, lock, id);
  const kept = before === undefined ? 0 : knownLines(id, verifiedLines(desk, id, 0), lines);
  const { status, epoch } = foldRun(foreign.events);
  const record = withoutHolder(before ?? foreignRecord(id, lock, foreign));
  return { record: { ...record, status, epoch, head: foreign.head }, lines: foreign.lines.slice(kept) };
}

function append(desk: Desk, held: Claim, by: string, events: readonly RunEvent[]): readonly JournalEvent[] {
  const record = heldRecord(desk, held);
  const lets = events.some(({ type }) => LETS_GO.has(type));
  return keep(desk, lets ? withoutHolder(record) : record, by, events);
}

/** After these the process has nothing left to do in the run. */
const LETS_GO: ReadonlySet<RunEvent['type']> = new Set(['run.paused', 'run.succeeded', 'run.failed', 'run.canceled']);

function beat(desk: Desk, held: Claim): void {
  const record = heldRecord(desk, held);
  if (record.holder) desk.store.save({ ...record, leaseUntil: leaseEnd(desk) });
}

/** A claim that was taken over has nothing to give back, and that is no mistake. */
function release(desk: Desk, held: Claim): void {
  const record = existing(desk, held.run);
  if (record.epoch === held.epoch) desk.store.save(withoutHolder(record));
}

function signal(desk: Desk, run: string, by: string, event: Signal): JournalEvent {
  const record = existing(desk, run);
  if (isOver(record))
    throw new KnownError('USAGE', `${run} is over: ${record.status}`, 'Nothing can be said to it any more.');
  return keep(desk, record, by, [event])[0] as JournalEvent;
}

/** Adds lines to the end of the chain and moves the record along with them. */
function keep(desk: Desk, record: RunRecord, by: string, events: readonly RunEvent[]): readonly JournalEvent[] {
  const lines = chainLines(record.head, { run: record.id, at: now(desk), by }, events);
  const last = lines.at(-1);
  if (last === undefined) return [];
  const added = lines.map((line) => line.event);
  const before = stateUpTo(desk, record);
  const { status } = before === undefined ? foldRun(added) : added.reduce(applyEvent, before);
  desk.store.save({ ...record, status, head: { seq: last.event.seq, hash: last.hash } });
  desk.store.add(record.id, lines);
  return added;
}

/** Reads on from where this process last read, which is before the lines that are being added: those may still be taken back. */
function stateUpTo(desk: Desk, record: RunRecord): RunState | undefined {
  if (record.head.seq === 0) return undefined;
  const known = desk.states.get(record.id);
  const news = readEvents(desk, record, known?.lastSeq ?? 0);
  const state = known === undefined ? foldRun(news) : news.reduce(applyEvent, known);
  desk.states.set(record.id, state);
  return state;
}

function verifiedLines(desk: Desk, run: string, afterSeq: number): readonly string[] {
  readEvents(desk, existing(desk, run), afterSeq);
  return desk.store.lines(run, afterSeq);
}

function readEvents({ store }: Desk, { id, head }: RunRecord, afterSeq: number): readonly JournalEvent[] {
  if (afterSeq >= head.seq) return [];
  const hash = afterSeq === 0 ? NO_LINES.hash : store.hash(id, afterSeq);
  const reading = readChain(id, store.lines(id, afterSeq), { seq: afterSeq, hash: hash ?? '' });
  if (!reading.whole) throw damaged(id, reading.seq, reading.why);
  if (reading.head.seq !== head.seq) throw damaged(id, reading.head.seq + 1, 'is missing');
  if (reading.head.hash !== head.hash) throw damaged(id, head.seq, 'was altered');
  return reading.events;
}

const damaged = (run: string, seq: number, why: string): KnownError =>
  new KnownError(
    'JOURNAL_DAMAGED',
    `event ${seq} of ${run} ${why}`,
    'Keep the journal file as it is, for whoever looks into it. To recover now, start with another state folder: --state FOLDER',
  );

function existing({ store }: Desk, run: string): RunRecord {
  const record = store.record(run);
  if (record) return record;
  throw new KnownError('RUN_NOT_FOUND', `there is no run ${run}`, 'List the runs: lifeboat runs');
}

function heldRecord(desk: Desk, { run, epoch }: Claim): RunRecord {
  const record = existing(desk, run);
  if (record.epoch !== epoch) throw fencedError(record);
  return record;
}

function withoutHolder({ holder: _given, ...record }: RunRecord): RunRecord {
  return record;
}

function summary(record: RunRecord, machine: Machine): RunSummary {
  const { id, lock, scenario, environment, status, createdAt, holder } = record;
  const owner = holder && { host: holder.host, pid: holder.pid, startedAt: holder.startedAt };
  const about = { id, lock, scenario, environment, status, createdAt, ownerState: ownerState(holder, machine) };
  return owner === undefined ? about : { ...about, owner };
}

const now = ({ clock }: Desk): string => clock.now().toISOString();
const leaseEnd = ({ clock, leaseMs }: Desk): string => new Date(clock.now().getTime() + leaseMs).toISOString();
