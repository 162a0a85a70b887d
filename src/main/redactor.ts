/** Takes the secrets it has been told of out of any text. */
export interface Redactor {
  add(secret: string): void;
  redact(text: string): string;
  /** What is taken out, each form of it. */
  texts(): readonly string[];
}

/** Shorter values would black out half of every text; nothing that short protects anything. */
const SHORTEST = 4;

export function createRedactor(): Redactor {
  const known = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(secret) {
      for (const form of formsOf(secret)) if (form.length >= SHORTEST) known.add(form);
      const longestFirst = [...known].sort((a, b) => b.length - a.length);
      pattern = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join('|'), 'g');
    },
    redact: (text) => (pattern ? text.replace(pattern, '[redacted]') : text),
    texts: () => [...known],
  };
}

/** A secret as it may turn up elsewhere: each line, as JSON writes it, and for a URL its password, encoded or not. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const passwords = [secret, ...lines].flatMap(passwordsIn);
  return [secret.trim(), ...lines, ...passwords].flatMap((form) => [
    form,
    encodeURIComponent(form),
    JSON.stringify(form).slice(1, -1),
  ]);
}

function passwordsIn(text: string): readonly string[] {
  const inUrl = /^[a-z][a-z0-9+.-]*:\/\/[^:/@\s]*:(.*)@[^@]*$/i.exec(text)?.[1];
  const inPairs = [...text.matchAll(/\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&]+))/gi)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return [...(inUrl === undefined ? [] : [inUrl]), ...inPairs].flatMap((found) => [found, decoded(found)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
