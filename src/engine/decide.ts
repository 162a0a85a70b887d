import type { Observation } from '../actions/action.ts';

export type NextAct =
  | { readonly do: 'run' }
  | { readonly do: 'verify'; readonly output: unknown }
  | { readonly do: 'ask'; readonly why: string };

/** What is seen when nothing is under way any more: that is waited for first. */
export type AtRest = Exclude<Observation<unknown>, { readonly state: 'running' }>;

/**
 * What the engine does with a step after looking at the world. All of the crash policy is here.
 *
 * A step that this run never began cannot have had its effect through us, so an unknown world is no reason to ask.
 * A step that was begun and cut off may have had it: then only a person may say "again".
 */
export function decide(seen: AtRest, begunBefore: boolean, personSaidRetry: boolean): NextAct {
  switch (seen.state) {
    case 'absent':
      return { do: 'run' };
    case 'done':
      return { do: 'verify', output: seen.output };
    case 'unknown':
      return begunBefore && !personSaidRetry ? { do: 'ask', why: seen.why } : { do: 'run' };
  }
}
