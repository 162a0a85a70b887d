import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding, FindingLevel, Place } from '../../model/finding.ts';
import { describeRule } from '../describe-rule.ts';
import { fingerprint } from '../fingerprint.ts';
import { rules } from '../rules/index.ts';
import type { Report } from './report.ts';

const LEVELS: Record<FindingLevel, string> = { error: 'error', warning: 'warning', info: 'note' };

/** Where the rules are explained; relative to the repository that holds Lifeboat, so it is shown and not followed. */
const RULES_PAGE = 'docs/reference/rules.md';

/** SARIF 2.1.0, as code scanners and editors read it: rules with their texts, and every finding with its place. */
export function reportSarif({ findings, known, version, judged }: Report): string {
  const said = [...findings, ...known];
  const ids = [...new Set([...rules.map(({ id }) => id), ...said.map(({ rule }) => rule)])];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Lifeboat', semanticVersion: version, rules: ids.map(descriptor) } },
        invocations: [{ executionSuccessful: judged }],
        columnKind: 'utf16CodeUnits',
        results: [
          // One result that says whether it is suppressed obliges all others to say so, too.
          ...findings.map((finding) => ({ ...result(finding, ids), suppressions: [] })),
          ...known.map((finding) => ({ ...result(finding, ids), suppressions: KNOWN })),
        ],
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

const KNOWN = [{ kind: 'external', justification: 'It is in the baseline.' }];

function descriptor(id: string): object {
  const { level, title, why, bad, good } = describeRule(id);
  const examples =
    good === undefined
      ? ''
      : `\n\nNot so:\n\n\`\`\`yaml\n${bad?.trim()}\n\`\`\`\n\nBut so:\n\n\`\`\`yaml\n${good.trim()}\n\`\`\``;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${title}. ${why} See ${RULES_PAGE}.`, markdown: `${title}.\n\n${why}${examples}` },
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function result(finding: Finding, ids: readonly string[]): object {
  const { rule, level, at, path, message, hint, related } = finding;
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: LEVELS[level],
    message: { text: `${message}\n→ ${hint}` },
    locations: [
      {
        physicalLocation: physical(at),
        ...(path === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: path, kind: 'value' }] }),
      },
    ],
    ...(related === undefined
      ? {}
      : {
          relatedLocations: related.map((one, id) => ({
            id,
            physicalLocation: physical(one.at),
            message: { text: one.message },
          })),
        }),
    partialFingerprints: { 'lifeboat/v1': fingerprint(finding) },
  };
}

const physical = ({ file, line, column }: Place): object => ({
  artifactLocation: { uri: uriOf(file) },
  region: { startLine: line, startColumn: column },
});

/** Relative places stay relative: a scanner finds them from the root of the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(sep).map(encodeURIComponent).join('/');
}
