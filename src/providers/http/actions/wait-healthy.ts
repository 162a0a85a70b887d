import { z } from 'zod';
import type { Action, ActionContext } from '../../../actions/action.ts';
import { type Duration, formatDuration, hours, parseDuration, seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { DurationText } from '../../../model/plan.ts';
import type { Answer, HttpClient } from '../client-api.ts';

const Input = z.strictObject({
  component: z.string().describe('The service, an entry of `components` of kind service.'),
  for: DurationText.default('2m').describe('How long to wait for it at most.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  status: z.number().int().describe('HTTP status of the healthy answer.'),
  attempts: z.number().int().describe('How often it was asked.'),
});
type Output = z.infer<typeof Output>;

/** One question may take so long; a service that needs longer for its health page is not healthy. */
const QUESTION_WITHIN = seconds(5);
const PAUSE = seconds(1);

/** Waits until a service is healthy by the condition of the plan: the step at which the RTO clock may stop. */
export const waitHealthy: Action<HttpClient, Input, Output> = {
  name: 'http.wait_healthy',
  summary: 'Wait until a service answers as the plan expects of a healthy one.',
  danger: 'read',
  input: Input,
  output: Output,
  timeout: hours(1),
  permissions: ({ component }) => [`http: GET the health address of ${component}`],
  async observe(ctx, { component }) {
    const answer = await ask(ctx, component);
    return answer.healthy ? { state: 'done', output: { status: statusOf(answer), attempts: 1 } } : { state: 'absent' };
  },
  preview: ({ component, for: limit }, seen) => ({
    danger: 'read',
    changes: seen.state === 'done' ? [] : [`${component} is asked until it is healthy, for ${limit} at most`],
  }),
  run: (ctx, input) => waitUntilHealthy(ctx, input),
  async verify(ctx, { component }) {
    const { healthy, expected, seen } = await ask(ctx, component);
    return [{ claim: `${component} is healthy (${expected})`, held: healthy, observed: seen }];
  },
  undo: { impossible: 'It only asks, so there is nothing to take back.' },
};

const ask = ({ client, signal }: ActionContext<HttpClient>, component: string, within = QUESTION_WITHIN) =>
  client.ask(component, { within, signal });

async function waitUntilHealthy(ctx: ActionContext<HttpClient>, input: Input): Promise<Output> {
  const limit = parseDuration(input.for) as Duration;
  const end = ctx.clock.now().getTime() + limit;
  let told = '';
  for (let attempts = 1; ; attempts++) {
    const left = end - ctx.clock.now().getTime();
    const answer = await ask(ctx, input.component, Math.max(1, Math.min(QUESTION_WITHIN, left)));
    if (answer.healthy) return { status: statusOf(answer), attempts };
    if (answer.seen !== told) ctx.log(`${input.component} is not healthy yet: ${answer.seen}`);
    told = answer.seen;
    if (ctx.clock.now().getTime() + PAUSE >= end) throw tooLate(input.component, limit, attempts, told);
    await ctx.clock.sleep(PAUSE, ctx.signal);
  }
}

const tooLate = (component: string, limit: Duration, attempts: number, last: string): KnownError =>
  new KnownError(
    'TIMED_OUT',
    `${component} did not become healthy within ${formatDuration(limit)} (asked ${attempts} times). Last: ${last}`,
    `Look at the log of ${component} and at what it needs. "for" of the step gives it longer.`,
  );

/** A healthy answer always has a status. */
const statusOf = ({ status }: Answer): number => status ?? 0;
