import { errorRecord } from '../model/errors.ts';
import type { RunStatus } from '../model/run.ts';
import type { RunCopies } from '../model/run-copy.ts';
import { foldRun } from '../model/run-state.ts';
import { repositoryPlace, type TypedRepository } from './repository-place.ts';
import type { Services } from './services.ts';
import { isReleased, lastSignOf } from './take-over.ts';

/** A run as its copy in a repository shows it. */
export interface CopiedRunSummary {
  readonly id: string;
  /** Absent where the log cannot be read. */
  readonly scenario?: string;
  readonly environment?: string;
  readonly status?: RunStatus;
  readonly created_at?: string;
  readonly events?: number;
  readonly last_event_at?: string;
  /** The last that was heard of who drives it. */
  readonly last_sign_at?: string;
  /** Who claimed it last. */
  readonly host?: string;
  readonly by?: string;
  /** True when it can be taken over without a word on where its owner is. */
  readonly released?: boolean;
  /** Why the log cannot be read. */
  readonly problem?: string;
}

export interface CopiedRunsResult {
  readonly repository: string;
  readonly now: string;
  readonly runs: readonly CopiedRunSummary[];
}

/** The runs whose logs are in a repository, newest first. One that is damaged does not hide the others. */
export async function listCopiedRuns(typed: TypedRepository, services: Services): Promise<CopiedRunsResult> {
  const copies = services.copies(repositoryPlace(typed, services));
  const runs: CopiedRunSummary[] = [];
  for (const id of await copies.runs()) runs.push(await summaryOf(id, copies));
  runs.sort((a, b) => (b.created_at ?? '').localeCompare(a.created_at ?? ''));
  return { repository: copies.place, now: services.clock.now().toISOString(), runs };
}

async function summaryOf(id: string, copies: RunCopies): Promise<CopiedRunSummary> {
  try {
    const copy = await copies.read(id);
    const state = foldRun(copy.events);
    const claim = copy.claims.at(-1);
    return {
      id,
      scenario: state.origin.scenario,
      environment: state.origin.environment,
      status: state.status,
      created_at: state.createdAt,
      events: copy.events.length,
      last_event_at: copy.events.at(-1)?.at ?? state.createdAt,
      last_sign_at: lastSignOf(copy),
      ...(claim === undefined ? {} : { host: claim.owner.host, by: claim.by }),
      released: state.endedAt === undefined && isReleased(copy, state),
    };
  } catch (error) {
    return { id, problem: errorRecord(error).message };
  }
}
