import { fenceAfter } from './cut-document.ts';

/**
 * The document as a person would have typed it, line by line: exports escape signs that mean nothing (`2\.1`), and mark code and
 * states as their system does (`{code}`, `{status}`). What stands in code is not touched.
 */
export function asTyped(text: string): string {
  const lines = withFences(text.split('\n'));
  const outside = outsideOfCode(lines);
  const isEscaped = lines.filter((line, n) => outside[n] && ESCAPED.test(line)).length >= MANY;
  return lines.map((line, n) => (outside[n] ? typed(line, isEscaped) : line)).join('\n');
}

/** Few escapes were meant; an export escapes in every other line. */
const MANY = 5;
const ESCAPED = /[\p{L}\p{N})]\\[-.!+]|\\[-+][\p{L}\p{N}]/u;

function typed(line: string, isEscaped: boolean): string {
  const told = line.replaceAll(/\{status:(?:[^{}]*\|)?title=([^{}|]*)(?:\|[^{}]*)?\}/gi, '$1');
  if (!isEscaped) return told;
  return told
    .split(/(`+[^`]*`+)/)
    .map((part) => (part.startsWith('`') ? part : unescaped(part)))
    .join('');
}

/** Signs that would begin something else at the start of a line stay as they are. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/(?<=\S|^\s*\d+)\\([-.+!()&])/g, '$1')
    .replaceAll(/(?<=[ |]\s*)\\([+(-])(?=[\p{L}\p{N}])/gu, '$1')
    .replaceAll(/(?<=\w)\\_(?=\w)/g, '_')
    .replaceAll(/\\\[([^[\]\\]*)\\\](?!\()/g, '[$1]');

const MACRO = /^\s*\{(code|noformat)(?::([^{}]*))?\}\s*$/i;

/** `{code:bash}` … `{code}` as a block of code, when it is closed. */
function withFences(lines: readonly string[]): readonly string[] {
  const outside = outsideOfCode(lines);
  const found = [...lines];
  let open: number | undefined;
  for (const [index, line] of lines.entries()) {
    const [, name = '', said = ''] = (outside[index] && MACRO.exec(line)) || [];
    if (name === '') continue;
    if (open === undefined) open = index;
    else if (said === '') {
      if (!lines.slice(open, index).some((inner) => inner.includes('```'))) {
        found[open] = `\`\`\`${languageOf(lines[open] as string)}`;
        found[index] = '```';
      }
      open = undefined;
    }
  }
  return found;
}

const languageOf = (line: string): string => {
  const words = (MACRO.exec(line)?.[2] ?? '').split('|');
  const named = words.find((word) => /^language=\w+$/.test(word))?.replace(/^.*=/, '');
  return named ?? words.find((word) => /^\w+$/.test(word)) ?? '';
};

function outsideOfCode(lines: readonly string[]): readonly boolean[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const before = fence;
    fence = fenceAfter(fence, line);
    return before === undefined && fence === undefined;
  });
}
