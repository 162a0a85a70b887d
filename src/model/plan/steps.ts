import { z } from 'zod';
import { DomainName, DurationText, Name, Span } from './values.ts';

const Approval = z.strictObject({
  role: Name.describe('Who may approve: an entry of `roles`.'),
  count: z.number().int().min(1).default(1).describe('How many different people must approve.'),
  within: DurationText.optional().describe('How long the run waits for them. Default: 24h.'),
});

export const Step = z.strictObject({
  id: Name.describe('Name of the step: the key of its outputs and of its record.'),
  title: z.string().optional().describe('What it achieves, in the words of a person.'),
  uses: z
    .string()
    .describe(
      'The action, e.g. postgres.find_deletion; shell.run for a command, human.task for a person, procedure for the steps of a procedure. See docs/reference/actions.md.',
    ),
  with: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('The input of the action. Text may hold ${{ expressions }}.'),
  needs: z.array(Name).optional().describe('Steps that must have succeeded first. Default: the step above.'),
  one_of: Name.optional().describe(
    'Name of the group of alternatives it belongs to. They are tried in the order written: the first whose `when` holds is taken; when it fails, the next one is. A failure that a person must judge, `on_failure: stop` and `undo` try no other. When all fail, the last one counts.',
  ),
  when: z.string().optional().describe('${{ CEL }}: the step is skipped when this is false.'),
  in: DomainName.optional().describe(
    'Failure domain it acts in or cannot do without, where its input does not say it.',
  ),
  expect: Span.optional().describe('How long it is expected to take: 15m, or 15m..30m.'),
  timeout: DurationText.optional().describe('How long it may take. Default: what the action says.'),
  retry: z
    .strictObject({
      times: z.number().int().min(1).max(100).describe('How many further tries.'),
      every: DurationText.default('5s').describe('Pause before each further try.'),
    })
    .optional()
    .describe('Tries again what failed with an error that may pass. Other errors are not retried.'),
  success: z.string().optional().describe('${{ CEL over outputs }} that must be true for the step to have succeeded.'),
  approve: Approval.optional().describe('People who must say yes before the step runs.'),
  on_failure: z
    .enum(['ask', 'undo', 'continue', 'stop'])
    .default('ask')
    .describe(
      'ask: wait for a person. undo: take back what this run did, newest first. continue: go on. stop: end the run as failed.',
    ),
  note: z.string().optional().describe('What else a person should know.'),
});
export type Step = z.infer<typeof Step>;
