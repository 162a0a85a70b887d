import { Plan } from '../../src/model/plan.ts';
import { madeFrom, page } from './markdown.ts';
import { fieldsTable, type SchemaNode, schemaOf } from './schema-table.ts';

/** Every field of the plan file, part by part. */
export function planPage(): string {
  const schema = schemaOf(Plan);
  return page([
    madeFrom('src/model/plan.ts'),
    '# The plan file',
    'YAML. Editors complete it with [plan.schema.json](plan.schema.json). Text may hold `${{ expressions }}` in CEL.',
    fieldsTable(schema),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, node]) => partBlocks(name, node)),
  ]);
}

/** A part and the objects inside it, each under its path. */
function partBlocks(path: string, node: SchemaNode): readonly string[] {
  const choices = node.oneOf ?? node.anyOf;
  if (choices)
    return choices.filter((choice) => choice.properties).flatMap((choice) => partBlocks(pathOf(path, choice), choice));
  if (node.items) return partBlocks(`${path}[]`, node.items);
  if (typeof node.additionalProperties === 'object') return partBlocks(`${path}.<name>`, node.additionalProperties);
  if (!node.properties) return [];
  const inner = Object.entries(node.properties).flatMap(([name, field]) => partBlocks(`${path}.${name}`, field));
  return [`## \`${path}\``, ...(node.description ? [node.description] : []), fieldsTable(node), ...inner];
}

/** Alternatives of one place are told apart by their kind. */
function pathOf(path: string, choice: SchemaNode): string {
  const kind = choice.properties?.kind?.const;
  return kind === undefined ? path : `${path} (${String(kind)})`;
}
