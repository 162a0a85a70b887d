import type { Finding, FindingLevel } from '../../model/finding.ts';

/** The text of a file that findings point at; undefined when it cannot be read. */
export type TextOf = (file: string) => string | undefined;

/**
 * Findings for a person: where, what, the line itself, and what to do. `text` is the plan as it was read, or a way to each of its files.
 * `known` are findings of the baseline: they are counted, not told.
 */
export function reportText(
  findings: readonly Finding[],
  text: string | TextOf,
  known: readonly Finding[] = [],
): string {
  if (findings.length === 0) return countText(findings, known);
  const lines = linesOf(typeof text === 'string' ? () => text : text);
  const secret = new Set([...findings, ...known].filter(({ rule }) => rule === 'literal-secret').map(lineName));
  const blocks = findings.map((finding) =>
    block(finding, secret.has(lineName(finding)) ? undefined : lines(finding.at.file)),
  );
  return [...blocks, countText(findings, known)].join('\n\n');
}

/** `2 errors, 1 warning; 3 known, in the baseline` */
export function countText(findings: readonly Finding[], known: readonly Finding[]): string {
  const counted = known.length === 0 ? [] : [`${known.length} known, in the baseline`];
  return findings.length === 0 ? ['No findings.', ...counted].join(' ') : [summary(findings), ...counted].join('; ');
}

const lineName = ({ at }: Finding): string => `${at.file}:${at.line}`;

function linesOf(textOf: TextOf): (file: string) => readonly string[] {
  const read = new Map<string, readonly string[]>();
  return (file) => {
    const lines = read.get(file) ?? (textOf(file) ?? '').replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
    read.set(file, lines);
    return lines;
  };
}

function block(finding: Finding, lines: readonly string[] | undefined): string {
  const { rule, level, at, message, hint, related } = finding;
  return [
    `${at.file}:${at.line}:${at.column}  ${level}  ${rule}`,
    `  ${message}`,
    ...frame(finding, lines),
    ...(related ?? []).map((one) => `  see ${one.at.file}:${one.at.line}:${one.at.column}: ${one.message}`),
    `  → ${hint}`,
  ].join('\n');
}

/** Wide enough for most lines, narrow enough for a terminal. */
const WIDTH = 100;

/** The line with a caret under the place. A line that holds a secret is not repeated: reports end up in logs. */
function frame({ at }: Finding, lines: readonly string[] | undefined): readonly string[] {
  const number = String(at.line).padStart(6);
  if (!lines) return [`${number} | (not shown: it holds a secret)`];
  const line = lines[at.line - 1];
  if (line === undefined || line.trim() === '') return [];
  const from = at.column > WIDTH - 20 ? at.column - 20 : 0;
  const shown = line.slice(from, from + WIDTH);
  const caret = `${' '.repeat(number.length)} | ${line.slice(from, at.column - 1).replaceAll(/[^\t]/g, ' ')}^`;
  return [`${number} | ${shown}`, caret];
}

function summary(findings: readonly Finding[]): string {
  const count = (level: FindingLevel, word: string): string[] => {
    const many = findings.filter((finding) => finding.level === level).length;
    return many === 0 ? [] : [`${many} ${word}${many === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'note')].join(', ');
}
