import type { ASTNode } from '@marcbachmann/cel-js';

/** A name that an expression begins with, and the fields it takes of it: `steps.find.outputs.rows` is steps, [find, outputs, rows]. */
export interface NameUse {
  readonly name: string;
  /** Ends where a field is computed, e.g. `steps[inputs.which]`. */
  readonly fields: readonly string[];
}

/** Names that macros bind for themselves, such as the `t` of `tables.all(t, t.rows > 0)`, are not references. */
export function namesIn(node: ASTNode, bound: ReadonlySet<string> = new Set()): readonly NameUse[] {
  const chain = chainOf(node);
  if (chain) return bound.has(chain.name) ? [] : [chain];
  const call: readonly NameUse[] = node.op === 'call' && node.args[0] === 'env' ? [{ name: 'env()', fields: [] }] : [];
  const own = boundBy(node);
  const known = own ? new Set([...bound, own]) : bound;
  return [...call, ...childrenOf(node).flatMap((child) => namesIn(child, known))];
}

function chainOf(node: ASTNode): NameUse | undefined {
  if (node.op === 'id') return { name: node.args, fields: [] };
  if (node.op === '.') {
    const inner = chainOf(node.args[0]);
    return inner && { name: inner.name, fields: [...inner.fields, node.args[1]] };
  }
  if (node.op === '[]') {
    const [from, index] = node.args;
    const inner = chainOf(from);
    if (inner && index.op === 'value' && typeof index.args === 'string')
      return { name: inner.name, fields: [...inner.fields, index.args] };
  }
  return undefined;
}

const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

function boundBy(node: ASTNode): string | undefined {
  if (node.op !== 'rcall' || !MACROS.has(node.args[0])) return undefined;
  const variable = node.args[2][0];
  return node.args[2].length > 1 && variable?.op === 'id' ? variable.args : undefined;
}

/** `cel` in `cel.bind(…)` names the library, not a value. */
const isLibrary = (node: ASTNode): boolean => node.op === 'id' && node.args === 'cel';

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [...(isLibrary(node.args[1]) ? [] : [node.args[1]]), ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return [...node.args];
  }
}
