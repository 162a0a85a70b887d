import type { Finding, FindingLevel } from '../model/finding.ts';

/** Findings for a person: where, what, the line itself, and what to do. `text` is the plan as it was read. */
export function reportText(findings: readonly Finding[], text: string): string {
  if (findings.length === 0) return 'No findings.';
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const secret = new Set(findings.filter(({ rule }) => rule === 'literal-secret').map(({ at }) => at.line));
  const blocks = findings.map((finding) => block(finding, secret.has(finding.at.line) ? undefined : lines));
  return [...blocks, summary(findings)].join('\n\n');
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
