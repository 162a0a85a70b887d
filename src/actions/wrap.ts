import { type Duration, seconds } from '../lib/duration.ts';
import { isRetryable, KnownError } from '../model/errors.ts';
import type { Action, ActionContext } from './action.ts';

/*
 * What all actions need and no action writes itself. Two things are not here on purpose: the engine keeps the time limit and the
 * tries of a step, because they must outlive this process; and secrets are taken out where texts leave it (journal, output, screen).
 */

/** Pauses before each further look. Longer trouble is for `retry` of the step, which is kept in the journal. */
const READ_PAUSES: readonly Duration[] = [seconds(0.5), seconds(2)];

/** Looks again when a look failed with an error that may pass. Only the verbs that never write: `run` and `undo` are called once. */
export function withReadRetry<Client, In, Out>(
  action: Action<Client, In, Out>,
  pauses: readonly Duration[] = READ_PAUSES,
): Action<Client, In, Out> {
  return {
    ...action,
    observe: (ctx, input) => lookAgain(ctx, pauses, () => action.observe(ctx, input)),
    verify: (ctx, input, output) => lookAgain(ctx, pauses, () => action.verify(ctx, input, output)),
  };
}

async function lookAgain<T>(
  { clock, signal }: ActionContext<unknown>,
  pauses: readonly Duration[],
  look: () => Promise<T>,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await look();
    } catch (error) {
      if (signal.aborted || !isRetryable(error)) throw error;
      await clock.sleep(pause, signal);
    }
  }
  return look();
}

/** The action without its effects, for a dry run: it can look, and refuses everything that could change or keep something. */
export function withReadOnly<Client, In, Out>(action: Action<Client, In, Out>): Action<Client, In, Out> {
  const refuse = (verb: string) => async (): Promise<never> => {
    throw new KnownError(
      'INTERNAL',
      `${action.name}: ${verb} was called where only looking is allowed. It was refused.`,
      'This is a fault in Lifeboat. Please report it.',
    );
  };
  const looking = (ctx: ActionContext<Client>): ActionContext<Client> => ({ ...ctx, note: refuse('note') });
  return {
    ...action,
    observe: (ctx, input) => action.observe(looking(ctx), input),
    run: refuse('run'),
    verify: (ctx, input, output) => action.verify(looking(ctx), input, output),
    undo: typeof action.undo === 'function' ? refuse('undo') : action.undo,
  };
}
