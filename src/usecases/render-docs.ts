import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { planDocument } from '../document/plan-document.ts';
import { writeHtml } from '../document/write-html.ts';
import { writeMarkdown } from '../document/write-markdown.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { documentSubject } from './document-subject.ts';
import { type ReadPlan, readPlan, requireLoaded } from './load-plan.ts';
import { measuredFile, recordMeasured } from './measured-runs.ts';
import type { Services } from './services.ts';
import { replaceFile } from './write-file.ts';

export const DOCUMENT_FORMATS = ['markdown', 'html'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export interface DocsRequest {
  /** One of DOCUMENT_FORMATS. Default: by the ending of the file, else markdown. */
  readonly format?: string;
  /** Where to write; to the screen when absent. */
  readonly out?: string;
  /** The committed document to compare with. */
  readonly check?: string;
  /** First add the runs that are kept here to the record beside the plan. */
  readonly measured?: boolean;
}

export interface DocsResult {
  readonly format: DocumentFormat;
  /** The file that was written or compared. */
  readonly file?: string;
  /** Absent when nothing was compared. */
  readonly fresh?: boolean;
  /** Why it is not fresh. */
  readonly stale?: Stale;
  /** The document, where it was not written into a file. */
  readonly document?: string;
}

/** Where a committed document differs first, and the command that renews it. */
export interface Stale {
  /** Counted from 1; absent when there is no such file. */
  readonly line?: number;
  readonly found?: string;
  readonly expected?: string;
  readonly renew: string;
}

/** The plan as a document: to the screen, into a file, or compared with the one that is committed. */
export async function writeDocs(request: DocsRequest, services: Services): Promise<DocsResult> {
  const { out, check } = request;
  if (out !== undefined && check !== undefined)
    throw new KnownError('USAGE', '--out and --check cannot be asked for together', 'Write it first, then check it.');
  if (check !== undefined && request.measured)
    throw new KnownError(
      'USAGE',
      '--measured changes the record, and --check only compares',
      'Write it first, then check it.',
    );
  const format = formatOf(request);
  const blind = withoutVariables(services);
  const read = readPlan(blind, 'check');
  const loaded = requireLoaded(read);
  if (request.measured) await recordMeasured(read.file, loaded.plan.plan.name, services);
  const document = planDocument(documentSubject(read, loaded, blind));
  const text = format === 'html' ? writeHtml(document) : writeMarkdown(document);
  if (check !== undefined)
    return { format, ...compared(resolve(services.cwd, check), text, { ...request, check }, services) };
  if (out === undefined) return { format, document: text };
  const file = resolve(services.cwd, out);
  refuseSources(file, read, services);
  replaceFile(file, text);
  return { format, file };
}

/** Two machines must make the same document of the same plan, whatever is set on them. */
const withoutVariables = (services: Services): Services => ({ ...services, env: () => undefined });

function formatOf({ format, out, check }: DocsRequest): DocumentFormat {
  // `--format json` is what the frame prints; the document in it is Markdown.
  const written = format === 'json' ? undefined : format;
  if (written === undefined) return /\.html?$/i.test(out ?? check ?? '') ? 'html' : 'markdown';
  const known = DOCUMENT_FORMATS.find((one) => one === written);
  if (known) return known;
  const meant = nearestOf(written, DOCUMENT_FORMATS);
  const hint = meant ? `Did you mean --format ${meant}?` : `One of: ${DOCUMENT_FORMATS.join(', ')}.`;
  throw new KnownError('USAGE', `"${written}" is no format of a document`, hint);
}

/** A document is made of these; written over one of them, it would destroy what it is made of. */
function refuseSources(file: string, read: ReadPlan, { cwd }: Services): void {
  const sources = [read.file, measuredFile(read.file), ...read.files.map((one) => resolve(cwd, one))];
  if (!sources.includes(file)) return;
  throw new KnownError(
    'USAGE',
    `${file} is what the document is made of, and is not written over`,
    'Name another file with --out.',
  );
}

function compared(
  file: string,
  expected: string,
  request: DocsRequest & { check: string },
  services: Services,
): Omit<DocsResult, 'format'> {
  const renew = renewCommand(request, services);
  const text = committed(file);
  if (text === undefined) return { file, fresh: false, stale: { renew } };
  const [is, must] = [linesOf(text), linesOf(expected)];
  const at = must.findIndex((line, index) => line !== is[index]);
  const first = at < 0 && is.length > must.length ? must.length : at;
  if (first < 0) return { file, fresh: true };
  const [found, wanted] = [is[first], must[first]];
  return {
    file,
    fresh: false,
    stale: {
      line: first + 1,
      ...(found === undefined ? {} : { found: found }),
      ...(wanted === undefined ? {} : { expected: wanted }),
      renew,
    },
  };
}

/** A checkout may have changed how lines end; what they say is what counts. */
const linesOf = (text: string): readonly string[] => text.split(/\r?\n/);

function renewCommand({ check, format }: { check: string; format?: string }, { chosen }: Services): string {
  const plan = chosen.plan === undefined ? '' : ` --plan ${chosen.plan}`;
  const environment = chosen.environment === undefined ? '' : ` --environment ${chosen.environment}`;
  const said = format === undefined || format === 'json' ? '' : ` --format ${format}`;
  return `lifeboat docs${plan}${environment}${said} --out ${check}`;
}

function committed(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `${file} cannot be read: ${(error as Error).message}`;
    throw new KnownError('USAGE', message, 'Name the committed document with --check FILE.', error);
  }
}
