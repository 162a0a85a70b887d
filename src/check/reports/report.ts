import type { Finding } from '../../model/finding.ts';
import { reportGithub } from './github.ts';
import { reportJunit } from './junit.ts';
import { reportSarif } from './sarif.ts';
import { reportText } from './text.ts';

/** The forms in which findings are written; JSON is the result of the command itself. */
export const REPORT_FORMATS = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** All that a report may tell. */
export interface Report {
  /** The plan, as its findings name it. */
  readonly plan: string;
  /** Version of the program. */
  readonly version: string;
  /** False when the plan could not be read, so that no rule has judged it. */
  readonly judged: boolean;
  /** What counts. */
  readonly findings: readonly Finding[];
  /** What the baseline knows already. */
  readonly known: readonly Finding[];
  /** The text of a file that findings point at; undefined when it cannot be read. */
  textOf(file: string): string | undefined;
}

/** Findings in one of the forms that people, editors and build servers read. */
export function writeReport(report: Report, format: Exclude<ReportFormat, 'json'>): string {
  switch (format) {
    case 'text':
      return reportText(report.findings, report.textOf, report.known);
    case 'sarif':
      return reportSarif(report);
    case 'github':
      return reportGithub(report.findings, report.known);
    case 'junit':
      return reportJunit(report);
  }
}
