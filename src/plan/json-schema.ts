import { z } from 'zod';
import type { Json, JsonObject } from '../lib/json.ts';
import { DurationText, Plan, Span } from '../model/plan.ts';

/** A text that holds an expression, where a value of another form is asked for. */
const EXPRESSION: JsonObject = { type: 'string', pattern: '\\$\\{\\{', description: 'An expression: ${{ … }}.' };

const LENGTH = '(0|(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+)';

/** Zod cannot tell JSON Schema about refinements, so the forms of lengths of time are told here. `lib/duration.ts` decides. */
const PATTERNS: readonly (readonly [z.core.$ZodType, string])[] = [
  [DurationText, `^${LENGTH}$`],
  [Span, `^${LENGTH}(\\.\\.${LENGTH})?$`],
];

/** The plan file as JSON Schema, for editors: what is written, before expressions are worked out. */
export function planJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(Plan, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const [, pattern] = PATTERNS.find(([form]) => isOf(form, zodSchema)) ?? [];
      if (pattern !== undefined) jsonSchema.pattern = pattern;
    },
  });
  return {
    ...(allowExpressions(schema as Json) as JsonObject),
    title: 'Lifeboat plan',
    description: 'What can be lost, what is promised, and what is done about it.',
  };
}

/** Descriptions make copies of a schema, and copies share their checks. */
function isOf(form: z.core.$ZodType, schema: z.core.$ZodType): boolean {
  const [refinement] = checksOf(form);
  return refinement !== undefined && checksOf(schema).includes(refinement);
}

const checksOf = (schema: z.core.$ZodType): readonly unknown[] =>
  (schema._zod.def as { checks?: readonly unknown[] }).checks ?? [];

/** Fields that tell which form the rest has, and the version, are read before anything is worked out. */
function allowExpressions(node: Json): Json {
  if (Array.isArray(node)) return node.map(allowExpressions);
  if (typeof node !== 'object' || node === null) return node;
  const inner = Object.fromEntries(
    Object.entries(node as JsonObject).map(([key, member]) => [
      key,
      LITERAL.has(key) ? member : key === 'properties' ? eachField(member) : allowExpressions(member),
    ]),
  );
  return refusesExpressions(inner) ? orExpression(inner) : inner;
}

/** Parts of a schema that hold no further schema. */
const LITERAL = new Set(['propertyNames', 'default', 'required', 'enum']);

/** The fields of a map may have any name, also one that means something in a schema. */
const eachField = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields as JsonObject).map(([name, field]) => [name, allowExpressions(field)]));

/** A form that an expression's text would not fit, though its value may. */
function refusesExpressions(node: JsonObject): boolean {
  if (node.const !== undefined) return false;
  if (node.enum !== undefined || ['number', 'integer', 'boolean'].includes(String(node.type))) return true;
  if (node.type === 'string') return node.pattern !== undefined || node.format !== undefined;
  return isSecret(node);
}

const isSecret = (node: JsonObject): boolean =>
  node.type === 'object' &&
  typeof node.properties === 'object' &&
  Object.keys(node.properties ?? {}).join() === 'secret';

function orExpression({ description, default: preset, ...form }: JsonObject): JsonObject {
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [form, EXPRESSION],
  };
}
