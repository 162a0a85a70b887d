import type { z } from 'zod';
import { nearestOf } from '../lib/nearest.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import { Plan } from '../model/plan.ts';
import type { Problem } from './problem.ts';
import { descriptionOf, fieldNames, schemaAt } from './schema-at.ts';
import { shorten } from './template.ts';

export type Shaped = { readonly plan: Plan } | { readonly plan?: undefined; readonly problems: readonly Problem[] };

/** The data as a plan, or everything that keeps it from being one, in plain words. */
export function shapePlan(data: unknown): Shaped {
  const parsed = Plan.safeParse(data, { error: expectation });
  if (parsed.success) return { plan: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, data)) };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, data: unknown): Problem[] {
  const path = issue.path as PlanPath;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(data, path, key));
  if (issue.code === 'invalid_key') return [badName(path, issue.issues[0]?.message ?? issue.message)];
  const value = valueAt(data, path);
  if (value === undefined && path.length > 0) return [missingField(data, path)];
  const hint = suggestion(issue, value) ?? descriptionOf(schemaAt(Plan, data, path)) ?? 'See docs/reference/plan.md.';
  return [problem(path, `${pathText(path)}: ${issue.message}; found ${found(value)}`, hint)];
}

const problem = (path: PlanPath, message: string, hint: string): Problem => ({
  rule: 'plan.schema',
  level: 'error',
  path,
  message,
  hint,
});

function unknownField(data: unknown, parent: PlanPath, key: string): Problem {
  const schema = schemaAt(Plan, data, parent);
  const known = (schema && fieldNames(schema, valueAt(data, parent))) ?? [];
  const meant = nearestOf(key, known);
  const where = parent.length === 0 ? 'a plan' : pathText(parent);
  const path = [...parent, key];
  const torn = key.includes(' ') && valueAt(data, path) === null;
  const hint = torn
    ? 'A comma ends a text inside { }: put the text in quotes.'
    : meant
      ? `Did you mean ${meant}?`
      : `Known fields: ${known.join(', ')}.`;
  return { ...problem(path, `${where} has no field "${key}"`, hint), atKey: true };
}

const badName = (path: PlanPath, message: string): Problem => ({
  ...problem(path, `"${String(path.at(-1))}": ${message}`, 'Write another name.'),
  atKey: true,
});

function missingField(data: unknown, path: PlanPath): Problem {
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? 'the plan' : pathText(parent);
  const what = descriptionOf(schemaAt(Plan, data, path));
  return problem(path, `${where} lacks the field "${String(path.at(-1))}"`, what ?? 'See docs/reference/plan.md.');
}

/** Zod's objections, retold. Messages that stand in the schema itself go before these. */
const expectation: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'invalid_union':
      return issue.discriminator ? `must be ${oneOf(optionsOf(issue))}` : unionExpectation(issue.errors);
    case 'too_small':
      return issue.origin === 'array' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'date' ? 'must be a day, like 2026-01-31' : `must be written as ${issue.format}`;
    default:
      return 'is not what is expected here';
  }
};

/** Words that are texts like any other are left out where any text may stand. */
function unionExpectation(errors: readonly (readonly Issue[])[]): string {
  const takesText = errors.some((branch) => wantsText(branch[0]));
  const branches = errors.filter((branch) => !takesText || branch[0]?.code !== 'invalid_value');
  return [...new Set(branches.map((branch) => branch[0]?.message.replace(/^must be /, '')))]
    .map((text, n) => (n ? text : `must be ${text}`))
    .join(' or ');
}

const wantsText = (issue: Issue | undefined): boolean =>
  issue?.code === 'invalid_type'
    ? issue.expected === 'string'
    : issue?.code === 'invalid_union' && issue.errors.some((branch) => wantsText(branch[0]));

/** The values a discriminating field may have. */
const optionsOf = (issue: object): readonly string[] =>
  'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
};

/** So many words can be read at a glance; a longer list stands in the hint. */
const AT_A_GLANCE = 12;

function oneOf(values: readonly string[]): string {
  if (values.length > AT_A_GLANCE)
    return `one of the ${values.length} words for it, such as ${values.slice(0, 2).join(' and ')}`;
  return values.length === 1 ? String(values[0]) : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function suggestion(issue: Issue, value: unknown): string | undefined {
  if (wantsText(issue) && ['number', 'boolean'].includes(typeof value)) return `Put it in quotes: "${String(value)}".`;
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : optionsOf(issue);
  const meant = typeof value === 'string' ? nearestOf(value, choices) : undefined;
  if (meant) return `Did you mean ${meant}?`;
  return choices.length > AT_A_GLANCE ? `The words are: ${choices.join(', ')}.` : undefined;
}

function found(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map of fields';
  if (typeof value !== 'string') return String(value);
  // Put in the wrong place by mistake, it must not reach a screen or a log.
  return /AGE-SECRET-KEY-/i.test(value) ? 'a private key, which never stands in a plan' : `"${shorten(value)}"`;
}

/** What the data holds at a path; undefined where there is nothing. */
export function valueAt(data: unknown, path: PlanPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    data,
  );
}
