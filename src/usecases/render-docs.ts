import { resolve } from 'node:path';
import { readablePlan } from './load-plan.ts';
import { runbookText } from './runbook-text.ts';
import type { Services } from './services.ts';
import { writeWhole } from './write-file.ts';

export interface DocsResult {
  readonly file?: string;
  readonly markdown: string;
}

/** The plan as a document: to the screen, or into a file. */
export function writeDocs(out: string | undefined, services: Services): DocsResult {
  const { plan, environment, hash } = readablePlan(services);
  const markdown = runbookText({ plan, environment, hash, actions: services.actions });
  if (out === undefined) return { markdown };
  const file = resolve(services.cwd, out);
  writeWhole(file, markdown);
  return { file, markdown };
}
