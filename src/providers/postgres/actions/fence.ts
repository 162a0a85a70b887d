import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { minutes } from '../../../lib/duration.ts';
import { isJsonObject } from '../../../lib/json.ts';
import type { FenceRequest, FenceState, FenceWay, PostgresClient } from '../client-api.ts';
import { ComponentField, LsnField, leftBehind, postgresAction, proof } from './define.ts';

const COMMANDS = ['close', 'proof'] as const;

const Input = z
  .strictObject({
    component: ComponentField.describe('The old primary.'),
    by: z
      .enum(['refuse_logins', 'stop_server', 'command'])
      .describe(
        'refuse_logins: the server turns away every role but ours, and is read-only. stop_server: it is stopped, and its data folder, on this machine, keeps it from coming back as a primary. command: commands of the plan close it and prove it.',
      ),
    close: z.string().min(1).optional().describe('With command: closes it. Run in bash; may be run twice.'),
    proof: z
      .string()
      .min(1)
      .optional()
      .describe('With command: only looks. Exit code 0: it is closed. 1: it is open. Anything else: cannot tell.'),
    open: z.string().min(1).optional().describe('With command: opens it again, when the step is taken back.'),
  })
  .superRefine((input, ctx) => {
    for (const name of COMMANDS)
      if (input.by === 'command' && input[name] === undefined)
        ctx.addIssue({ code: 'custom', path: [name], message: `by: command needs "${name}"` });
    for (const name of [...COMMANDS, 'open'] as const)
      if (input.by !== 'command' && input[name] !== undefined)
        ctx.addIssue({ code: 'custom', path: [name], message: `only by: command takes "${name}"` });
  });
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  by: z.string().describe('The way it was closed.'),
  how: z.string().describe('What shows that it is closed.'),
  position: LsnField.optional().describe('The end of its log, when it could be asked after it was closed.'),
  already_closed: z.boolean().describe('It was closed before this step, so undoing leaves it so.'),
});
type Output = z.infer<typeof Output>;
type Context = ActionContext<PostgresClient>;

export const fence = postgresAction({
  name: 'postgres.fence',
  summary: 'Keep an old primary from taking writes, and prove it.',
  danger: 'change',
  timeout: minutes(3),
  input: Input,
  output: Output,
  permissions: ({ by }) =>
    by === 'refuse_logins'
      ? ['superuser on the old primary: it writes its own pg_hba.conf']
      : by === 'stop_server'
        ? ['root, or the user that owns the data folder']
        : ['what the commands need'],
  async observe(ctx, input) {
    const seen = await ctx.client.fenceState(requestOf(ctx, input));
    // Whoever has closed it: closed is closed, and what this run did not close it does not open.
    return seen.closed ? { state: 'done', output: outputOf(ctx, input, seen) } : { state: 'absent' };
  },
  preview: ({ component, by }, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`${component} takes no writes any more (${WORDS[by]})`],
  }),
  async run(ctx, input) {
    const request = requestOf(ctx, input);
    // What was before is kept first: after a crash nobody could tell it from what we did.
    if (before(ctx) === undefined) await ctx.note({ was_closed: await wasClosed(ctx, request) });
    const closed = await ctx.client.fence(request);
    ctx.log(`${input.component} is closed: ${closed.how}`);
    return outputOf(ctx, input, closed);
  },
  async verify(ctx, input) {
    const { closed, how } = await ctx.client.fenceState(requestOf(ctx, input));
    return [proof(`${input.component} takes no writes`, closed, how)];
  },
  cannotUndo: ({ by, open }) =>
    by === 'command' && open === undefined ? 'The plan gives no command that opens it again.' : undefined,
  async undo(ctx, input, output) {
    const wasOpen = (output?.already_closed ?? before(ctx)) !== true;
    if (wasOpen) await ctx.client.unfence(requestOf(ctx, input));
  },
  owes: ({ component }) => leftBehind(component),
});

const WORDS: Readonly<Record<Input['by'], string>> = {
  refuse_logins: 'it turns its applications away',
  stop_server: 'it is stopped, and comes back only as a replica',
  command: 'by the commands of the plan',
};

const requestOf = ({ key, signal }: Context, input: Input): FenceRequest => ({
  component: input.component,
  way: wayOf(input),
  key,
  signal,
});

function wayOf({ by, close = '', proof: proves = '', open }: Input): FenceWay {
  return by === 'command' ? { by, close, proof: proves, ...(open === undefined ? {} : { open }) } : { by };
}

/** What cannot be looked at counts as open: then undoing opens it, which is what was there as far as anybody knew. */
const wasClosed = async ({ client }: Context, request: FenceRequest): Promise<boolean> =>
  (await client.fenceState(request)).closed;

function before({ notes }: Context): boolean | undefined {
  const note = notes.find((fact) => isJsonObject(fact) && typeof fact.was_closed === 'boolean');
  return (note as { was_closed: boolean } | undefined)?.was_closed;
}

const outputOf = (ctx: Context, { by }: Input, { how, position }: FenceState): Output => ({
  by,
  how,
  ...(position === undefined ? {} : { position }),
  // Without a note this run has not closed it.
  already_closed: before(ctx) ?? true,
});
