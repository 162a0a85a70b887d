import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { expressions } from '../plan/expressions.ts';
import { namesUsed } from '../plan/references.ts';
import { holdsExpression, parseTemplate } from '../plan/template.ts';
import { blank, code, type Line, type Piece } from './document.ts';

/** What is known of a run before there is one. */
export interface Known {
  readonly components: JsonObject;
  readonly environment: string;
  readonly scenario: string;
  /** Inputs of the scenario, with what is taken when nothing is said. */
  readonly inputs: Readonly<Record<string, { readonly default?: string | number | boolean | undefined }>>;
}

/** A text with its expressions worked out where they are constant; what only a run knows is a named blank. */
export function filledIn(text: string, known: Known): readonly Piece[] {
  try {
    return parseTemplate(text).flatMap((part) =>
      part.kind === 'text' ? [part.text] : expressionPieces(part.source, known),
    );
  } catch (error) {
    if (error instanceof KnownError) return [text];
    throw error;
  }
}

/** Any value of an input, on one line. */
export function valueLine(value: unknown, known: Known): Line {
  if (typeof value === 'string') return joinedCode(filledIn(value, known));
  if (Array.isArray(value))
    return value.flatMap((one, index) => [...(index > 0 ? [', '] : []), ...valueLine(one, known)]);
  if (!isJsonObject(value)) return [code(String(value))];
  if (typeof value.secret === 'string') return [blank(`secret ${value.secret}`)];
  const members = Object.entries(value);
  return members.flatMap(([key, one], index) => [...(index > 0 ? ['; '] : []), `${key} `, ...valueLine(one, known)]);
}

const joinedCode = (pieces: readonly Piece[]): Line =>
  pieces.map((piece) => (typeof piece === 'string' ? code(piece) : piece));

function expressionPieces(source: string, known: Known): readonly Piece[] {
  const constant = constantOf(source, known);
  if (constant === undefined) return [blank(nameOf(source, known))];
  if (isJsonObject(constant) && typeof constant.secret === 'string') return [blank(`secret ${constant.secret}`)];
  const text = typeof constant === 'string' ? constant : JSON.stringify(constant);
  // What a component takes from an environment variable that is not read here.
  return holdsExpression(text) ? filledIn(text, known) : [text];
}

/** The value when components and the names of this document decide it alone. */
function constantOf(source: string, { components, environment, scenario }: Known): Json | undefined {
  const text = `\${{ ${source} }}`;
  try {
    const isKnown = namesUsed(text).every(
      ({ name, fields }) =>
        name === 'components' || (name === 'run' && (fields[0] === 'environment' || fields[0] === 'scenario')),
    );
    return isKnown ? expressions.resolve(text, { components, run: { environment, scenario } }) : undefined;
  } catch (error) {
    if (error instanceof KnownError) return undefined;
    throw error;
  }
}

/** What a person looks for to fill the blank in. */
function nameOf(source: string, { inputs }: Known): string {
  const bare = source.replace(/^(?:int|string|double)\((.+)\)$/, '$1').trim();
  const output = /^steps\.([\w-]+)\.outputs\.([\w.]+)$/.exec(bare);
  if (output) return `from step ${output[1]}: ${output[2]}`;
  const input = /^inputs\.(\w+)$/.exec(bare)?.[1];
  if (input !== undefined) {
    const preset = inputs[input]?.default;
    return preset === undefined ? `input ${input}` : `input ${input}; ${preset} when nothing is said`;
  }
  const variable = /^env\("(\w+)"\)$/.exec(bare)?.[1];
  if (variable !== undefined) return `environment variable ${variable}`;
  if (bare === 'run.id') return 'the name of the run';
  return `worked out from ${bare}`;
}
