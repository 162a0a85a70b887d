import type { z } from 'zod';
import type { PlanPath } from '../model/finding.ts';

type Schema = z.core.$ZodType;

/** The schema that stands for a path of the data, as far as it can be followed. */
export function schemaAt(root: Schema, data: unknown, path: PlanPath): Schema | undefined {
  let schema: Schema | undefined = root;
  let value = data;
  for (const part of path) {
    schema = schema && inside(schema, value, part);
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return schema;
}

/** The names of the fields a map of this schema may have; undefined when it may have any. */
export function fieldNames(schema: Schema, value: unknown): readonly string[] | undefined {
  const def = bare(schema, value)._zod.def as z.core.$ZodTypes['_zod']['def'];
  return def.type === 'object' ? Object.keys(def.shape) : undefined;
}

/** What the schema says a value is for. */
export const descriptionOf = (schema: Schema | undefined): string | undefined =>
  schema && 'description' in schema && typeof schema.description === 'string' ? schema.description : undefined;

function inside(schema: Schema, value: unknown, part: string | number): Schema | undefined {
  const def = bare(schema, value)._zod.def as z.core.$ZodTypes['_zod']['def'];
  if (def.type === 'object') return def.shape[part];
  if (def.type === 'record') return def.valueType;
  if (def.type === 'array') return def.element;
  return undefined;
}

/** Without the wrappers for optional fields and defaults; of a union, the member the value means to be. */
function bare(schema: Schema, value: unknown): Schema {
  const def = schema._zod.def as z.core.$ZodTypes['_zod']['def'];
  if (def.type === 'optional' || def.type === 'default') return bare(def.innerType, value);
  if (def.type !== 'union') return schema;
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  const member = def.options.find((option) => kindsOf(option).includes(kind));
  return member ? bare(member, value) : schema;
}

function kindsOf(schema: Schema): readonly unknown[] {
  const def = schema._zod.def as z.core.$ZodTypes['_zod']['def'];
  if (def.type !== 'object') return [];
  const kind = def.shape.kind?._zod.def as z.core.$ZodTypes['_zod']['def'] | undefined;
  return kind?.type === 'literal' ? kind.values : [];
}
