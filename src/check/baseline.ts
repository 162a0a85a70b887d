import { z } from 'zod';
import { KnownError } from '../model/errors.ts';
import { type Finding, isError } from '../model/finding.ts';
import { fingerprint } from './fingerprint.ts';

const Entry = z.strictObject({ fingerprint: z.string(), rule: z.string(), path: z.string(), message: z.string() });
const BaselineFile = z.strictObject({ lifeboat_baseline: z.literal(1), findings: z.array(Entry) });
type Entry = z.infer<typeof Entry>;

/** Findings that were there when check was adopted. They are known; new ones are not. */
export interface Baseline {
  /** How the file is named in findings. */
  readonly file: string;
  readonly text: string;
  readonly entries: readonly Entry[];
}

export interface Sorted {
  /** What counts: new findings, what cannot be excused, and entries of the baseline that nothing answers to any more. */
  readonly findings: readonly Finding[];
  readonly known: readonly Finding[];
}

/** Reads the text of a baseline file. Throws USAGE when it is none. */
export function readBaseline(file: string, text: string): Baseline {
  const read = BaselineFile.safeParse(asJson(text));
  if (read.success) return { file, text, entries: read.data.findings };
  throw new KnownError(
    'USAGE',
    `${file} is no baseline of lifeboat check`,
    `Write it anew with: lifeboat check --baseline ${file} --write-baseline`,
    read.error,
  );
}

/** The text of a baseline that knows these findings: errors and warnings, in a steady order so that changes are easy to review. */
export function baselineOf(findings: readonly Finding[]): string {
  const entries = new Map(
    findings
      .filter(({ level }) => level !== 'info')
      .map((finding): [string, Entry] => [
        fingerprint(finding),
        { fingerprint: fingerprint(finding), rule: finding.rule, path: finding.path ?? '', message: finding.message },
      ]),
  );
  const sorted = [...entries.values()].sort((a, b) => orderOf(a).localeCompare(orderOf(b), 'en'));
  return `${JSON.stringify({ lifeboat_baseline: 1, findings: sorted }, null, 2)}\n`;
}

const orderOf = ({ rule, path, fingerprint: print }: Entry): string => `${rule} ${path} ${print}`;

/** Parts what is known from what is new, and complains about entries that are found no more. */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline): Sorted {
  const entries = new Map(baseline.entries.map((entry) => [entry.fingerprint, entry]));
  const isKnown = (finding: Finding): boolean =>
    finding.level !== 'info' && !makesUnusable(finding) && entries.has(fingerprint(finding));
  const found = new Set(findings.map(fingerprint));
  const stale = baseline.entries.filter((entry) => !found.has(entry.fingerprint));
  return {
    findings: [
      ...findings.filter((finding) => !isKnown(finding)),
      ...stale.map((entry) => staleFinding(entry, baseline)),
    ],
    known: findings.filter(isKnown),
  };
}

/** An error of loading: the plan cannot be read or contradicts itself, and no command works with it, whatever is known. */
export const makesUnusable = (finding: Finding): boolean => isError(finding) && finding.rule.startsWith('plan.');

function staleFinding({ fingerprint: print, rule, path, message }: Entry, { file, text }: Baseline): Finding {
  const line = text.split('\n').findIndex((one) => one.includes(print)) + 1;
  return {
    rule: 'baseline-stale',
    level: 'warning',
    at: { file, line: Math.max(line, 1), column: 1 },
    message: `the baseline knows ${rule}${path === '' ? '' : ` at ${path}`}, which is found no more: ${message}`,
    hint: `It is mended or has changed. Write the baseline anew with: lifeboat check --baseline ${file} --write-baseline`,
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
