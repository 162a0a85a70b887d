import { z } from 'zod';
import { DurationText, Name, Span } from './values.ts';

const WithinText = z.union([Span, z.enum(['immediate', 'next-business-day', 'when-prolonged', 'never'])]);

export const Severity = z.strictObject({
  title: z.string().describe('What it means.'),
  respond_within: WithinText.optional().describe('How soon somebody works on it.'),
  examples: z
    .array(z.union([z.string(), z.strictObject({ text: z.string(), scenario: Name.optional() })]))
    .default([])
    .describe('What belongs here, with the scenario that answers it.'),
  team: z.array(Name).default([]).describe('Roles that are called.'),
  updates: z
    .record(z.string(), WithinText)
    .default({})
    .describe('By channel: how often news is given while it is open.'),
  tell: z
    .record(z.string(), WithinText)
    .default({})
    .describe('By audience (customers, executives): how soon they are told.'),
});

export const Escalation = z.strictObject({
  title: z.string().optional(),
  until: z.enum(['acknowledged', 'mitigated', 'resolved']).describe('What ends it.'),
  severities: z.array(Name).default([]).describe('For which severities. Empty: all.'),
  levels: z
    .array(
      z.strictObject({
        after: DurationText.describe('How long after the start this level is called.'),
        to: z.array(Name).min(1).describe('Roles that are called.'),
        title: z.string().optional(),
      }),
    )
    .min(1),
});

export const Template = z.strictObject({
  channel: Name.optional().describe('Where it is sent: an entry of `channels`.'),
  severities: z.array(Name).default([]),
  subject: z.string().optional(),
  status: z
    .enum(['investigating', 'identified', 'monitoring', 'resolved'])
    .optional()
    .describe('What the status page shows.'),
  text: z.string().describe('The message. {{name}} is filled in.'),
  variables: z.array(z.string()).default([]).describe('What must be filled in before it is sent.'),
  within: WithinText.optional().describe('How soon after the start it is sent.'),
  next_update: DurationText.optional().describe('When it promises the next news.'),
});

export const PostMortem = z.strictObject({
  within: DurationText.optional().describe('How soon after the end it is held.'),
  attendees: z.array(Name).default([]),
  agenda: z.array(z.strictObject({ topic: z.string(), takes: DurationText })).default([]),
  fields: z.array(z.string()).default([]).describe('What the report must say.'),
  rules: z.array(z.string()).default([]),
});
