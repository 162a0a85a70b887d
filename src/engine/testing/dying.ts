import type { MemoryJournal } from '../../journal/memory-journal.fake.ts';
import { KnownError } from '../../model/errors.ts';
import type { Signal } from '../../model/journal.ts';
import type { JournalEvent } from '../../model/run.ts';
import type { RunState } from '../../model/run-state.ts';
import type { EnginePorts } from '../ports.ts';
import { type Rig, RUN, resume } from './rig.ts';

/** A run that is begun in a new world, and can be killed. */
export interface Mortal {
  world(): Rig;
  begin(ports: EnginePorts): Promise<RunState>;
  /** What somebody says when asked whether the world is right. Default: yes. */
  readonly confirms?: 'yes' | 'no' | 'nothing';
}

/** What the people around a world say each time an approval is asked for. */
export type People = (
  at: Rig,
) => (
  question: { readonly step: string; readonly hash: string; readonly times: number },
  say: (by: string, word: Signal) => void,
) => void;

/** How it stands after the last life. */
export interface Death {
  readonly at: Rig;
  readonly state: RunState;
  readonly died: boolean;
}

/** Dies at the n-th moment, then is started again until it ends. `again` makes it die a second time that many moments later. */
export async function dieAtMoment(
  { world, begin, confirms = 'yes' }: Mortal,
  n: number,
  again = 0,
  people?: People,
): Promise<Death> {
  const at = world();
  const answers = people?.(at);
  let journal = at.journal;
  let moments = 0;
  let died = false;
  const deaths = again > 0 ? [n, n + again] : [n];
  for (let life = 0; life < 5; life++) {
    const life = { at, journal, dies: () => deaths.includes(++moments), confirms, ...(answers ? { answers } : {}) };
    const state = await liveOnce(life, begin);
    if (state) return { at, state, died };
    died = true;
    journal = journal.anotherProcess();
  }
  throw new Error('the run did not end after five lives');
}

class Killed extends Error {}

/** One life of the process: it dies where `dies` says so, and from then on reaches neither journal nor world. */
export interface Life {
  readonly at: Rig;
  readonly journal: MemoryJournal;
  readonly confirms?: Mortal['confirms'];
  /** Counts events and effects alike; true when this is the moment to die. */
  readonly dies: () => boolean;
  /** Told of every event as it is kept. */
  /** What people say to an approval. Default: somebody says yes. */
  readonly answers?: ReturnType<People>;
  readonly sees?: (event: JournalEvent, journal: MemoryJournal) => void;
}

function portsOf({ at, journal, dies, sees, answers, confirms = 'yes' }: Life): EnginePorts {
  let dead = false;
  const pass = (): void => {
    if (dead) throw new Killed();
    if (dies()) {
      dead = true;
      journal.die();
      throw new Killed();
    }
  };
  const alive = (): void => {
    if (dead) throw new Killed();
  };
  at.world.tick = pass;
  const ports = at.ports();
  const mortal: MemoryJournal = {
    ...journal,
    create: async (run) => {
      const claim = await journal.create(run);
      pass();
      return claim;
    },
    claim: async (run, by) => {
      const claim = await journal.claim(run, by);
      pass();
      return claim;
    },
    append: async (claim, by, events) => {
      alive();
      const kept = await journal.append(claim, by, events);
      pass();
      return kept;
    },
    beat: async (claim) => {
      alive();
      return journal.beat(claim);
    },
    release: async (claim) => {
      alive();
      return journal.release(claim);
    },
    events: async (run, after) => {
      alive();
      return journal.events(run, after);
    },
  };
  const watch: EnginePorts['watch'] = (happening) => {
    if (happening.kind !== 'event') return;
    if (happening.event.type === 'step.waiting') answer(journal, happening.event, { confirms, answers });
    if (!happening.past) sees?.(happening.event, journal);
  };
  return { ...ports, journal: mortal, watch };
}

/** One life of the process: how the run stands when it stops by itself, undefined when it died. */
export async function liveOnce(
  life: Life,
  begin: Mortal['begin'],
  goOn: Mortal['begin'] = resume,
): Promise<RunState | undefined> {
  const known = (await life.journal.runs()).length > 0;
  const ports = portsOf(life);
  try {
    return await (known ? goOn(ports) : begin(ports));
  } catch (error) {
    if (error instanceof Killed) return undefined;
    throw error;
  }
}

/** Somebody who says yes to everything, unless told otherwise, and does what they are asked. */
function answer(
  journal: MemoryJournal,
  { step, waitsFor }: JournalEvent & { type: 'step.waiting' },
  { confirms, answers }: { readonly confirms: Mortal['confirms']; readonly answers: Life['answers'] },
): void {
  if (waitsFor.kind === 'confirmation' && confirms === 'yes') say(journal, { type: 'step.confirmed', step });
  if (waitsFor.kind === 'confirmation' && confirms === 'no')
    say(journal, { type: 'step.denied', step, reason: 'it is slow' });
  if (answers && waitsFor.kind === 'approval')
    answers({ step, hash: waitsFor.hash, times: 1 }, (by, word) => say(journal, word, by));
  else if (waitsFor.kind === 'approval') say(journal, { type: 'step.approved', step, hash: waitsFor.hash });
  if (waitsFor.kind === 'task') say(journal, { type: 'step.answered', step, outcome: 'done', answer: 'seen' });
}

/** A word that comes when the run is over already is too late, and nothing else. */
export function say(journal: MemoryJournal, word: Signal, by = 'grace'): void {
  journal.signal(RUN, by, word).catch((error: unknown) => {
    if (!(error instanceof KnownError && error.code === 'USAGE')) throw error;
  });
}
