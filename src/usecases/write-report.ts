import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderHtml, renderMarkdown, reportData } from '../evidence/report.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { sealedEvidence } from './sealed-evidence.ts';
import type { Services } from './services.ts';
import { withRoom, writeWhole } from './write-file.ts';

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
  const files = papersOf(stateFolder, id);
  withRoom(stateFolder, () => {
    const sealed = sealedEvidence(lines, stateFolder, services);
    const data = reportData(foldRun(events), events, sealed.fingerprint);
    writeWhole(files.report.markdown, renderMarkdown(data));
    writeWhole(files.report.html, renderHtml(data));
    // Last: evidence of all events says that the report is whole, too.
    writeWhole(files.evidence, sealed.text);
  });
  return files;
}

function papersOf(stateFolder: string, id: string): RunFiles {
  const folder = join(stateFolder, 'reports', id);
  const report = { markdown: join(folder, 'report.md'), html: join(folder, 'report.html') };
  return { report, evidence: join(folder, 'evidence.ndjson') };
}

/** Whether report and evidence tell of the whole run. They do not when its process was killed just after the last event. */
export function papersAreWhole(stateFolder: string, id: string, lines: readonly string[]): boolean {
  const { evidence } = papersOf(stateFolder, id);
  if (!existsSync(evidence)) return false;
  const sealed = readFileSync(evidence, 'utf8').split('\n');
  return lines.length > 0 && sealed.includes(lines.at(-1) as string);
}
