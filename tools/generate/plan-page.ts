import { Plan } from '../../src/model/plan.ts';
import { madeFrom, page } from './markdown.ts';
import { fieldsTable, type SchemaNode, schemaOf } from './schema-table.ts';

/** Every field of the plan file, part by part. */
export function planPage(): string {
  const schema = schemaOf(Plan);
  const shown: Shown = new Map();
  return page([
    madeFrom('src/model/plan.ts'),
    '# The plan file',
    'YAML. Editors complete it with [plan.schema.json](plan.schema.json). Text may hold `${{ expressions }}` in CEL.',
    fieldsTable(schema),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, node]) => partBlocks(name, node, shown)),
  ]);
}

/** Where each form was told first; steps, objectives and backups stand in several places. */
type Shown = Map<string, string>;

/** A part and the objects inside it, each under its path. */
function partBlocks(path: string, node: SchemaNode, shown: Shown): readonly string[] {
  const choices = node.oneOf ?? node.anyOf;
  if (choices)
    return choices
      .filter((choice) => holdsFields(choice))
      .flatMap((choice) => partBlocks(pathOf(path, choice), choice, shown));
  if (node.items) return partBlocks(`${path}[]`, node.items, shown);
  if (typeof node.additionalProperties === 'object')
    return partBlocks(`${path}.<name>`, node.additionalProperties, shown);
  if (!node.properties) return [];
  const form = JSON.stringify(node.properties);
  const first = shown.get(form);
  const heading = [`## \`${path}\``, ...(node.description ? [node.description] : [])];
  if (first !== undefined) return [...heading, `The same fields as \`${first}\`.`];
  shown.set(form, path);
  const inner = Object.entries(node.properties).flatMap(([name, field]) => partBlocks(`${path}.${name}`, field, shown));
  return [...heading, fieldsTable(node), ...inner];
}

const holdsFields = (node: SchemaNode): boolean => node.properties !== undefined || node.items !== undefined;

/** Alternatives of one place are told apart by their kind, or else by their fields. */
function pathOf(path: string, choice: SchemaNode): string {
  const { kind } = choice.properties ?? {};
  if (kind?.const !== undefined) return `${path} (${String(kind.const)})`;
  if (kind?.enum !== undefined) return `${path} (other kinds)`;
  return choice.properties ? `${path} (${Object.keys(choice.properties).join(', ')})` : path;
}
