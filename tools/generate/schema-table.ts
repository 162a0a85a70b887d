import { z } from 'zod';
import { table } from './markdown.ts';

/** As much of JSON Schema as the pages show. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** A zod schema as JSON Schema, for reading. */
export const schemaOf = (schema: z.ZodType): SchemaNode =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;

/** The fields of an object: name, type, whether it must be there, meaning. */
export function fieldsTable(schema: SchemaNode): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return 'Nothing.';
  const rows = fields.map(([name, field]) => [
    `\`${name}\``,
    typeText(field),
    needText(schema, name, field),
    field.description ?? '',
  ]);
  return table(['Field', 'Type', 'Needed', 'Meaning'], rows);
}

/** A type in a word or two. */
export function typeText(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  const choices = node.anyOf ?? node.oneOf;
  if (choices) return [...new Set(choices.map(typeText))].join(' or ');
  if (node.type === 'array') return `list of ${node.items ? typeText(node.items) : 'anything'}`;
  if (node.type === 'object') return typeof node.additionalProperties === 'object' ? 'by name' : 'object';
  const types = [node.type ?? 'anything'].flat();
  return types.map((type) => (type === 'string' ? 'text' : type)).join(' or ');
}

function needText(schema: SchemaNode, name: string, field: SchemaNode): string {
  if (field.default !== undefined) return `default ${JSON.stringify(field.default)}`;
  return schema.required?.includes(name) ? 'yes' : 'no';
}
