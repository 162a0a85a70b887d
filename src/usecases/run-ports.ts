import type { EnginePorts, Happening } from '../engine/ports.ts';
import { copiedPorts } from './copied-ports.ts';
import { shareOutput } from './output-file.ts';
import { plannedPlace } from './repository-place.ts';
import { RunCopier } from './run-copier.ts';
import { safetyPointsIn } from './safety-points.ts';
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
    safetyPoints: safetyPointsIn(world.repository),
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

/** The name under which the copying of the log speaks among the steps. */
const COPY = 'log';

/** Drives a run with these ports, and copies its log to the repository as long as that lasts. */
export async function whileCopied<T>(
  world: PlanWorld,
  services: Services,
  watching: Watching,
  drive: (ports: EnginePorts) => Promise<T>,
): Promise<T> {
  const ports = portsFor(world, services, watching);
  const { journal, clock, actor } = ports;
  const tell = (line: string): void => ports.watch({ kind: 'output', step: COPY, line: services.redact(line) });
  const copier = new RunCopier({ journal, clock, actor, tell, copies: services.copies(plannedPlace(world.plan)) });
  try {
    return await drive(copiedPorts(ports, copier));
  } finally {
    await copier.end();
  }
}
