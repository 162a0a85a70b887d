import { join } from 'node:path';
import { renderHtml, renderMarkdown, reportData } from '../evidence/report.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { sealedEvidence } from './sealed-evidence.ts';
import type { Services } from './services.ts';
import { writeWhole } from './write-file.ts';

/** Where the papers of a run are. */
export interface RunFiles {
  readonly report: { readonly markdown: string; readonly html: string };
  readonly evidence: string;
}

export interface ToReport {
  readonly id: string;
  readonly events: readonly JournalEvent[];
  readonly lines: readonly string[];
  readonly stateFolder: string;
}

/** Writes report and sealed evidence of a run as it stands; those of an earlier stop are replaced. */
export function writeReport({ id, events, lines, stateFolder }: ToReport, services: Services): RunFiles {
  const folder = join(stateFolder, 'reports', id);
  const files = {
    report: { markdown: join(folder, 'report.md'), html: join(folder, 'report.html') },
    evidence: join(folder, 'evidence.ndjson'),
  };
  const data = reportData(foldRun(events), events);
  writeWhole(files.report.markdown, renderMarkdown(data));
  writeWhole(files.report.html, renderHtml(data));
  writeWhole(files.evidence, sealedEvidence(lines, stateFolder, services).text);
  return files;
}
