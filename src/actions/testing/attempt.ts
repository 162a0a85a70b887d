import assert from 'node:assert/strict';
import { decide } from '../../engine/decide.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Json } from '../../lib/json.ts';
import type { Proof } from '../../model/run.ts';
import type { Action, ActionContext } from '../action.ts';
import { intercept, type OnCall } from './intercept.ts';

/** Why the signal is aborted when a person stops the run. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** What is kept of a step over the death of a process. */
export interface Kept {
  readonly notes: Json[];
  /** `run` was called. */
  begun: boolean;
}

export interface Attempt {
  readonly ctx: ActionContext<never>;
  readonly kept: Kept;
  /** The same step in a new process, after this one ended or died: same key, same notes. */
  again(onCall?: OnCall): Attempt;
  /** A person stops the run. */
  stop(): void;
}

const passOn: OnCall = (_name, go) => go();

/** One process that works at a step. Calls of the client, and notes, pass through `onCall`. */
export function attempt(client: object, onCall = passOn, clock: Clock = fakeClock(), kept = nothingKept()): Attempt {
  const stopping = new AbortController();
  const ctx: ActionContext<object> = {
    client: intercept(client, onCall),
    key: 'run-1/step',
    signal: stopping.signal,
    clock,
    log: (line) => assert.equal(typeof line, 'string', 'log takes one line of text'),
    note: async (fact) => {
      await onCall('note', async () => {
        kept.notes.push(asKept(fact));
      });
    },
    notes: kept.notes,
  };
  return {
    ctx: ctx as ActionContext<never>,
    kept,
    again: (next) => attempt(client, next, clock, kept),
    stop: () => stopping.abort(new Stopped()),
  };
}

const nothingKept = (): Kept => ({ notes: [], begun: false });

/** A value as the journal gives it back. */
export const asKept = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Looks at something under way are limited, so that a test ends. */
const MOST_POLLS = 600;

/** Carries a step out as the engine does: look, act if need be, parse, prove. `unknown`: only a person may say how it goes on. */
export async function carryOut<In, Out>(
  action: Action<never, In, Out>,
  { ctx, kept }: Attempt,
  input: In,
): Promise<Out | 'unknown'> {
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const seen = await action.observe(ctx, input);
    if (seen.state === 'running') {
      await ctx.clock.sleep(1000, ctx.signal);
      continue;
    }
    const next = decide(seen, kept.begun, false);
    if (next.do === 'ask') return 'unknown';
    if (next.do === 'run') {
      kept.begun = true;
      return proven(action, ctx, input, await action.run(ctx, input));
    }
    return proven(action, ctx, input, next.output);
  }
  return assert.fail('observe says "running" and never comes to an end');
}

async function proven<In, Out>(
  action: Action<never, In, Out>,
  ctx: ActionContext<never>,
  input: In,
  raw: unknown,
): Promise<Out> {
  const output = action.output.parse(raw);
  assert.deepEqual(asKept(output), output, 'the output changes when it is kept as JSON');
  const proofs = await action.verify(ctx, input, output);
  assert.ok(proofs.length > 0, 'verify gave no proof after success');
  assert.deepEqual(broken(proofs), [], 'verify is red after success');
  return output;
}

const broken = (proofs: readonly Proof[]): readonly string[] =>
  proofs.filter(({ held }) => !held).map(({ claim, observed }) => `${claim} (seen: ${observed})`);

/** Takes a step back as the engine does: looks first, because there may be nothing to take back. */
export async function takeBack<In, Out>(
  action: Action<never, In, Out>,
  { ctx }: Attempt,
  input: In,
  known?: Out,
): Promise<void> {
  const seen = await action.observe(ctx, input);
  if (seen.state === 'absent') return;
  assert.ok(typeof action.undo === 'function', 'the action has no undo');
  // The engine knows no output of a step that was cut off.
  await action.undo(ctx, input, seen.state === 'done' ? seen.output : (known ?? (null as Out)));
}
