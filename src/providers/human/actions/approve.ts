import { z } from 'zod';
import type { Action, ActionContext } from '../../../actions/action.ts';
import type { RunDesk } from '../../../actions/run-desk.ts';
import { hours } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';

const Input = z.strictObject({
  question: z.string().min(1).describe('What is to be decided. "done" is yes, "failed" is no.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  answer: z.string().describe('What was said beside the yes; empty when nothing was.'),
  by: z.array(z.string()).describe('Who said yes.'),
});
type Output = z.infer<typeof Output>;

/** A decision between the steps. Where the step has an `approve` of its own, that is the answer: nobody is asked twice. */
export const approve: Action<RunDesk, Input, Output> = {
  name: 'human.approve',
  summary: 'Go on only when somebody says yes to a question.',
  danger: 'read',
  input: Input,
  output: Output,
  timeout: hours(24),
  worksOn: 'run',
  permissions: () => [],
  async observe(ctx) {
    const yes = await yesIn(ctx);
    return yes ? { state: 'done', output: yes } : { state: 'absent' };
  },
  preview: ({ question }, seen) => ({ danger: 'read', changes: seen.state === 'done' ? [] : [question] }),
  async run(ctx, { question }) {
    const before = await yesIn(ctx);
    if (before) return before;
    const said = await ctx.client.ask({ instruction: question }, ctx.signal);
    if (said.outcome === 'done') return { answer: said.answer, by: [said.by] };
    throw new KnownError(
      'APPROVAL_REJECTED',
      `${said.by} said no: ${said.answer}`,
      'Decide how the run goes on without it.',
    );
  },
  async verify(ctx, { question }) {
    const yes = await yesIn(ctx);
    return [
      {
        claim: `yes to: ${question}`,
        held: yes !== undefined,
        observed: yes ? `yes of ${yes.by.join(', ')}` : 'no yes',
      },
    ];
  },
  undo: { impossible: 'It only asks, so there is nothing to take back.' },
};

async function yesIn({ client }: ActionContext<RunDesk>): Promise<Output | undefined> {
  const approved = await client.approvedBy();
  if (approved.length > 0) return { answer: '', by: [...approved] };
  const said = await client.answer();
  return said?.outcome === 'done' ? { answer: said.answer, by: [said.by] } : undefined;
}
