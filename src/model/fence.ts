import { isJsonObject, type Json } from '../lib/json.ts';

/** By what something of a protected environment is known: an id, a host, an address, a reference to a secret. */
export interface FencedName {
  readonly name: string;
  readonly component: string;
  readonly environment: string;
}

/** What a run of an unprotected environment must not touch. Frozen into the run. */
export interface Fence {
  readonly names: readonly FencedName[];
  /** Components that the environment of the run does not bind to something of its own. */
  readonly unbound: readonly string[];
}

/**
 * The first name of a protected environment that stands in the value: in any of its texts, in an environment variable, or put together
 * of variables that the value sets itself. What a program finds out only while it runs cannot be seen here.
 */
export function fencedNameIn(value: Json, { names }: Pick<Fence, 'names'>): FencedName | undefined {
  const texts = textsIn(value);
  const plain = [...texts, ...expanded(texts, variablesIn(value, texts))];
  const readings = [...plain, ...plain.flatMap(decodedIn)];
  return names.find(({ name }) => {
    const pattern = new RegExp(
      `(?<![A-Za-z0-9_-])${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![A-Za-z0-9_-])`,
      'i',
    );
    return readings.some((text) => pattern.test(text));
  });
}

/** The component that a step means by its name, and that its environment has no binding for. */
export function unboundComponentIn(value: Json, { unbound }: Pick<Fence, 'unbound'>): string | undefined {
  if (!isJsonObject(value)) return undefined;
  return [value.component, value.service].find(
    (named): named is string => typeof named === 'string' && unbound.includes(named),
  );
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

type Variables = ReadonlyMap<string, readonly string[]>;

/** `NAME=value` in any text, and every named text of a map. One name may be set more than once. */
function variablesIn(value: Json, texts: readonly string[]): Variables {
  const found = new Map<string, string[]>();
  const add = (name: string, text: string) => found.set(name, [...(found.get(name) ?? []), text]);
  const walk = (inner: Json): void => {
    if (Array.isArray(inner)) inner.forEach(walk);
    else if (isJsonObject(inner))
      for (const [name, member] of Object.entries(inner)) typeof member === 'string' ? add(name, member) : walk(member);
  };
  walk(value);
  for (const text of texts)
    for (const [, name = '', set = ''] of text.matchAll(ASSIGNMENT)) if (!set.startsWith('$(')) add(name, set);
  return found;
}

const ASSIGNMENT = /(?<![A-Za-z0-9_$-])([A-Za-z_]\w*)=((?:"[^"]*"|'[^']*'|\\.|[^\s;&|()"'\\])+)/g;
const USE = /\$(?:\{([A-Za-z_]\w*)(?::?[-=]([^}]*))?\}|([A-Za-z_]\w*))/g;
/** Variables that are made of variables; and names that are set again and again. */
const MOST_ROUNDS = 8;
const MOST_READINGS = 32;

/** The texts with their variables put in and their quotes taken away, once for each value that a variable is set to. */
function expanded(texts: readonly string[], variables: Variables): readonly string[] {
  const most = Math.max(1, ...[...variables.values()].map((values) => values.length));
  const turns = Array.from({ length: Math.min(most, MOST_READINGS) }, (_, turn) => turn);
  return turns.flatMap((turn) => texts.map((text) => unquoted(putIn(text, variables, turn))));
}

function putIn(text: string, variables: Variables, turn: number): string {
  let read = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = read;
    read = read.replace(USE, (whole, braced, otherwise, bare) => {
      const values = variables.get(braced ?? bare);
      return values?.[Math.min(turn, values.length - 1)] ?? otherwise ?? whole;
    });
    if (read === before || read.length > LONGEST) break;
  }
  return read;
}

const LONGEST = 1_000_000;
/** A line that goes on in the next one is one line. */
const unquoted = (text: string): string => text.replaceAll(/\\\r?\n|["'\\]/g, '');

/** What stands in a text in a disguise that any program takes off: percent signs, escapes of a shell, base64. */
function decodedIn(text: string): readonly string[] {
  const escaped = text
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/gi, (_, byte?: string, code?: string) =>
      String.fromCharCode(Number.parseInt(byte ?? code ?? '', 16)),
    )
    .replaceAll(/\\0?([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const hidden = [...text.matchAll(BASE64)].map(([word]) => atob(word.replaceAll('-', '+').replaceAll('_', '/')));
  return [...(escaped === text ? [] : [escaped, unquoted(escaped)]), ...hidden.filter((one) => PRINTABLE.test(one))];
}

const BASE64 =
  /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{4}){2,}(?:[A-Za-z0-9+/_-]{2}==|[A-Za-z0-9+/_-]{3}=)?(?![A-Za-z0-9+/_=-])/g;
const PRINTABLE = /^[\t\n\r -~]+$/;
