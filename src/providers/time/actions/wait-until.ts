import { z } from 'zod';
import type { Action } from '../../../actions/action.ts';
import type { RunDesk, Seen } from '../../../actions/run-desk.ts';
import { type Duration, hours, parseDuration } from '../../../lib/duration.ts';
import { Look, lookedForWords } from '../../../model/plan/look.ts';
import { DurationText } from '../../../model/plan.ts';

const Input = Look.extend({
  within: DurationText.describe(
    'How long at most: 10m. Counted from the first time the step begins, over restarts. Then it fails and says what it last saw.',
  ),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  seen: z.record(z.string(), z.unknown()).describe('What the action that looked put out, when it was so.'),
});
type Output = z.infer<typeof Output>;

/** Waits until the world is as it must be: another action, which changes nothing, looks again and again. */
export const waitUntil: Action<RunDesk, Input, Output> = {
  name: 'time.wait_until',
  summary: 'Look again and again until a condition is true, and give up after a stated time.',
  danger: 'read',
  input: Input,
  output: Output,
  timeout: hours(24 * 20),
  worksOn: 'run',
  permissions: ({ uses }) => [`what ${uses} needs`],
  async observe({ client, signal }, input) {
    const seen = await client.look(input, signal);
    return seen.met ? { state: 'done', output: outputOf(seen) } : { state: 'absent' };
  },
  preview: (input, seen) => ({
    danger: 'read',
    changes: seen.state === 'done' ? [] : [`waits until ${lookedForWords(input)}: ${howOften(input)}`],
  }),
  run: async ({ client, signal }, input) =>
    outputOf(await client.lookUntil(input, { within: parseDuration(input.within) as Duration, signal })),
  async verify({ client, signal }, input) {
    const { met, seen } = await client.look(input, signal);
    return [{ claim: lookedForWords(input), held: met, observed: seen }];
  },
  undo: { impossible: 'It only looks, so there is nothing to take back.' },
};

const howOften = ({ every, within }: Input): string => `looked at every ${every}, for ${within} at most`;

const outputOf = ({ output }: Seen): Output => ({ seen: output as Output['seen'] });
