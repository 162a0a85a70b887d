/**
 * Where a character of a YAML text stands in its source. Folding, indentation and line ends only change white space, so the characters in
 * between are counted. Undefined when the source writes something else than the value has, as escapes do.
 */
export function offsetInSource(source: string, value: string, offset: number): number | undefined {
  const header = /^[|>][-+0-9]*[^\S\n]*(#[^\n]*)?\n/.exec(source)?.[0].length ?? (/^['"]/.test(source) ? 1 : 0);
  let at = header;
  for (let index = 0; index <= offset; index += 1) {
    const wanted = value[index] ?? ' ';
    if (isSpace(wanted)) continue;
    while (isSpace(source[at] ?? 'x') || isEscapedLineEnd(source, at)) at += 1;
    if (source[at] !== wanted) return undefined;
    if (index === offset) return at;
    at += source[at] === "'" && source[0] === "'" ? 2 : 1;
  }
  return at;
}

const isSpace = (character: string): boolean => /\s/.test(character);

/** `\n` in double quotes stands for a line end of the value, and so does a backslash at the end of a line for none. */
function isEscapedLineEnd(source: string, at: number): boolean {
  if (source[0] !== '"' || source[at] !== '\\') {
    return source[0] === '"' && source[at] === 'n' && source[at - 1] === '\\' && source[at - 2] !== '\\';
  }
  return source[at + 1] === 'n' || source[at + 1] === '\n';
}
