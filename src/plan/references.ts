import type { ASTNode } from '@marcbachmann/cel-js';
import { KnownError } from '../model/errors.ts';
import { grammar, reason } from './expressions.ts';
import { type NameUse, namesIn } from './names-in.ts';
import { holdsExpression, parseTemplate, shorten } from './template.ts';

/** What a text refers to; a call of env is told as the name `env()`. Throws PLAN_INVALID when one of its expressions is not CEL. */
export function namesUsed(text: string, options: { readonly bare?: boolean } = {}): readonly NameUse[] {
  const sources = holdsExpression(text)
    ? parseTemplate(text).flatMap((part) => (part.kind === 'expression' ? [part.source] : []))
    : options.bare
      ? [text]
      : [];
  return sources.flatMap((source) => namesIn(parse(source)));
}

function parse(source: string): ASTNode {
  try {
    const parsed = grammar.parse(source);
    const { error } = parsed.check();
    if (error) throw error;
    return parsed.ast;
  } catch (error) {
    const hint = 'Expressions are written in CEL: steps.find.outputs.rows > 0 && inputs.actor != "".';
    throw new KnownError(
      'PLAN_INVALID',
      `this is not a valid expression: ${shorten(source)}: ${reason(error)}`,
      hint,
      error,
    );
  }
}
