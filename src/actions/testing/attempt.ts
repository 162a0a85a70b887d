import assert from 'node:assert/strict';
import { decide } from '../../engine/decide.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Json } from '../../lib/json.ts';
import type { Proof } from '../../model/run.ts';
import type { Action, ActionContext } from '../action.ts';
import { intercept, type OnCall } from './intercept.ts';

export interface Attempt {
  readonly ctx: ActionContext<never>;
  /** The same step in another process, after the first one ended or died: same key, same notes. */
  again(onCall?: OnCall): Attempt;
}

/** One process that works at a step. Calls of the client and notes pass through `onCall`. */
export function attempt(client: object, options: AttemptOptions = {}): Attempt {
  const { onCall = (_, go) => go(), key = 'run-1/step', notes = [], clock = fakeClock() } = options;
  const ctx: ActionContext<object> = {
    client: intercept(client, onCall),
    key,
    signal: new AbortController().signal,
    clock,
    log: (line) => assert.equal(typeof line, 'string', 'log takes one line of text'),
    note: async (fact) => {
      await onCall('note', async () => {
        notes.push(JSON.parse(JSON.stringify(fact)) as Json);
      });
    },
    notes,
  };
  return {
    ctx: ctx as ActionContext<never>,
    again: (next) => attempt(client, { key, notes, clock, ...(next === undefined ? {} : { onCall: next }) }),
  };
}

interface AttemptOptions {
  readonly onCall?: OnCall;
  readonly key?: string;
  readonly notes?: Json[];
  readonly clock?: Clock;
}

/** Looks at something under way are limited, so that a test ends. */
const MOST_POLLS = 600;

/** Carries a step out as the engine does: look, act if need be, parse, prove. `begun`: an earlier process has called `run`. */
export async function carryOut<In, Out>(
  action: Action<never, In, Out>,
  { ctx }: Attempt,
  input: In,
  begun: boolean,
): Promise<Out | 'unknown'> {
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const next = decide(await action.observe(ctx, input), begun, false);
    if (next.do === 'ask') return 'unknown';
    if (next.do !== 'poll') {
      const raw = next.do === 'verify' ? next.output : await action.run(ctx, input);
      const output = action.output.parse(raw);
      requireGreen(await action.verify(ctx, input, output));
      return output;
    }
    await ctx.clock.sleep(1000, ctx.signal);
  }
  throw new assert.AssertionError({ message: 'observe says "running" and never comes to an end' });
}

export function requireGreen(proofs: readonly Proof[]): void {
  assert.ok(proofs.length > 0, 'verify gave no proof after success');
  const broken = proofs.filter(({ held }) => !held).map(({ claim, observed }) => `${claim} (seen: ${observed})`);
  assert.deepEqual(broken, [], 'verify is red after success');
}
