import { Environment } from '@marcbachmann/cel-js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { fromCel, toCel } from './cel-values.ts';
import { type NameUse, namesIn } from './names-in.ts';
import { holdsExpression, onlyExpression, parseTemplate, shorten } from './template.ts';

/** What expressions outside of steps may ask for besides `secret`. Undefined: no such variable. */
export type EnvironmentVariables = (name: string) => string | undefined;

/** What an expression needs is not set here, so its value is not known. */
export class UnsetVariable extends Error {
  readonly variable: string;

  constructor(variable: string) {
    super(`the environment variable ${variable} is not set`);
    this.variable = variable;
  }
}

export interface Evaluator {
  /** Every `${{ … }}` in every text of the value, replaced. A text that is one expression and nothing else keeps its type. */
  resolve(value: Json, scope: JsonObject): Json;
  /** A text `${{ CEL }}`, or bare CEL, that must come out as true or false. */
  condition(text: string, scope: JsonObject): boolean;
}

/** The expressions of a run: no environment variables, so that a run resumed elsewhere means the same. */
export const expressions: Evaluator = evaluatorWith(undefined);

/** The expressions of the rest of the plan, which may read environment variables. A variable that is not set throws UnsetVariable. */
export function evaluatorWith(env: EnvironmentVariables | undefined): Evaluator {
  const cel = celEnvironment(env);
  const resolve = (value: Json, scope: JsonObject): Json => {
    if (typeof value === 'string') return resolveText(cel, value, scope);
    if (Array.isArray(value)) return value.map((item) => resolve(item, scope));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member, scope)]));
  };
  return { resolve, condition: (text, scope) => condition(cel, text, scope) };
}

/** The same language, for reading expressions without working them out. */
export const grammar = celEnvironment(() => '');

function celEnvironment(env: EnvironmentVariables | undefined): Environment {
  const cel = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  cel.registerFunction('secret(string): map', (reference: string) => new Map([['secret', reference]]));
  cel.registerFunction('string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString());
  registerMixedArithmetic(cel);
  if (!env) return cel;
  cel.registerFunction('env(string): string', (name: string) => {
    const value = env(name);
    if (value === undefined) throw new UnsetVariable(name);
    return value;
  });
  cel.registerFunction('env(string, string): string', (name: string, other: string) => env(name) ?? other);
  return cel;
}

/** A measured 3.0 arrives as the int 3: without these, `seconds + 0.5` would work on one day and fail on the next. */
function registerMixedArithmetic(cel: Environment): void {
  const operations = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  };
  for (const [sign, work] of Object.entries(operations)) {
    cel.registerOperator(`int ${sign} double`, (a: bigint, b: number) => work(Number(a), b));
    cel.registerOperator(`double ${sign} int`, (a: number, b: bigint) => work(a, Number(b)));
  }
}

function resolveText(cel: Environment, text: string, scope: JsonObject): Json {
  if (!holdsExpression(text)) return text;
  const parts = parseTemplate(text);
  const only = onlyExpression(parts);
  if (only !== undefined) return evaluate(cel, only, scope);
  return parts
    .map((part) => (part.kind === 'text' ? part.text : asText(part.source, evaluate(cel, part.source, scope))))
    .join('');
}

function condition(cel: Environment, text: string, scope: JsonObject): boolean {
  const source = holdsExpression(text) ? onlyExpression(parseTemplate(text)) : text;
  if (source === undefined)
    throw new KnownError(
      'PLAN_INVALID',
      `a condition has text around its expression: ${shorten(text)}`,
      'Write the whole condition inside one ${{ }}.',
    );
  const result = evaluate(cel, source, scope);
  if (typeof result !== 'boolean')
    throw new KnownError(
      'PLAN_INVALID',
      `a condition must be true or false, and this is ${describe(result)}: ${shorten(source)}`,
      'Compare it with something, e.g. outputs.rows > 0.',
    );
  return result;
}

function evaluate(cel: Environment, source: string, scope: JsonObject): Json {
  try {
    const program = cel.parse(source);
    const names = neededOf(scope, namesIn(program.ast)).map(([name, value]) => [name, toCel(value)] as const);
    return fromCel(program(Object.assign(Object.create(null), Object.fromEntries(names))));
  } catch (error) {
    if (error instanceof UnsetVariable) throw error;
    throw new KnownError(
      'PLAN_INVALID',
      `the expression cannot be worked out: ${shorten(source)}: ${reason(error)}`,
      `Names that can be used here: ${Object.keys(scope).join(', ') || 'none'}.`,
      error,
    );
  }
}

/** The part of a scope that an expression reads: of the steps of a long run it names one or two. */
function neededOf(scope: JsonObject, uses: readonly NameUse[]): readonly (readonly [string, Json])[] {
  const read = Map.groupBy(uses, ({ name }) => name);
  return [...read].flatMap(([name, all]) => {
    const value = Object.hasOwn(scope, name) ? (scope[name] as Json) : undefined;
    if (value === undefined) return [];
    const fields = all.map((use) => use.fields[0]);
    return [[name, isJsonObject(value) ? only(value, fields) : value] as const];
  });
}

/** The whole map where one of the uses names no field of it. */
function only(map: JsonObject, fields: readonly (string | undefined)[]): JsonObject {
  const known: [string, Json][] = [];
  for (const field of fields) {
    if (field === undefined) return map;
    if (Object.hasOwn(map, field)) known.push([field, map[field] as Json]);
  }
  return Object.fromEntries(known);
}

/** What the library says went wrong, without its drawing of the source. */
export function reason(error: unknown): string {
  if (error instanceof Error && 'summary' in error && typeof error.summary === 'string') return error.summary;
  return error instanceof Error ? error.message : String(error);
}

function asText(source: string, value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const secret = isJsonObject(value) && 'secret' in value;
  throw new KnownError(
    'PLAN_INVALID',
    `an expression inside a text must be a text, a number or a truth, and this is ${describe(value)}: ${shorten(source)}`,
    secret
      ? 'A secret stands alone: keep the whole text in the secret, e.g. the whole connection URI.'
      : 'Take one field of it, or let the expression stand alone.',
  );
}

function describe(value: Json): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'secret' in value ? 'a reference to a secret' : 'a map';
  return typeof value === 'string' ? `the text "${shorten(value)}"` : `the value ${String(value)}`;
}
