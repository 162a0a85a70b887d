import { z } from 'zod';
import type { Action, ActionContext } from '../../../actions/action.ts';
import type { RunDesk } from '../../../actions/run-desk.ts';
import { type Duration, hours, parseDuration } from '../../../lib/duration.ts';
import { DurationText } from '../../../model/plan.ts';

const Input = z.strictObject({
  for: DurationText.describe('How long: 90s, 15m, 48h. Counted from the first time the step begins.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({ until: z.string().describe('When the wait was over.') });
type Output = z.infer<typeof Output>;

/** A timer of many days is kept as several: the machine's own timers end after 24 days. */
const LONGEST_SLEEP = hours(1);

/** Waits for a stated time. Its end is kept in the log, so a run that was interrupted does not begin to wait anew. */
export const wait: Action<RunDesk, Input, Output> = {
  name: 'time.wait',
  summary: 'Wait for a stated time, over restarts too.',
  danger: 'read',
  input: Input,
  output: Output,
  timeout: hours(24 * 20),
  worksOn: 'run',
  permissions: () => [],
  async observe({ client, clock }) {
    const until = await client.heldUntil();
    return until && until <= clock.now() ? { state: 'done', output: outputOf(until) } : { state: 'absent' };
  },
  preview: (input, seen) => ({
    danger: 'read',
    changes: seen.state === 'done' ? [] : [`nothing happens for ${input.for}`],
  }),
  run: (ctx, input) => waitUntilOver(ctx, parseDuration(input.for) as Duration),
  async verify({ client, clock }) {
    const until = await client.heldUntil();
    const claim = 'the time is over';
    return [
      { claim, held: until !== undefined && until <= clock.now(), observed: until?.toISOString() ?? 'not begun' },
    ];
  },
  undo: { impossible: 'Time that has passed does not come back.' },
};

async function waitUntilOver({ client, clock, signal }: ActionContext<RunDesk>, length: Duration): Promise<Output> {
  const until = await client.hold(new Date(clock.now().getTime() + length));
  for (let left = remaining(until, clock.now()); left > 0; left = remaining(until, clock.now()))
    await clock.sleep(Math.min(left, LONGEST_SLEEP), signal);
  return outputOf(until);
}

const remaining = (until: Date, now: Date): number => until.getTime() - now.getTime();

const outputOf = (until: Date): Output => ({ until: until.toISOString() });
