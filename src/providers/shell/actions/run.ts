import { z } from 'zod';
import type { Action, ActionContext, Observation } from '../../../actions/action.ts';
import { hours } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import type { Proof } from '../../../model/run.ts';
import { joinable, newAttempt, standingOf } from '../attempts.ts';
import type { Ended, ShellClient } from '../client-api.ts';
import { commandInput, commandOf, jsonIn, saidOf } from '../command-input.ts';

const Input = z.strictObject({
  command: z.string().trim().min(1).describe('What bash is given to do. It stops at the first command that fails.'),
  observe: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe(
      'A command that only looks, and says whether it was done already: exit code 0 for yes, 1 for no, any other for "cannot tell". What it prints is then the output.',
    ),
  undo: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe('A command that takes it back. Done twice, it must do no more than once.'),
  ...commandInput,
  exit_codes: z
    .array(z.number().int().min(0).max(255))
    .min(1)
    .default([0])
    .describe('Exit codes with which the command has done its work.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  exit_code: z.number().int().describe('Exit code; 128 and more when a signal ended it.'),
  from: z.enum(['command', 'observe']).describe('Which command the output is of.'),
  stdout: z.string().describe('The last 64 KiB of what it wrote, without the line end at the end.'),
  stderr: z.string().describe('The last 16 KiB of what it wrote to standard error.'),
  json: z.unknown().optional().describe('The value of `stdout`, when that is one JSON document.'),
  stdout_file: z.string().optional().describe('File in which all that it wrote is kept.'),
  seconds: z.number().describe('How long it took.'),
});
type Output = z.infer<typeof Output>;
type Context = ActionContext<ShellClient>;

/** Runs a command in bash: for what no action is there yet. */
export const run: Action<ShellClient, Input, Output> = {
  name: 'shell.run',
  summary: 'Run a command in bash on the machine of Lifeboat.',
  danger: 'change',
  input: Input,
  output: Output,
  timeout: hours(4),
  permissions: () => ['shell: whatever the command needs, for the user that runs Lifeboat'],
  observe,
  preview: (input, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`this is run: ${input.command}`],
  }),
  async run(ctx, input) {
    const earlier = joinable(await standingOf(ctx, 'run'), ctx.again === true);
    const attempt = earlier ?? (await newAttempt(ctx, 'run'));
    await ctx.client.begin(attempt, commandOf(ctx, input, input.command));
    return outputOf(await ctx.client.follow(attempt, ctx), 'command');
  },
  async verify(ctx, input, output) {
    if (output.from === 'command') {
      const own = exitProof(input, output);
      return own.held && input.observe !== undefined ? [own, await lookedAt(ctx, input, input.observe)] : [own];
    }
    return [await lookedAt(ctx, input, input.observe as string)];
  },
  cannotUndo: ({ undo }) => (undo === undefined ? 'The plan gives no command that takes it back.' : undefined),
  async undo(ctx, input) {
    const { last } = await standingOf(ctx, 'run');
    if (last !== undefined) await ctx.client.stop(last);
    if (input.undo === undefined)
      throw new KnownError('STEP_FAILED', 'the plan gives no command that takes it back', 'Take it back by hand.');
    await takeBack(ctx, input, input.undo);
  },
};

async function observe(ctx: Context, input: Input): Promise<Observation<Output>> {
  const { standing } = await standingOf(ctx, 'run');
  if (standing.state === 'running') return { state: 'running' };
  const ownEnd = standing.state === 'ended' && !standing.ended.stopped && ctx.again !== true;
  // What our own record says needs no second opinion; how far a command came that failed, only the world can tell.
  if (ownEnd && (input.observe === undefined || input.exit_codes.includes(standing.ended.code)))
    return { state: 'done', output: outputOf(standing.ended, 'command') };
  if (input.observe !== undefined) return askWorld(ctx, input, input.observe);
  if (standing.state === 'absent' && ctx.inDoubt === true && ctx.again !== true)
    return { state: 'unknown', why: 'the machine that drove the run before may have begun it, and cannot be asked' };
  if (standing.state === 'absent') return { state: 'absent' };
  return { state: 'unknown', why: standing.state === 'lost' ? standing.why : 'it was stopped before it had ended' };
}

async function askWorld(ctx: Context, input: Input, text: string): Promise<Observation<Output>> {
  const answer = await ctx.client.ask(commandOf(ctx, input, text), ctx.signal);
  if (answer.code === 0) return { state: 'done', output: outputOf(answer, 'observe') };
  if (answer.code === 1) return { state: 'absent' };
  return { state: 'unknown', why: `observe cannot tell: ${saidOf(answer)}` };
}

function outputOf({ code, stdout, stderr, whole, stdoutFile, seconds }: Ended, from: Output['from']): Output {
  const json = whole ? jsonIn(stdout) : undefined;
  return {
    exit_code: code,
    from,
    stdout: stdout.replace(/\n+$/, ''),
    stderr: stderr.replace(/\n+$/, ''),
    seconds,
    ...(json === undefined ? {} : { json }),
    ...(stdoutFile === '' ? {} : { stdout_file: stdoutFile }),
  };
}

const exitProof = ({ exit_codes }: Input, output: Output): Proof => ({
  claim: `it ended with the exit code ${exit_codes.join(' or ')}`,
  held: exit_codes.includes(output.exit_code),
  observed: saidOf({ ...output, code: output.exit_code }),
});

async function lookedAt(ctx: Context, input: Input, text: string): Promise<Proof> {
  const answer = await ctx.client.ask(commandOf(ctx, input, text), ctx.signal);
  return { claim: 'it is done, by the observe command of the plan', held: answer.code === 0, observed: saidOf(answer) };
}

async function takeBack(ctx: Context, input: Input, text: string): Promise<void> {
  const before = await standingOf(ctx, 'undo');
  const failed = before.standing.state === 'ended' && before.standing.ended.code !== 0;
  const attempt = joinable(before, failed) ?? (await newAttempt(ctx, 'undo'));
  await ctx.client.begin(attempt, commandOf(ctx, input, text));
  const ended = await ctx.client.follow(attempt, ctx);
  if (ended.code !== 0)
    throw new KnownError('TARGET_FAILED', `undo failed: ${saidOf(ended)}`, 'Take it back by hand, then decide.');
}
