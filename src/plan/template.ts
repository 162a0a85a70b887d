import { KnownError } from '../model/errors.ts';

/** A piece of a text that may hold `${{ … }}`. `at` is where the CEL begins in that text. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string; readonly at: number };

const OPEN = '${{';

/** Whether a text holds an expression at all. */
export const holdsExpression = (text: string): boolean => text.includes(OPEN);

/** Cuts a text into plain text and expressions. Throws PLAN_INVALID when a `${{` has no end. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
    if (open > from) parts.push({ kind: 'text', text: text.slice(from, open) });
    const inner = open + OPEN.length;
    const close = endOfExpression(text, inner);
    if (close === undefined)
      throw new KnownError(
        'PLAN_INVALID',
        `an expression has no end: ${shorten(text.slice(open))}`,
        `Every ${OPEN} needs its }}. Look for a quotation mark or a brace that is not closed.`,
      );
    const written = text.slice(inner, close);
    const source = written.trim();
    parts.push({ kind: 'expression', source, at: inner + written.indexOf(source) });
    from = close + 2;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** The expression when the text is one and nothing else but white space around it. */
export function onlyExpression(parts: readonly TemplatePart[]): string | undefined {
  const meant = parts.filter((part) => part.kind === 'expression' || part.text.trim() !== '');
  const [only] = meant;
  return meant.length === 1 && only?.kind === 'expression' ? only.source : undefined;
}

/** Where the `}}` stands that ends an expression: not one inside a CEL string or a map. */
function endOfExpression(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"' || char === "'") {
      const after = endOfString(text, at);
      if (after === undefined) return undefined;
      at = after - 1;
    } else if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === '}' && text[at + 1] === '}') return at;
  }
  return undefined;
}

/** Index after the string literal that begins at `start`: quoted once or three times. The parser lets a backslash hide a quote in raw strings too. */
function endOfString(text: string, start: number): number | undefined {
  const quote = text[start] as string;
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + mark.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(mark, at)) return at + mark.length;
  }
  return undefined;
}

/** A text short enough for a message. */
export const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
