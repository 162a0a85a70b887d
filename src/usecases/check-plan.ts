import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyBaseline, baselineOf, makesUnusable, type Sorted } from '../check/baseline.ts';
import { check } from '../check/check.ts';
import { REPORT_FORMATS, type ReportFormat, writeReport } from '../check/reports/report.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { type Finding, isError } from '../model/finding.ts';
import { loadBaseline, saveBaseline } from './baseline-file.ts';
import { type ReadPlan, readPlan } from './load-plan.ts';
import { measuredFile, measuredOf } from './measured-runs.ts';
import type { Services } from './services.ts';

export interface CheckRequest {
  /** One of `REPORT_FORMATS`. Default: text. */
  readonly format?: string;
  /** File with findings that are known. */
  readonly baseline?: string;
  /** Write all findings into that file instead of judging by it. */
  readonly writeBaseline?: boolean;
}

export interface CheckResult {
  readonly plan: string;
  readonly environment?: string;
  /** True when nothing of level error was found. */
  readonly ok: boolean;
  /** False when loading found an error: the plan cannot be read or contradicts itself, and no command works with it. */
  readonly sound: boolean;
  /** False when the plan could not be read: then no rule has judged it, and it is not known what else is wrong. */
  readonly judged: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
  readonly baseline?: { readonly file: string; readonly known: number; readonly written?: number };
  /** The findings in the form that was asked for. A function, so that JSON leaves it out. */
  text(): string;
  /** Every file it depends on, to be watched. */
  files(): readonly string[];
  /** Whether that form is read by programs, so that nothing may be added to it. */
  isDocument(): boolean;
}

/** Judges a plan without touching the world. */
export function checkPlan(services: Services, request: CheckRequest = {}): CheckResult {
  const format = formatOf(request.format);
  const read = readPlan(services, 'check');
  const found = findingsOf(read, services);
  if (request.writeBaseline) return writeKnown(found, read, { request, services });
  const sorted = sortedBy(request.baseline, found, services);
  return {
    ...summaryOf(read, sorted.findings),
    ...(request.baseline === undefined ? {} : { baseline: { file: request.baseline, known: sorted.known.length } }),
    text: () => written(sorted, read, { format, services }),
    isDocument: () => format !== 'text',
    files: () => filesOf(read, request, services),
  };
}

function formatOf(written = 'text'): ReportFormat {
  const format = REPORT_FORMATS.find((one) => one === written);
  if (format) return format;
  const meant = nearestOf(written, REPORT_FORMATS);
  const hint = meant ? `Did you mean --format ${meant}?` : `One of: ${REPORT_FORMATS.join(', ')}.`;
  throw new KnownError('USAGE', `"${written}" is no format of a report`, hint);
}

const findingsOf = ({ file, loaded }: ReadPlan, { clock, actions }: Services): readonly Finding[] =>
  loaded.ok ? check(loaded, { now: clock.now(), actions, measured: measuredOf(file, loaded.plan) }) : loaded.findings;

function sortedBy(baseline: string | undefined, found: readonly Finding[], services: Services): Sorted {
  if (baseline === undefined) return { findings: found, known: [] };
  return applyBaseline(found, loadBaseline(baseline, services));
}

function summaryOf(
  { file, loaded }: ReadPlan,
  findings: readonly Finding[],
): Omit<CheckResult, 'text' | 'isDocument' | 'files'> {
  const errors = findings.filter(isError).length;
  return {
    plan: file,
    ...(loaded.ok ? { environment: loaded.environment } : {}),
    ok: loaded.ok && errors === 0,
    sound: loaded.ok && !findings.some(makesUnusable),
    judged: loaded.ok,
    errors,
    warnings: findings.filter(({ level }) => level === 'warning').length,
    findings,
  };
}

const filesOf = ({ file, files }: ReadPlan, { baseline }: CheckRequest, { cwd }: Services): readonly string[] =>
  [
    ...files,
    ...(existsSync(measuredFile(file)) ? [measuredFile(file)] : []),
    ...(baseline === undefined ? [] : [baseline]),
  ].map((file) => resolve(cwd, file));

interface Writing {
  readonly format: ReportFormat;
  readonly services: Services;
}

function written(sorted: Sorted, { loaded, textOf: textIn }: ReadPlan, { format, services }: Writing): string {
  // JSON is printed by the frame of the command line, from the result itself.
  const form = format === 'json' ? 'text' : format;
  const textOf = (name: string): string | undefined => textIn(name) ?? readIfThere(name, services);
  return writeReport({ ...sorted, plan: loaded.file, version: services.version, judged: loaded.ok, textOf }, form);
}

/** The baseline is only shown: without it the finding is told without its line. */
function readIfThere(name: string, { cwd }: Services): string | undefined {
  try {
    return readFileSync(resolve(cwd, name), 'utf8');
  } catch {
    return undefined;
  }
}

interface Asked {
  readonly request: CheckRequest;
  readonly services: Services;
}

function writeKnown(found: readonly Finding[], read: ReadPlan, { request, services }: Asked): CheckResult {
  const { baseline: file } = request;
  if (file === undefined)
    throw new KnownError('USAGE', '--write-baseline needs the file to write', 'Name it with --baseline FILE.');
  if (!read.loaded.ok || found.some(makesUnusable))
    throw new KnownError(
      'PLAN_INVALID',
      `${read.loaded.file} cannot be read or contradicts itself, so no baseline was written`,
      'See what is wrong with: lifeboat check',
    );
  const text = baselineOf(found);
  saveBaseline(file, text, services);
  const { findings, known } = applyBaseline(found, loadBaseline(file, services));
  return {
    ...summaryOf(read, findings),
    baseline: { file, known: known.length, written: known.length },
    text: () => `${file}: ${known.length} ${known.length === 1 ? 'finding is' : 'findings are'} known from now on.`,
    isDocument: () => false,
    files: () => filesOf(read, request, services),
  };
}
