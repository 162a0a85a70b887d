import type { z } from 'zod';
import type { AnyAction } from '../actions/action.ts';
import { nearestOf } from '../lib/nearest.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { Complaint } from './rule.ts';
import { holdsOpen } from './texts.ts';

/** What an action is given, and where that is written. */
export interface Given {
  readonly action: AnyAction | undefined;
  /** The name of the action, as it is written. */
  readonly uses: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly at: PlanPath;
}

/** What an action does not take, as far as no expression can put it right. */
export function wrongInput({ action, uses, input, at: base }: Given): readonly Complaint[] {
  const parsed = action?.input.safeParse(input);
  if (!parsed || parsed.success) return [];
  return parsed.error.issues
    .filter((issue) => isCertain(issue, input))
    .flatMap((issue) => {
      const at: PlanPath = [...base, ...(issue.path as PlanPath)];
      const hint = `${uses} in docs/reference/actions.md says what it takes.`;
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({ path: [...at, key], message: `${uses} takes no "${key}"`, hint }));
      const name = pathText(issue.path as PlanPath) || 'with';
      const missing = issue.path.length > 0 && valueAt(input, issue.path) === undefined;
      return [
        {
          path: at,
          message: missing ? `${uses} needs "${name}"` : `${uses} does not take this ${name}: ${issue.message}`,
          hint,
        },
      ];
    });
}

/** Only what no expression can still put right. */
const isCertain = (issue: z.core.$ZodIssue, input: unknown): boolean =>
  issue.code === 'unrecognized_keys' || !holdsOpen(valueAt(input, issue.path));

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );

/** The fields by which actions name components. */
const COMPONENT_FIELDS = ['component', 'service'];

/** Actions on several servers at once name them all. Of other systems these words may mean something else. */
const SERVER_FIELDS = ['of', 'primary', 'replicas'];

/** Components that an action is given and the plan does not have. */
export function unknownComponents({ uses, input, at }: Given, { components }: Plan): readonly Complaint[] {
  const fields = uses.startsWith('postgres.') ? [...COMPONENT_FIELDS, ...SERVER_FIELDS] : COMPONENT_FIELDS;
  const named = fields.flatMap((field) => [input[field]].flat().map((name) => ({ field, name })));
  return named.flatMap(({ field, name }) => {
    if (typeof name !== 'string' || holdsOpen(name) || Object.hasOwn(components, name)) return [];
    const known = Object.keys(components);
    const meant = nearestOf(name, known);
    const hint = meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ')}.`;
    return [{ path: [...at, field], message: `the plan has no component "${name}"`, hint }];
  });
}
