import { z } from 'zod';
import { parseDuration } from '../../lib/duration.ts';
import { parseSchedule, SCHEDULE_FORMS } from '../../lib/schedule.ts';

/** Names of things in a plan. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'a name is lower-case letters, digits, - and _, and begins with a letter');

/** Names of failure domains are paths: losing `aws` loses `aws/us-east-1` with it. */
export const DomainName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]*(\/[a-z0-9][a-z0-9_.-]*)*$/,
    'a domain is named like aws, aws/us-east-1 or laptop/owner',
  );

export const DurationText = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'a duration is written like 90s, 15m, 1h30m or 2d')
  .describe('A length of time: 90s, 15m, 1h30m, 2d. 0 is none at all.');

/** Shortest and longest, in milliseconds, of `15m` or `15m..30m`; undefined when it is neither. */
export function parseSpan(text: string): { readonly min: number; readonly max: number } | undefined {
  const ends = text.split('..').map(parseDuration);
  if (ends.length > 2 || ends.includes(undefined)) return undefined;
  const [min = 0, max = min] = ends;
  return min <= max ? { min, max } : undefined;
}

const SIZES = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** Bytes of `500MB` or `1.5TB`; undefined when it is no size. A thousand to the next, as disks are sold. */
export function parseBytes(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?) ?(kB|MB|GB|TB)$/.exec(text);
  return parts ? Math.round(Number(parts[1]) * SIZES[parts[2] as keyof typeof SIZES]) : undefined;
}

export const SizeText = z
  .string()
  .refine((text) => (parseBytes(text) ?? 0) > 0, 'a size is written like 500MB, 20GB or 1.5TB')
  .describe('A number of bytes: 500MB, 20GB, 1.5TB.');

export const Span = z
  .string()
  .refine((text) => parseSpan(text) !== undefined, 'a span is written like 15m, or 15m..30m with the shorter first')
  .describe('A length of time, or a range of it: 15m, 15m..30m.');

export const ScheduleText = z
  .string()
  .refine((text) => parseSchedule(text) !== undefined, `a schedule is one of: ${SCHEDULE_FORMS}`)
  .describe(`When it happens again: ${SCHEDULE_FORMS}.`);

export const Day = z.iso.date();

/** `${{ secret("env:NAME") }}` after loading: a reference, never the value. */
export const SecretRef = z
  .strictObject({ secret: z.string().regex(/^(env|file):.+/, 'a secret is referred to as env:NAME or file:/path') })
  .describe('A reference to a secret, written ${{ secret("env:NAME") }} or ${{ secret("file:/path") }}.');
export type SecretRef = z.infer<typeof SecretRef>;

/** What people write where an objective is asked for. Values that nobody can check are found by `check`. */
export const ObjectiveValue = z.union([
  Span,
  z.enum(['immediate', 'continuous', 'varies', 'none']),
  z.strictObject({ best: DurationText.optional(), target: DurationText, worst: DurationText.optional() }),
  z.strictObject({ first: z.union([DurationText, z.literal('immediate')]), full: DurationText }),
]);
export type ObjectiveValue = z.infer<typeof ObjectiveValue>;

export const Objectives = z.strictObject({
  rto: ObjectiveValue.optional().describe(
    'Longest acceptable time from impact until it serves again. Two phases: {first, full}.',
  ),
  rpo: ObjectiveValue.optional().describe(
    'Longest acceptable span of lost data. 0: no acknowledged write may be lost.',
  ),
});
export type Objectives = z.infer<typeof Objectives>;

/** The promise of an objective in milliseconds: `max` is the longest it allows. Undefined for what cannot be checked (`varies`, `none`). */
export function promised(
  value: ObjectiveValue | undefined,
): { readonly min: number; readonly max: number } | undefined {
  if (value === undefined || value === 'varies' || value === 'none') return undefined;
  if (value === 'immediate' || value === 'continuous') return { min: 0, max: 0 };
  if (typeof value === 'string') return parseSpan(value);
  const text = 'full' in value ? value.full : value.target;
  const max = parseDuration(text) as number;
  return { min: max, max };
}
