import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { type Duration, formatDuration, minutes, parseDuration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { DurationText } from '../../../model/plan.ts';
import type { PostgresClient } from '../client-api.ts';
import { type Judging, saidOf, settled, withLook } from '../failover/judging.ts';
import { verdictOf, viewsInWords } from '../failover/views.ts';
import { ComponentField, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const VantageField = z.strictObject({
  name: z.string().min(1).describe('The place, as people call it.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Asked by GET. 2xx: it reaches the primary. 503: it does not. Anything else says nothing.'),
  command: z
    .string()
    .min(1)
    .optional()
    .describe('Run in bash here, e.g. over ssh. Exit code 0: it reaches the primary. 1: it does not. Else: nothing.'),
});

const ONE_OF = 'a place has either a url or a command';

const Input = z.strictObject({
  component: ComponentField,
  replicas: z.array(z.string().min(1)).default([]).describe('Its replicas: each tells whether it still receives.'),
  also_from: z
    .array(VantageField.refine((place) => (place.url === undefined) !== (place.command === undefined), ONE_OF))
    .default([])
    .describe('Further places that may reach it. At least two places must miss it, we among them.'),
  every: DurationText.default('1s').describe('Pause between two looks, from the begin of one to that of the next.'),
  misses: z.int().min(1).max(100).default(3).describe('So many looks in a row must come out as down.'),
  within: DurationText.default('1m').describe('How long to look at most.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  verdict: z.literal('down').describe('It is down; otherwise this step fails.'),
  down_since: z.iso.datetime().describe('The first of the looks in a row that missed it. ISO 8601, UTC.'),
  looks: z.number().describe('How often it was looked at.'),
  seen: z
    .array(
      z.strictObject({
        from: z.string().describe('The place.'),
        sight: z.enum(['alive', 'quiet', 'gone', 'blind']).describe('What the place says. blind: it cannot tell.'),
        how: z.string().describe('What was seen.'),
      }),
    )
    .describe('The last look.'),
});
type Output = z.infer<typeof Output>;
type Context = ActionContext<PostgresClient>;

export const judgePrimary = postgresAction({
  name: 'postgres.judge_primary',
  summary: 'Find out, from several places, whether a primary is down.',
  danger: 'read',
  timeout: minutes(30),
  input: Input,
  output: Output,
  permissions: () => ['log in to the primary and its replicas', 'pg_monitor on the replicas'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  run: (ctx, input) => lookUntilJudged(ctx, input),
  /** One look: it has not come back meanwhile. */
  async verify(ctx, input) {
    const views = await look(ctx, input);
    return [proof(`${input.component} is down`, verdictOf(views) === 'down', viewsInWords(views))];
  },
  undo: nothingToUndo,
});

async function look({ client, signal }: Context, { component, replicas, also_from }: Input) {
  const vantage = also_from.map(({ name, url, command = '' }) =>
    url === undefined ? { name, command } : { name, url },
  );
  return client.views({ component, replicas, vantage, signal });
}

async function lookUntilJudged(ctx: Context, input: Input): Promise<Output> {
  const { clock } = ctx;
  const [every, within] = [ms(input.every), ms(input.within)];
  const end = clock.now().getTime() + within;
  let judging: Judging | undefined;
  for (let looks = 1; ; looks++) {
    const begun = clock.now();
    judging = withLook(judging, await look(ctx, input), begun);
    const verdict = settled(judging, input.misses);
    if (verdict === 'down') return outputOf(judging, looks);
    if (verdict !== undefined) throw alive(input.component, judging);
    ctx.log(`${input.component}: ${saidOf(judging)}`);
    const next = begun.getTime() + every;
    if (next > end) throw notJudged(input, judging);
    await clock.sleep(Math.max(0, next - clock.now().getTime()), ctx.signal);
  }
}

const ms = (text: string): Duration => parseDuration(text) as Duration;

const outputOf = ({ since, views }: Judging, looks: number): Output => ({
  verdict: 'down',
  down_since: since.toISOString(),
  looks,
  seen: views.map(({ from, sight, how }) => ({ from, sight, how })),
});

const alive = (component: string, judging: Judging): KnownError =>
  judging.verdict === 'up'
    ? new KnownError(
        'TARGET_HEALTHY',
        `${component} is up: ${saidOf(judging)}`,
        'Nothing was done. To move it by choice, close it first with postgres.fence, and promote without judging.',
      )
    : new KnownError(
        'TARGET_HEALTHY',
        `${component} lives, and only this machine does not reach it: ${saidOf(judging)}`,
        'Repair the way from here to it, or run this from another machine. Promoting now would make two primaries.',
      );

const notJudged = ({ component, within }: Input, judging: Judging): KnownError =>
  new KnownError(
    'NOT_JUDGED',
    `whether ${component} is down could not be told within ${formatDuration(ms(within))}: ${saidOf(judging)}`,
    'Two places must miss it, and none may hear it. Add one under also_from, or let somebody look and decide.',
  );
