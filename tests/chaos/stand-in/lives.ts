import { resumeRun, startRun } from '../../../src/engine/execute.ts';
import type { EnginePorts } from '../../../src/engine/ports.ts';
import {
  fakeMachines,
  type MemoryJournal,
  memoryJournal,
  noContent,
} from '../../../src/journal/memory-journal.fake.ts';
import { fakeClock } from '../../../src/lib/clock.fake.ts';
import type { RunOrigin } from '../../../src/model/run.ts';
import { foldRun, type RunState } from '../../../src/model/run-state.ts';
import { expressions } from '../../../src/plan/expressions.ts';
import { actionNamed } from './actions.ts';
import { type Asked, answerWaiting, decideForRun } from './people.ts';
import { copyOf, newWorld, type Role, type StandInWorld, type Trouble } from './world.ts';

export const RUN = 'run-1';
const MOST_LIVES = 60;
const BEGIN = new Date('2026-01-14T03:00:00.000Z');
/** Somebody starts it again before what it was doing runs out of time: the timeout of a step counts across restarts. */
const PAUSE_MS = 10_000;
const never = new AbortController().signal;

/** A scenario with everything that decides how it goes. */
export interface Play {
  readonly origin: RunOrigin;
  readonly roles: ReadonlyMap<string, Role>;
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly troubles: ReadonlyMap<string, Trouble>;
}

/** All that is left when every process has died: the journal, the world, and the time. */
export interface Remains {
  /** Of what nature the moment is: the type of the event, or where in a call. */
  readonly where: string;
  readonly content: ReturnType<typeof noContent>;
  readonly world: StandInWorld;
  readonly troubles: ReadonlyMap<string, Trouble>;
  readonly now: Date;
  /** What people had been asked until then. */
  readonly asked: readonly Asked[];
}

export interface Outcome {
  readonly state: RunState;
  readonly world: StandInWorld;
  /** What a person had to decide, in order. */
  readonly asked: readonly Asked[];
}

/** Plays a scenario to its end, from the start or from what a death has left. Tells of every moment at which it could die. */
export async function live(play: Play, left: Remains | undefined, sees?: (remains: Remains) => void): Promise<Outcome> {
  const content = left ? copyOfContent(left.content) : noContent();
  const world = left ? copyOf(left.world) : newWorld();
  const troubles = new Map(left?.troubles ?? play.troubles);
  const clock = fakeClock(left ? new Date(left.now.getTime() + PAUSE_MS) : BEGIN);
  const machines = machinesAfter(left);
  const asked: Asked[] = [...(left?.asked ?? [])];
  const moment = (where: string): void => {
    if (!sees) return;
    const now = clock.now();
    sees({
      where,
      content: copyOfContent(content),
      world: copyOf(world),
      troubles: new Map(troubles),
      now,
      asked: [...asked],
    });
  };
  for (let life = 0; life < MOST_LIVES; life++) {
    const journal = watched(memoryJournal({ clock }, machines, content), moment);
    const reach = { world, roles: play.roles, troubles, tick: moment };
    const ports = portsOf(play, journal, clock, reach);
    const state = content.records.has(RUN)
      ? await resumeRun(RUN, ports, never)
      : await startRun({ id: RUN, lock: 'plan/production', origin: play.origin }, ports, never);
    if (state.endedAt !== undefined) return { state, world, asked };
    const before = (await journal.events(RUN)).length;
    await decideForRun(state, { world, play, journal, asked });
    const isStuck = (await journal.events(RUN)).length === before;
    if (isStuck && !hasWord(state)) throw new Error(`${state.status}, and nobody is asked anything`);
  }
  throw new Error(`the run did not end after ${MOST_LIVES} lives`);
}

/** A word that was said before the death is still to be followed. */
const hasWord = ({ steps }: RunState): boolean => [...steps.values()].some(({ decision }) => decision !== undefined);

/** Whoever held the run is dead: the numbers up to its own are taken, and nobody of them lives. */
function machinesAfter(left: Remains | undefined): ReturnType<typeof fakeMachines> {
  const machines = fakeMachines();
  const last = left?.content.records.get(RUN)?.holder?.pid ?? 0;
  for (let pid = 0; pid < last; machines.kill(pid)) pid = machines.start().pid;
  return machines;
}

/** How a run stands that nobody works on. */
export const stateOf = ({ content }: Remains): RunState | undefined => {
  const lines = content.lines.get(RUN);
  return lines && foldRun(lines.map(({ event }) => event));
};

const copyOfContent = ({ records, lines }: Remains['content']): Remains['content'] => ({
  records: new Map(records),
  lines: new Map(lines),
});

function portsOf(play: Play, journal: MemoryJournal, clock: EnginePorts['clock'], client: unknown): EnginePorts {
  return {
    journal,
    clock,
    expressions,
    actions: { find: (name) => ({ action: actionNamed(name), client }) },
    safetyPoints: { since: async (component) => ({ missing: `nothing is kept of ${component}` }) },
    redact: (text) => text,
    actor: 'starter',
    mayAsk: false,
    watch: (happening) => {
      if (happening.kind !== 'event' || happening.past || happening.event.type !== 'step.waiting') return;
      answerWaiting(happening.event, play.people, journal);
    },
  };
}

/** Every event that is kept is a moment to die at. What belongs together is kept at once. */
function watched(journal: MemoryJournal, moment: (where: string) => void): MemoryJournal {
  return {
    ...journal,
    async create(run) {
      const claim = await journal.create(run);
      moment('run.created');
      return claim;
    },
    async claim(run, by) {
      const claim = await journal.claim(run, by);
      moment('run.claimed');
      return claim;
    },
    async append(claim, by, events) {
      const kept = await journal.append(claim, by, events);
      moment(events.map(({ type }) => type).join('+'));
      return kept;
    },
    async signal(run, by, event) {
      const kept = await journal.signal(run, by, event);
      moment(event.type);
      return kept;
    },
  };
}
