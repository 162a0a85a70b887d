import { z } from 'zod';
import { DomainName, DurationText, Name, Span } from './values.ts';

const Escalation = z.strictObject({
  role: Name.describe('Who may approve, too: an entry of `roles`.'),
  after: DurationText.describe('How long after the first asking.'),
});

const Approval = z.strictObject({
  role: Name.describe('Who may approve: an entry of `roles`.'),
  count: z.number().int().min(1).default(1).describe('How many different people must approve.'),
  within: DurationText.optional().describe('How long the run waits for them. Default: 24h.'),
  escalate: z
    .array(Escalation)
    .min(1)
    .optional()
    .describe('Further roles that may approve, too, when there are not enough approvals by then.'),
});

const Confirm = z.strictObject({
  role: Name.describe('Who may confirm: an entry of `roles`.'),
  within: DurationText.default('10m').describe(
    'How long after it was first asked. Then the step is taken back, also when the run stood still meanwhile.',
  ),
  count: z.number().int().min(1).default(1).describe('How many different people must confirm.'),
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
  proven: z
    .array(Name)
    .min(1)
    .optional()
    .describe(
      'Steps that must have succeeded, and whose proofs must still hold: right before this step acts, the world is looked at again. It waits for them as with `needs`. Of people their recorded word counts. At a step that stands for a procedure it holds for every step of it.',
    ),
  safety_point: z
    .union([Name, z.array(Name).min(1)])
    .optional()
    .describe(
      'Component, or components, of which a whole recovery point must be there that was taken after the run began. Looked for right before this step acts.',
    ),
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
      backoff: z
        .number()
        .min(1)
        .max(10)
        .optional()
        .describe(
          'Each further pause is so many times as long as the one before. Default: 1, always the same. Nothing is left to chance: a run that is looked at again must show why it waited as long as it did, and the tries of one run do not crowd out each other.',
        ),
      at_most: DurationText.optional().describe('No pause is longer than this. Default: 1d.'),
    })
    .optional()
    .describe('Tries again what failed with an error that may pass. Other errors are not retried.'),
  for_each: z
    .union([z.string(), z.array(z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())]))])
    .optional()
    .describe(
      'Carried out once for each item: ${{ CEL }} that gives a list, or the list itself. An input is a text: inputs.tables.split(",") makes a list of it. Expressions of the step, or of the procedure that it uses, see `item` and `index` (from 0). The list is kept when the step begins. The items are steps of their own, called NAME.0, NAME.1 and so on; what the step says of timeout, retry, success and expect holds for each of them, its when and approve for all. It puts out items (with item, status and outputs), succeeded, failed and skipped.',
    ),
  at_once: z.number().int().min(1).max(100).optional().describe('With for_each: how many items at a time. Default: 1.'),
  may_fail: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'With for_each: how many items may fail. With one more, no further item is begun, and when those under way have ended the step fails. Default: 0.',
    ),
  may_be_empty: z
    .boolean()
    .optional()
    .describe('With for_each: an empty list is a success. Default: it is a failure, for nothing was done.'),
  success: z.string().optional().describe('${{ CEL over outputs }} that must be true for the step to have succeeded.'),
  approve: Approval.optional().describe('People who must say yes before the step runs.'),
  confirm: Confirm.optional().describe(
    'People who must say, once it has acted, that the world is right. A no, or nobody in time, and the step is taken back. Only for what can be taken back.',
  ),
  on_failure: z
    .enum(['ask', 'undo', 'continue', 'stop'])
    .default('ask')
    .describe(
      'ask: wait for a person. undo: take back what this run did, newest first. continue: go on. stop: end the run as failed.',
    ),
  note: z.string().optional().describe('What else a person should know.'),
});
export type Step = z.infer<typeof Step>;

/** The components of which a step demands a recovery point. */
export const safetyPointsOf = ({ safety_point: named = [] }: Step): readonly string[] =>
  typeof named === 'string' ? [named] : named;
