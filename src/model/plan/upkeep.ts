import { z } from 'zod';
import { Day, DurationText, Name, ScheduleText } from './values.ts';

const LastTime = z.union([Day, z.literal('never')]).describe('The day it was last done, or never.');

export const Drill = z.strictObject({
  title: z.string().describe('What is rehearsed.'),
  kind: z.enum(['restore', 'rollback', 'failover', 'full', 'security', 'tabletop', 'review']).describe('How.'),
  scenarios: z.array(Name).default([]).describe('Scenarios that are rehearsed.'),
  environment: Name.optional().describe('Where: never a protected one.'),
  every: ScheduleText.describe('How often.'),
  steps: z
    .strictObject({ from: Name.optional(), to: Name.optional(), without: z.array(Name).default([]) })
    .optional()
    .describe('Which steps; those that must never run in a drill.'),
  measures: z
    .array(z.enum(['rto', 'rpo']))
    .default([])
    .describe('What is measured.'),
  last: LastTime.optional(),
  next: Day.optional().describe('The day it is planned for.'),
  note: z.string().optional(),
});

export const Task = z.strictObject({
  title: z.string().describe('What is done.'),
  every: ScheduleText.describe('How often.'),
  role: Name.optional().describe('Who does it and signs for it.'),
  last: LastTime.optional(),
});

export const Control = z.strictObject({
  standard: z.string().describe('SOC 2, GDPR, PCI DSS, …'),
  requires: z.string().describe('What it asks for.'),
  evidence: z
    .array(z.string())
    .default([])
    .describe('What shows that it is done: drills, tasks, policies by their path, e.g. drills.restore.'),
});

/** A service-level objective: how much may be missing in a window. */
export const ServiceLevel = z.strictObject({
  availability: z
    .string()
    .regex(/^\d{2,3}(\.\d+)?%$/, 'availability is written like 99.9%')
    .describe('Share of the time it serves.'),
  window: DurationText.default('30d').describe('Over which time.'),
  latency: z
    .record(z.string().regex(/^p\d{2}$/, 'a share of all requests is written like p99'), DurationText)
    .default({})
    .describe('How soon an answer is there, by share of all requests, e.g. p99: 200ms.'),
  errors: z
    .string()
    .regex(/^\d{1,2}(\.\d+)?%$/, 'a rate is written like 0.1%')
    .optional()
    .describe('Share of the requests that may fail.'),
  support: z.record(Name, DurationText).default({}).describe('By severity: how soon support answers.'),
  components: z.array(Name).default([]).describe('For which components. Empty: all.'),
});

/** A script or document that the plan relies on. */
export const NamedFile = z.strictObject({
  title: z.string().describe('What it is for.'),
  content: z
    .enum(['in-repository', 'unknown', 'missing'])
    .default('unknown')
    .describe('Whether anybody knows what is in it.'),
});
