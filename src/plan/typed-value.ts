import { isCollection, isScalar, parseDocument } from 'yaml';
import type { Json } from '../lib/json.ts';

/** A value typed on a command line, by the rules of YAML: 3 is a number, true is true, "3" is text, [a, b] a list. */
export function typedValue(text: string): Json {
  const document = parseDocument(text, { logLevel: 'error' });
  const { contents, errors } = document;
  if (errors.length > 0) return text;
  if (isCollection(contents)) return /^\s*[[{]/.test(text) ? (document.toJS() as Json) : text;
  if (!isScalar(contents)) return text;
  const { value } = contents;
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || value === null;
  return isPlain || (typeof value === 'number' && Number.isFinite(value)) ? value : text;
}
