import { z } from 'zod';
import { Step } from './steps.ts';
import { DomainName, DurationText, Name, Objectives, Span } from './values.ts';

const Inputs = z
  .record(
    Name,
    z.strictObject({
      describe: z.string().describe('What to enter, for the person who is asked.'),
      default: z.union([z.string(), z.number(), z.boolean()]).optional().describe('Used when nothing is entered.'),
    }),
  )
  .default({})
  .describe('What must be known when the run starts; given with --set name=value.');

/** How likely something is, and how bad. */
export const RISK_LEVELS = ['very-low', 'low', 'medium', 'high', 'critical'] as const;

export const Scenario = z.strictObject({
  title: z.string().describe('What happened, as people say it.'),
  kind: z
    .enum(['disaster', 'rollback', 'degradation', 'security'])
    .default('disaster')
    .describe(
      'disaster: something is lost. rollback: a change is taken back. degradation: something works badly. security: somebody is inside.',
    ),
  loses: z.array(Name).default([]).describe('Components that are lost or damaged.'),
  loses_domains: z
    .array(DomainName)
    .default([])
    .describe('Failure domains that are gone, with all that lives in them.'),
  detection: z.array(z.string()).default([]).describe('How one notices.'),
  detect_within: DurationText.optional().describe('How long noticing takes; it is part of the RTO.'),
  likelihood: z.enum(RISK_LEVELS).optional(),
  severity: Name.optional().describe('Severity it is declared with: an entry of `severities`.'),
  damage: z.enum(RISK_LEVELS).optional().describe('How bad it is when it happens.'),
  prerequisites: z.array(z.string()).default([]).describe('What must be at hand.'),
  objectives: Objectives.default({}).describe('What is promised for this scenario.'),
  states: z
    .strictObject({ takes: Span.optional(), loses: z.string().optional() })
    .optional()
    .describe('What a document claims of it, beside what its steps add up to.'),
  inputs: Inputs,
  impact: z
    .string()
    .optional()
    .describe(
      '${{ CEL over steps }}: when the damage was done. The RTO clock starts there. Default: --impact, else the start of the run.',
    ),
  detected: z
    .string()
    .optional()
    .describe(
      '${{ CEL over steps }}: when it was noticed. Compared with detect_within. Default: --detected, else it is not known.',
    ),
  healthy: Name.optional().describe(
    'The step after which the service is healthy again. The RTO clock stops there. A run needs it.',
  ),
  deadline: DurationText.optional().describe(
    'How long a run may take in all, from its start, waiting for people included. After that nothing further begins, what is under way is told to stop, and the run is paused until a person extends it. Taking back and putting back go on.',
  ),
  steps: z.array(Step).default([]).describe('The runbook.'),
  rollback: z.string().optional().describe('How to take the recovery itself back, or why that is not possible.'),
  failback: z
    .union([Name, z.strictObject({ not_needed: z.string() })])
    .optional()
    .describe('Scenario that returns to normal, or why none is needed.'),
  note: z.string().optional(),
});
export type Scenario = z.infer<typeof Scenario>;

export const Procedure = z.strictObject({
  title: z.string().describe('What it achieves.'),
  inputs: Inputs,
  prerequisites: z.array(z.string()).default([]),
  steps: z.array(Step).min(1),
  note: z.string().optional(),
});
export type Procedure = z.infer<typeof Procedure>;
