import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { minutes } from '../../../lib/duration.ts';
import { isJsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import type { PostgresClient, ServerStanding } from '../client-api.ts';
import { requirePromotable } from '../failover/problems.ts';
import { ComponentField, LsnField, leftBehind, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField.describe('The replica that becomes the primary.'),
  of: z.string().min(1).describe('The old primary. It must be closed: name its fence under `proven` of this step.'),
  at_least: LsnField.optional().describe(
    'Up to where the replica must have received the log, e.g. the position that postgres.fence put out: then nothing is lost.',
  ),
  synchronous: z
    .enum(['refuse', 'clear'])
    .default('refuse')
    .describe('When its commits would wait for standbys of the old primary: refuse to promote, or clear the setting.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  timeline: z.number().describe('The timeline it writes on now.'),
  old_timeline: z.number().describe('The timeline it was on as a replica.'),
  forked_at: LsnField.describe('Where the two timelines part: what the old primary wrote behind it is not here.'),
  promoted_in_ms: z.number().describe('From the call until it was a primary; 0 when that was not seen.'),
});
type Output = z.infer<typeof Output>;
type Context = ActionContext<PostgresClient>;

export const promote = postgresAction({
  name: 'postgres.promote',
  summary: 'Make a replica the primary, and prove that it accepts writes.',
  danger: 'destroy',
  timeout: minutes(10),
  input: Input,
  output: Output,
  permissions: () => [
    'EXECUTE ON FUNCTION pg_promote(boolean, integer), or superuser',
    'ALTER SYSTEM on wal_retrieve_retry_interval (optional: without it the promotion may take 5s longer)',
  ],
  async observe(ctx, input) {
    const server = await ctx.client.standing(input.component, ctx.signal);
    if (server.inRecovery) return { state: 'absent' };
    const begun = before(ctx);
    if (!isOurs(server, begun)) {
      const why = `${input.component} is a primary already, on timeline ${server.timeline}, and nothing shows that this run made it one`;
      return { state: 'unknown', why };
    }
    const { timeline, forkedAt } = await ctx.client.promotionOf(input.component, ctx.signal);
    return { state: 'done', output: outputOf({ timeline, forkedAt, milliseconds: 0 }, begun) };
  },
  preview: ({ component, of }, seen) => ({
    danger: 'destroy',
    changes:
      seen.state === 'done'
        ? []
        : [`${component} becomes a primary of its own`, `what ${of} has and ${component} has not received is lost`],
  }),
  async run(ctx, input) {
    const { client, signal, log } = ctx;
    const { component, of, synchronous, at_least: atLeast } = input;
    const clearSynchronous = synchronous === 'clear';
    const server = await client.standing(component, signal);
    const known = before(ctx);
    if (server.inRecovery || !isOurs(server, known)) await requireReady(ctx, input, server);
    const begun = known ?? { promoting: server.system, timeline: server.timeline };
    // Kept first: a primary that was one before this run is somebody else's.
    if (known === undefined) await ctx.note(begun);
    const promotion = await client.promote({ component, clearSynchronous, signal, log });
    log(`${component} is a primary on timeline ${promotion.timeline}, ${promotion.milliseconds}ms after it was told`);
    if (atLeast === undefined) log(`what ${of} wrote after ${promotion.forkedAt} is not here`);
    return outputOf(promotion, begun);
  },
  async verify({ client, signal }, { component }, output) {
    const server = await client.standing(component, signal);
    const { accepted, how } = await client.tryWrite(component, signal);
    const seen = server.inRecovery ? 'it is a replica' : `timeline ${server.timeline}`;
    return [
      proof(
        `${component} is a primary on timeline ${output.timeline}`,
        !server.inRecovery && server.timeline === output.timeline,
        seen,
      ),
      proof(`${component} accepts writes`, accepted, how),
    ];
  },
  undo: { impossible: 'A promoted server has left its timeline. Make it a replica again with postgres.rejoin.' },
  owes: ({ of }) => leftBehind(of),
});

async function requireReady({ client, signal }: Context, input: Input, server: ServerStanding): Promise<void> {
  const { component, of, synchronous, at_least: atLeast } = input;
  const old = await client.oldPrimary(of, signal);
  if (old.takesWrites)
    throw new KnownError(
      'TARGET_HEALTHY',
      `${of} still takes writes (${old.how}): promoting ${component} now would make two primaries`,
      'Close it first, with postgres.fence or by hand. Nothing was promoted.',
    );
  const { system, timeline } = old;
  requirePromotable(server, { component, system, timeline, atLeast, clearSynchronous: synchronous === 'clear' });
}

type Begun = { readonly promoting: string; readonly timeline: number };

function before({ notes }: Context): Begun | undefined {
  return notes.find((fact) => isJsonObject(fact) && 'promoting' in fact) as Begun | undefined;
}

const isOurs = (server: ServerStanding, begun: Begun | undefined): boolean =>
  begun !== undefined && server.system === begun.promoting && server.timeline > begun.timeline;

const outputOf = (
  { timeline, forkedAt, milliseconds }: { timeline: number; forkedAt: string; milliseconds: number },
  begun: Begun | undefined,
): Output => ({
  timeline,
  old_timeline: begun?.timeline ?? timeline,
  forked_at: forkedAt,
  promoted_in_ms: milliseconds,
});
