/** What a JMESPath query (`aws --query`) takes out of a list. */
export interface Selection {
  /** The list it looks at, e.g. `DBSnapshots`. */
  readonly list: string;
  /** By what it is sorted, or of what the greatest or least is taken: `sort_by(DBSnapshots, &SnapshotCreateTime)`. */
  readonly sortedBy?: string;
  /** Conditions in `[? … ]`, as written. */
  readonly filters: readonly string[];
  /** Which one is taken: `[0]`, `[-1]`; undefined when all are. */
  readonly index?: number;
  /** Where the index stands in the query. */
  readonly at?: number;
}

/** Reads a query as far as it says which list is looked at and which of it is taken. Undefined for anything else, e.g. `[A[0], B]`. */
export function selectionOf(query: string): Selection | undefined {
  let selection: Selection | undefined;
  let from = 0;
  for (const part of splitAt(query, '|')) {
    selection = selection === undefined ? selectionIn(part, from) : further(selection, part, from);
    if (selection === undefined) return undefined;
    from += part.length + 1;
  }
  return selection;
}

const SORTING = /^(sort_by|max_by|min_by)$/;

/** `list[…]…` or `function(…)[…]…`. */
function selectionIn(part: string, from: number): Selection | undefined {
  const start = part.length - part.trimStart().length;
  const [name] = /^[A-Za-z_][\w-]*/.exec(part.slice(start)) ?? [];
  if (name === undefined) return undefined;
  const after = start + name.length;
  const rest = part.slice(after);
  if (!rest.trimStart().startsWith('(')) return further({ list: name, filters: [] }, rest, from + after);
  const open = part.indexOf('(', after);
  const close = closing(part, open);
  if (close === undefined) return undefined;
  const [first = '', second] = splitAt(part.slice(open + 1, close), ',');
  const inner = selectionIn(first, from + open + 1);
  if (inner === undefined) return undefined;
  const sorted = SORTING.test(name) ? { sortedBy: (second ?? '').replace(/^[\s&]+/, '').trim() } : {};
  // The greatest one is one, without any index.
  const one = /^(max|min)_by$/.test(name) ? { index: 0, at: from + start } : {};
  return further({ ...inner, ...sorted, ...one }, part.slice(close + 1), from + close + 1);
}

/** What follows a list: conditions, an index, fields. Only what is taken of the list itself counts, not what is taken of its fields. */
function further(selection: Selection, rest: string, from: number): Selection {
  let found = selection;
  let at = rest.length - rest.trimStart().length;
  while (rest[at] === '[') {
    const end = closing(rest, at);
    if (end === undefined) return found;
    const inside = rest.slice(at + 1, end).trim();
    if (inside.startsWith('?')) found = { ...found, filters: [...found.filters, inside.slice(1).trim()] };
    else if (/^-?\d+$/.test(inside) && found.index === undefined)
      found = { ...found, index: Number(inside), at: from + at };
    else if (!/^(\*|)$/.test(inside)) return found;
    at = end + 1;
  }
  return found;
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The place of the bracket that closes the one at `open`; quoted text is passed over. */
function closing(text: string, open: number): number | undefined {
  const stack: string[] = [];
  for (let at = open; at < text.length; at += 1) {
    const sign = text[at] as string;
    if (QUOTES.has(sign)) at = endOfQuote(text, at);
    else if (CLOSES[sign] !== undefined) stack.push(CLOSES[sign] as string);
    else if (sign === stack.at(-1)) stack.pop();
    if (stack.length === 0) return at;
  }
  return undefined;
}

const QUOTES = new Set(["'", '"', '`']);

function endOfQuote(text: string, start: number): number {
  const end = text.indexOf(text[start] as string, start + 1);
  return end < 0 ? text.length : end;
}

/** Splits at a sign that stands in no bracket and no quote; `||` is an "or". */
function splitAt(text: string, sign: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const here = text[at] as string;
    if (QUOTES.has(here)) at = endOfQuote(text, at);
    else if (CLOSES[here] !== undefined) at = closing(text, at) ?? text.length;
    else if (here === sign && text[at + 1] === sign) at += 1;
    else if (here === sign) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
