import { formatDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import { type RunJournal, SIGNALS } from '../model/journal.ts';
import { siteText } from '../model/repository-site.ts';
import type { Adoption } from '../model/run.ts';
import { type CopiedRun, type CopyClaim, isSameClaim, type RunCopies } from '../model/run-copy.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { findState } from './find-plan.ts';
import { SIGN_EVERY_MS } from './log-copy.ts';
import { planOfRun } from './plan-of-run.ts';
import { repositoryPlace, type TypedRepository } from './repository-place.ts';
import { requireSecrets } from './require-secrets.ts';
import { resume } from './resume.ts';
import type { Watching } from './run-ports.ts';
import type { RunResult } from './run-result.ts';
import type { RepositoryPlace, Services } from './services.ts';

export interface TakeOverRequest extends TypedRepository {
  readonly run: string;
  /** Why the one who drove the run counts as gone: a person answers for it. */
  readonly gone?: string | undefined;
}

/**
 * Whoever drives a run shows itself every few seconds. Whether it does is looked at, not worked out from its clock: that of
 * another machine may be wrong.
 */
const WATCH_MS = 3 * SIGN_EVERY_MS;

/** Takes a run over from another machine, from the copy of its log in the repository, and goes on with it. */
export async function takeOver(request: TakeOverRequest, services: Services, watching: Watching): Promise<RunResult> {
  const stateFolder = requireState(request.run, services);
  const place = repositoryPlace(request, services);
  const journal = services.journal(stateFolder);
  const copies = services.copies(place);
  const copy = await copies.read(request.run);
  const state = foldRun(copy.events);
  const by = services.actor;
  const run = { id: state.id, lock: lockOf(state), by, lines: copy.lines };
  if (state.endedAt !== undefined) {
    await journal.adopt(run);
    return resume(state.id, services, watching);
  }
  await journal.mayAdopt(run);
  const adoption = adoptionOf(copy, state, { journal, place, services });
  const adopted = { ...state, adopted: adoption };
  requireSecrets(planOfRun(adopted), scenarioOfRun({ origin: state.origin }), services);
  const gone = await goneFor(request, { copy, state, copies, services, watching });
  await claimIt(copy, adoption, { by, copies });
  await journal.adopt({ ...run, adoption: { ...adoption, ...gone } });
  return resume(state.id, services, watching);
}

function requireState(run: string, services: Services): string {
  try {
    return findState(services);
  } catch (error) {
    if (!(error instanceof KnownError && error.code === 'USAGE')) throw error;
    throw new KnownError(
      'USAGE',
      'there is no plan here, so it must be said where the run is to be kept on this machine',
      `Name an empty folder on a disk of this machine: lifeboat recover --take-over ${run} --state FOLDER`,
      error,
    );
  }
}

const lockOf = (state: RunState): string => `${planOfRun(state).plan.name}/${state.origin.environment}`;

interface Here {
  readonly journal: RunJournal;
  readonly place: RepositoryPlace;
  readonly services: Services;
}

function adoptionOf(copy: CopiedRun, state: RunState, { journal, place, services }: Here): Adoption {
  const { site, identity } = place;
  return {
    epoch: (copy.claims.at(-1)?.epoch ?? 0) + 1,
    owner: journal.self,
    claimedAt: services.clock.now().toISOString(),
    ...(state.owner === undefined ? {} : { from: state.owner }),
    lastSeq: copy.head.seq,
    lastSign: lastSignOf(copy),
    repository: siteText(site),
    ...(identity === undefined ? {} : { identity: identity.secret }),
  };
}

/** The last that was heard of who drove the run, by its own clock. What people said to the run is no sign of that. */
export const lastSignOf = ({ events, claims, signs }: Pick<CopiedRun, 'events' | 'claims' | 'signs'>): string =>
  [...events.filter(({ type }) => !SIGNALS.has(type)), ...claims, ...signs].reduce(
    (last, { at }) => (Date.parse(at) > Date.parse(last) ? at : last),
    events[0]?.at ?? '',
  );

interface Watched {
  readonly copy: CopiedRun;
  readonly state: RunState;
  readonly copies: RunCopies;
  readonly services: Services;
  readonly watching: Watching;
}

/** Nothing more is needed when the run was paused. Otherwise a person must answer for it, and the other must not show itself. */
async function goneFor({ run, gone }: TakeOverRequest, watched: Watched): Promise<Pick<Adoption, 'gone'>> {
  const { copy, state, services } = watched;
  if (isReleased(copy, state)) return {};
  if (gone === undefined || gone.trim() === '') throw notReleased(copy, services.clock.now());
  await requireSilence(run, watched);
  return { gone: services.redact(gone) };
}

/** Its last word is that it was paused, and nobody has claimed it since. */
export function isReleased({ events, claims }: CopiedRun, state: RunState): boolean {
  const last = events.findLast(({ type }) => type === 'run.paused' || type === 'run.claimed' || type === 'run.adopted');
  return last?.type === 'run.paused' && claims.at(-1)?.epoch === state.epoch;
}

function notReleased(copy: CopiedRun, now: Date): KnownError {
  const { run, claims } = copy;
  const claim = claims.at(-1);
  const sign = lastSignOf(copy);
  const age = formatDuration(Math.max(0, now.getTime() - Date.parse(sign)));
  return new KnownError(
    'RUN_LOCKED',
    `${run} is driven by ${claim?.by} on ${claim?.owner.host}, process ${claim?.owner.pid}; its last sign of life is from ${sign}, ${age} ago`,
    `If that machine or process is gone for certain: lifeboat recover --take-over ${run} --owner-is-gone "how you know"`,
  );
}

async function requireSilence(run: string, { copy, copies, services, watching }: Watched): Promise<void> {
  const wait = formatDuration(WATCH_MS);
  watching.watch({
    kind: 'output',
    step: 'take-over',
    line: `Looking for ${wait} whether whoever drives ${run} still lives.`,
  });
  const before = await traceOf(run, copies);
  await services.clock.sleep(WATCH_MS, watching.signal);
  if ((await traceOf(run, copies)) === before) return;
  const newest = (await copies.claims(run)).at(-1);
  if (newest && newest.epoch > (copy.claims.at(-1)?.epoch ?? 0)) throw lostTo(newest);
  throw new KnownError(
    'RUN_LOCKED',
    `${run} was not taken over: whoever drives it has shown itself within the last ${wait}`,
    `Stop that process first, or let it pause the run with Ctrl-C. Then: lifeboat recover --take-over ${run}`,
  );
}

/** All that a living process leaves behind in the repository. */
async function traceOf(run: string, copies: RunCopies): Promise<string> {
  return JSON.stringify([await copies.claims(run), await copies.signs(run), await copies.copied(run)]);
}

/** Of two who take the same run over, one wins; the other is told who. */
async function claimIt(
  { run, head }: CopiedRun,
  { epoch, owner, claimedAt }: Adoption,
  { by, copies }: { readonly by: string; readonly copies: RunCopies },
): Promise<void> {
  const claim = { run, epoch, by, owner, at: claimedAt, after: head };
  const holds = await copies.claim(claim);
  if (!isSameClaim(holds, claim)) throw lostTo(holds);
}

const lostTo = ({ run, by, owner, at }: CopyClaim): KnownError =>
  new KnownError(
    'RUN_LOCKED',
    `${run} was just taken over by ${by} on ${owner.host}, process ${owner.pid}, at ${at}`,
    `Talk to ${by}. Follow the run on ${owner.host}: lifeboat attach ${run}`,
  );
