import { z } from 'zod';
import type { Action, ActionContext } from '../../../actions/action.ts';
import { minutes } from '../../../lib/duration.ts';
import type { Proof } from '../../../model/run.ts';
import type { Ended, ShellClient } from '../client-api.ts';
import { commandInput, commandOf, jsonIn, saidOf } from '../command-input.ts';

const Input = z.strictObject({
  command: z
    .string()
    .trim()
    .min(1)
    .describe('What bash is given to do. It must only look: it may be run any number of times.'),
  ...commandInput,
  exit_codes: z
    .array(z.number().int().min(0).max(255))
    .min(1)
    .default([0])
    .describe('Exit codes with which it has seen what it must see. As a look of another step, `until` judges instead.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  exit_code: z.number().int().describe('Exit code; 128 and more when a signal ended it.'),
  stdout: z.string().describe('The last 64 KiB of what it wrote, without the line end at the end.'),
  stderr: z.string().describe('The last 64 KiB of what it wrote to standard error.'),
  json: z.unknown().optional().describe('The value of `stdout`, when that is one JSON document.'),
  seconds: z.number().describe('How long it took.'),
});
type Output = z.infer<typeof Output>;

/** Runs a command that only looks: nothing of it is kept, and a run that was cut off runs it anew. */
export const look: Action<ShellClient, Input, Output> = {
  name: 'shell.look',
  summary: 'Run a command that only looks, and put out what it says.',
  danger: 'read',
  input: Input,
  output: Output,
  timeout: minutes(5),
  permissions: () => ['shell: whatever the command needs, for the user that runs Lifeboat'],
  observe: async () => ({ state: 'absent' }),
  preview: ({ command }) => ({ danger: 'read', changes: [`this is run, and only looks: ${command}`] }),
  run: async (ctx, input) => outputOf(await asked(ctx, input)),
  async verify(ctx, input) {
    const answer = await asked(ctx, input);
    const proof: Proof = {
      claim: `it ended with the exit code ${input.exit_codes.join(' or ')}`,
      held: input.exit_codes.includes(answer.code),
      observed: saidOf(answer),
    };
    return [proof];
  },
  undo: { impossible: 'It only looks, so there is nothing to take back.' },
};

const asked = (ctx: ActionContext<ShellClient>, input: Input): Promise<Ended> =>
  ctx.client.ask(commandOf(ctx, input, input.command), ctx.signal);

function outputOf({ code, stdout, stderr, whole, seconds }: Ended): Output {
  const json = whole ? jsonIn(stdout) : undefined;
  return {
    exit_code: code,
    stdout: stdout.replace(/\n+$/, ''),
    stderr: stderr.replace(/\n+$/, ''),
    seconds,
    ...(json === undefined ? {} : { json }),
  };
}
