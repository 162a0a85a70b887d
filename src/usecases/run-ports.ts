import type { EnginePorts, Happening } from '../engine/ports.ts';
import { shareOutput } from './output-file.ts';
import type { PlanWorld, Services } from './services.ts';

/** Somebody who follows a run and may answer it. */
export interface Watching {
  readonly signal: AbortSignal;
  /** True when this person can decide at once about a step that failed. */
  readonly mayAsk: boolean;
  /** Told, before a run goes on, how far its log is: events up to there happened in an earlier process. */
  resumes?(lastSeq: number): void;
  watch(happening: Happening): void;
}

/** Everything the engine needs to drive a run of this plan from this process. */
export function portsFor(world: PlanWorld, services: Services, watching: Omit<Watching, 'signal'>): EnginePorts {
  const share = shareOutput(world.stateFolder);
  return {
    journal: services.journal(world.stateFolder),
    actions: services.openActions(world),
    expressions: services.expressions,
    clock: services.clock,
    redact: services.redact,
    actor: services.actor,
    mayAsk: watching.mayAsk,
    watch(happening) {
      share(happening);
      watching.watch(happening);
    },
  };
}
