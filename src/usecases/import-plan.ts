import { existsSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { LARGEST_DOCUMENT, tooLarge } from '../plan/import/decode-document.ts';
import { type ImportedPlan, importMarkdown, questionPlace } from '../plan/import/import-markdown.ts';
import { placeText } from '../plan/import/lines.ts';
import { checkPlan } from './check-plan.ts';
import { PLAN_NAME } from './find-plan.ts';
import type { Services } from './services.ts';
import { writeWhole } from './write-file.ts';

export interface ImportResult {
  readonly document: string;
  /** The draft that was written. */
  readonly plan: string;
  readonly counts: ImportedPlan['counts'];
  /** Where every value of the draft stands in the document. */
  readonly values: ImportedPlan['values'];
  readonly questions: readonly { readonly text: string; readonly from: string }[];
  readonly repairs: readonly {
    readonly from: string;
    readonly was: string;
    readonly is: string;
    readonly readAs: string;
  }[];
  /** What `check` says of the draft. */
  readonly check: { readonly errors: number; readonly warnings: number; readonly findings: readonly Finding[] };
}

/** Reads a plan in Markdown, writes it as a draft in the plan language, and judges the draft. Overwrites nothing. */
export function importPlan(document: string, services: Services): ImportResult {
  const source = resolve(services.cwd, document);
  const plan = resolve(services.cwd, services.chosen.plan ?? PLAN_NAME);
  if (existsSync(plan))
    throw new KnownError('USAGE', `${plan} exists; it was not overwritten`, 'Name another file with --plan FILE.');
  const file = named(source, services.cwd);
  const imported = importMarkdown({ file, bytes: readDocument(source) });
  writeWhole(plan, imported.yaml);
  return { document: source, plan, ...resultOf(file, imported), check: judge(plan, services) };
}

const resultOf = (file: string, { counts, values, questions, repairs }: ImportedPlan) => ({
  counts,
  values,
  questions: questions.map((question) => ({ text: question.text, from: questionPlace(file, question) })),
  repairs: repairs.map(({ lines, from, to, readAs }) => ({ from: placeText(file, lines), was: from, is: to, readAs })),
});

function judge(plan: string, services: Services): ImportResult['check'] {
  const { errors, warnings, findings } = checkPlan({ ...services, chosen: { ...services.chosen, plan } });
  return { errors, warnings, findings };
}

function readDocument(file: string): Buffer {
  try {
    const { size } = requireFile(file);
    if (size > LARGEST_DOCUMENT) throw tooLarge(file, size);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof KnownError) throw error;
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new KnownError('USAGE', `${file} cannot be read: ${why}`, 'Name the document: lifeboat import DR.md', error);
  }
}

function requireFile(file: string) {
  const stat = statSync(file);
  if (stat.isFile()) return stat;
  throw new KnownError('USAGE', `${file} is no file`, 'Name one document: lifeboat import DR.md');
}

/** As a person would write it from where he stands. */
function named(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
