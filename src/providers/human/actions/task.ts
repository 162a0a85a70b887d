import { z } from 'zod';
import type { Action, ActionContext } from '../../../actions/action.ts';
import type { Answer, RunDesk, Seen } from '../../../actions/run-desk.ts';
import { hours } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { Look, lookedForWords } from '../../../model/plan/look.ts';

const MachineSees = Look.extend({
  text: z.string().min(1).optional().describe('The same in words, for whoever does it.'),
});

const Input = z.strictObject({
  instruction: z.string().min(1).describe('What somebody is to do, in words that need no further knowledge.'),
  done_when: z
    .union([z.string(), MachineSees])
    .optional()
    .describe(
      'How they know that it is done, in words. Or what a machine looks at again and again: then the step ends by itself when the machine sees it, and "done" counts only when it does.',
    ),
  role: z
    .string()
    .optional()
    .describe('Whose task it is: an entry of `roles`. Only people of it may say that it is done. Default: anybody.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  answer: z.string().describe('What was found or seen, in the words of whoever did it; empty when they said nothing.'),
  by: z.string().describe('Who said that it is done; empty when nobody did, and a machine saw it.'),
  at: z.string().describe('When they said so, or it was seen.'),
  seen: z.string().optional().describe('What the machine saw, where one looks.'),
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
  async observe(ctx, input) {
    const said = await ctx.client.answer();
    // What somebody said against it, or in spite of it, no look overrules.
    const isFinal = said?.despiteLook === true || said?.outcome === 'failed';
    const seen = isFinal ? undefined : await lookedAt(ctx, input);
    if (seen?.met) return { state: 'done', output: outputOf(seenBy(seen, said, ctx.clock.now())) };
    if (seen !== undefined || said?.outcome !== 'done') return { state: 'absent' };
    return { state: 'done', output: outputOf(said) };
  },
  preview: ({ instruction, done_when }, seen) => ({
    danger: 'change',
    changes:
      seen.state === 'done'
        ? []
        : [
            `somebody is asked: ${instruction}`,
            ...(typeof done_when === 'object' ? [`it is done when ${lookedForWords(done_when)}`] : []),
          ],
  }),
  async run({ client, signal }, { instruction, done_when, role }) {
    const doneWhen = wordsFor(done_when);
    const said = await client.ask(
      {
        instruction,
        ...(doneWhen === undefined ? {} : { doneWhen }),
        ...(role === undefined ? {} : { role }),
        ...(typeof done_when === 'object' ? { look: done_when } : {}),
      },
      signal,
    );
    if (said.outcome === 'done') return outputOf(said);
    throw new KnownError(
      'STEP_FAILED',
      `${said.by} said that it could not be done: ${said.answer}`,
      'Help them, or find another way. Then decide how the run goes on.',
    );
  },
  async verify(ctx, input) {
    const said = await ctx.client.answer();
    const seen = await lookedAt(ctx, input).catch((error: unknown) => overruled(error, said));
    const claim = wordsFor(input.done_when) ?? 'somebody says that it is done';
    const word = said ? words(said) : 'nobody has said so';
    if (seen === undefined) return [{ claim, held: said?.outcome === 'done', observed: word }];
    if (said?.despiteLook)
      return [
        {
          claim: `somebody answers for it: ${claim}`,
          held: said.outcome === 'done',
          observed: `${word}; seen: ${seen.seen}`,
        },
      ];
    return [{ claim, held: seen.met, observed: said ? `${seen.seen}; ${word}` : seen.seen }];
  },
  undo: { impossible: 'What a person did, a person must take back.' },
};

/** Who answers for it, does so also where the machine cannot look at all. */
function overruled(error: unknown, said: Answer | undefined): Seen {
  if (said?.despiteLook && error instanceof KnownError) return { met: false, seen: error.message };
  throw error;
}

/** Undefined where no machine looks. */
const lookedAt = async ({ client, signal }: ActionContext<RunDesk>, { done_when }: Input): Promise<Seen | undefined> =>
  typeof done_when === 'object' ? client.look(done_when, signal) : undefined;

const wordsFor = (doneWhen: Input['done_when']): string | undefined =>
  typeof doneWhen === 'object' ? (doneWhen.text ?? lookedForWords(doneWhen)) : doneWhen;

const seenBy = ({ seen }: Seen, said: Answer | undefined, now: Date): Answer => ({
  ...(said ?? { outcome: 'done', answer: '', by: '', at: now.toISOString() }),
  seen,
});

const outputOf = ({ answer, by, at, seen }: Answer): Output => ({
  answer,
  by,
  at,
  ...(seen === undefined ? {} : { seen }),
});

const words = ({ outcome, answer, by }: Answer): string =>
  `${by} said "${outcome}"${answer === '' ? '' : `: ${answer}`}`;
