/** One statement of a SQL text, or one command of psql such as `\copy`, which ends with its line. */
export interface SqlStatement {
  readonly text: string;
  /** Where it begins in the SQL text. */
  readonly at: number;
  /** Without comments and white space. */
  readonly tokens: readonly SqlToken[];
  /** Name of the psql command, e.g. `copy`; undefined for SQL. */
  readonly meta: string | undefined;
}

export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol';
  /** Words in small letters, names and texts without their quotes. */
  readonly value: string;
  readonly at: number;
}

/** Splits a SQL text as psql does: at semicolons outside of quotes, comments and `$$ … $$`, and at the ends of the lines of its own commands. */
export function sqlStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  const end = (until: number) => {
    const [first] = tokens;
    if (first) statements.push({ text: sql.slice(first.at, until).trim(), at: first.at, tokens, meta: undefined });
    tokens = [];
  };
  let at = 0;
  while (at < sql.length) {
    const meta = tokens.length === 0 ? metaAt(sql, at) : undefined;
    const length = meta ? meta.text.length : lengthAt(sql, at);
    if (meta) statements.push(meta);
    else if (sql[at] === ';') end(at);
    else tokens.push(...tokenAt(sql, at, length));
    at += length;
  }
  end(sql.length);
  return statements;
}

/** Whether these words follow each other somewhere in a statement: `hasWords(one, 'delete', 'from')`. */
export const hasWords = ({ tokens }: SqlStatement, ...words: readonly string[]): boolean =>
  tokens.some((_, index) => words.every((word, offset) => tokens[index + offset]?.value === word));

/** Whether a function is called in it. */
export const calls = ({ tokens }: SqlStatement, name: string): boolean =>
  tokens.some(({ value }, index) => value === name && tokens[index + 1]?.value === '(');

function metaAt(sql: string, at: number): SqlStatement | undefined {
  const found = matchAt(/\\([a-z!?]\w*)[^\n]*/y, sql, at);
  if (!found) return undefined;
  const [text, meta] = found;
  const rest = 1 + String(meta).length;
  const inner = sqlStatements(text.slice(rest)).flatMap((one) => one.tokens);
  return { text, at, tokens: inner.map((token) => ({ ...token, at: token.at + at + rest })), meta };
}

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|(\$\w*\$)[\s\S]*?(?:\1|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|\.\.\.|::|[<>=!]+|[\s\S]/y;

const lengthAt = (sql: string, at: number): number => matchAt(TOKEN, sql, at)?.[0].length ?? 1;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function tokenAt(sql: string, at: number, length: number): readonly SqlToken[] {
  const text = sql.slice(at, at + length);
  if (/^(\s|--|\/\*)/.test(text)) return [];
  if (/^'/.test(text)) return [{ kind: 'text', value: text.slice(1, -1).replaceAll("''", "'"), at }];
  if (/^\$\w*\$/.test(text)) return [{ kind: 'text', value: text, at }];
  if (/^"/.test(text)) return [{ kind: 'name', value: text.slice(1, -1).replaceAll('""', '"'), at }];
  if (/^\d/.test(text)) return [{ kind: 'number', value: text, at }];
  return [
    /^[A-Za-z_\u0080-\uffff]/.test(text)
      ? { kind: 'word', value: text.toLowerCase(), at }
      : { kind: 'symbol', value: text, at },
  ];
}
