import { z } from 'zod';
import type { Action } from '../../../actions/action.ts';
import type { Answer, RunDesk } from '../../../actions/run-desk.ts';
import { hours } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';

const Input = z.strictObject({
  instruction: z.string().min(1).describe('What somebody is to do, in words that need no further knowledge.'),
  done_when: z.string().optional().describe('How they know that it is done.'),
  role: z
    .string()
    .optional()
    .describe('Whose task it is: an entry of `roles`. Only people of it may say that it is done. Default: anybody.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  answer: z.string().describe('What was found or seen, in the words of whoever did it; empty when they said nothing.'),
  by: z.string().describe('Who said that it is done.'),
  at: z.string().describe('When they said so.'),
});
type Output = z.infer<typeof Output>;

/** Somebody does what no action of this build can do, and says so. */
export const task: Action<RunDesk, Input, Output> = {
  name: 'human.task',
  summary: 'Let somebody do something, and wait for their word that it is done.',
  danger: 'change',
  input: Input,
  output: Output,
  timeout: hours(24),
  worksOn: 'run',
  permissions: () => [],
  async observe({ client }) {
    const said = await client.answer();
    return said?.outcome === 'done' ? { state: 'done', output: outputOf(said) } : { state: 'absent' };
  },
  preview: ({ instruction }, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`somebody is asked: ${instruction}`],
  }),
  async run({ client, signal }, { instruction, done_when, role }) {
    const doneWhen = done_when === undefined ? {} : { doneWhen: done_when };
    const asked = { instruction, ...doneWhen, ...(role === undefined ? {} : { role }) };
    const said = await client.ask(asked, signal);
    if (said.outcome === 'done') return outputOf(said);
    throw new KnownError(
      'STEP_FAILED',
      `${said.by} said that it could not be done: ${said.answer}`,
      'Help them, or find another way. Then decide how the run goes on.',
    );
  },
  async verify({ client }, { done_when }) {
    const said = await client.answer();
    const claim = done_when ?? 'somebody says that it is done';
    return [{ claim, held: said?.outcome === 'done', observed: said ? words(said) : 'nobody has said so' }];
  },
  undo: { impossible: 'What a person did, a person must take back.' },
};

const outputOf = ({ answer, by, at }: Answer): Output => ({ answer, by, at });

const words = ({ outcome, answer, by }: Answer): string =>
  `${by} said "${outcome}"${answer === '' ? '' : `: ${answer}`}`;
