import type { Finding, FindingLevel } from '../../model/finding.ts';
import { countText } from './text.ts';

const COMMANDS: Record<FindingLevel, string> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, one a line: each finding is shown beside its line of the plan. The last line is for the log. */
export const reportGithub = (findings: readonly Finding[], known: readonly Finding[] = []): string =>
  [...findings.map(command), countText(findings, known)].join('\n');

function command({ rule, level, at, message, hint, related }: Finding): string {
  const said = [
    message,
    ...(related ?? []).map((one) => `see ${one.at.file}:${one.at.line}:${one.at.column}: ${one.message}`),
    `→ ${hint}`,
  ].join('\n');
  const fields = { file: at.file, line: String(at.line), col: String(at.column), title: rule };
  const written = Object.entries(fields).map(([name, value]) => `${name}=${escaped(value, /[%\r\n:,]/g)}`);
  return `::${COMMANDS[level]} ${written.join(',')}::${escaped(said, /[%\r\n]/g)}`;
}

/** A line break would begin another command, and a plan is not to be trusted with that. */
const escaped = (text: string, what: RegExp): string =>
  text.replaceAll(what, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
