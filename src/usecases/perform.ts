import type { ZodType } from 'zod';
import type { ActionContext } from '../actions/action.ts';
import type { Actions } from '../engine/ports.ts';
import { withDeadline } from '../engine/with-deadline.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Proof } from '../model/run.ts';
import type { PlanWorld, Services } from './services.ts';

export interface Performance {
  readonly action: string;
  readonly input: JsonObject;
  readonly signal: AbortSignal;
  /** The same for every try of the same work, so that a later one joins what an earlier one left. Default: a new one. */
  readonly key?: string;
  log(line: string): void;
  /** Told instead of doing nothing in silence: there is nothing to do, and a person asked for it. */
  nothingToDo?(): KnownError;
}

/**
 * One action on its own, outside a run: for `backup` and `restore`, where nobody approves and nothing is resumed.
 * Looked at first, and proven afterwards, exactly as in a run.
 */
export async function perform<Out>(request: Performance, world: PlanWorld, services: Services): Promise<Out> {
  const { action, client } = find(services.openActions(world), request.action);
  const input = inputOf(action, request);
  const ctx = contextFor(request, client, services);
  const limited = <T>(what: string, work: (ctx: ActionContext<unknown>) => Promise<T>): Promise<T> =>
    withDeadline({ ms: action.timeout, clock: services.clock, signal: request.signal, what, hint: LATE }, (signal) =>
      work({ ...ctx, signal }),
    );
  const seen = await limited(`${request.action}: looking at the world`, (limitedCtx) =>
    action.observe(limitedCtx, input),
  );
  if (seen.state === 'done' && request.nothingToDo) throw request.nothingToDo();
  return limited(request.action, async (limitedCtx) => {
    const output: Out = seen.state === 'done' ? seen.output : await action.run(limitedCtx, input);
    requireProofs(request.action, await action.verify(limitedCtx, input, output));
    return output;
  });
}

const LATE = 'It may still take effect. See what is there before you try again: lifeboat points';

function find(actions: Actions, name: string): NonNullable<ReturnType<Actions['find']>> {
  const found = actions.find(name);
  if (found) return found;
  throw new KnownError(
    'PLAN_INVALID',
    `the action ${name} is not available in this build`,
    'See docs/reference/actions.md.',
  );
}

/** What a person typed reaches an action only when it fits. */
function inputOf({ input }: { input: ZodType }, request: Performance): never {
  const parsed = input.safeParse(request.input);
  if (parsed.success) return parsed.data as never;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new KnownError('USAGE', `${request.action} does not take this: ${wrong.join('; ')}`, 'Nothing was done.');
}

function contextFor(request: Performance, client: unknown, services: Services): ActionContext<unknown> {
  const notes: Json[] = [];
  return {
    client,
    key: request.key ?? services.makeId('cli', services.clock.now()),
    signal: request.signal,
    clock: services.clock,
    log: (line) => request.log(services.redact(line)),
    note: async (fact) => {
      notes.push(fact);
    },
    notes,
  };
}

function requireProofs(action: string, proofs: readonly Proof[]): void {
  const broken = proofs.filter((proof) => !proof.held).map((proof) => `${proof.claim} (seen: ${proof.observed})`);
  if (proofs.length > 0 && broken.length === 0) return;
  throw new KnownError(
    'VERIFICATION_FAILED',
    `${action}: ${broken.length > 0 ? `not true: ${broken.join('; ')}` : 'nothing could be proven'}`,
    'Do not rely on it. Look at the target.',
  );
}
