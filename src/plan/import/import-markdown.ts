import { KnownError } from '../../model/errors.ts';
import { askQuestions } from './ask-questions.ts';
import { allBlocks, allSections, type Section } from './blocks.ts';
import { decodeDocument } from './decode-document.ts';
import { findBackups } from './find-backups.ts';
import { componentsIn } from './find-components.ts';
import { completeMetadata, findMetadata } from './find-metadata.ts';
import { findObjectives } from './find-objectives.ts';
import { findPeople } from './find-people.ts';
import { findScenarios } from './find-scenarios.ts';
import { findSeverities } from './find-severities.ts';
import { findUpkeep } from './find-upkeep.ts';
import { type Lines, placeText } from './lines.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Question, type Reading } from './reading.ts';
import { type Repair, repairText } from './repair-text.ts';
import { headLines, tablesOf } from './tables.ts';
import { type Provenance, writeDraft } from './write-draft.ts';
import { writeProcedure, writeScenario } from './write-scenario.ts';

export interface ImportRequest {
  /** How the document is named in comments and questions. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface ImportedPlan {
  readonly yaml: string;
  /** Where every value that was read stands in the document. */
  readonly values: readonly Provenance[];
  readonly questions: readonly Question[];
  readonly repairs: readonly Repair[];
  readonly counts: {
    readonly scenarios: number;
    readonly procedures: number;
    readonly steps: number;
    readonly components: number;
    readonly kept: number;
  };
}

/** Reads a plan in Markdown as a draft in the plan language. Throws USAGE when the document is none, or holds no procedure. */
export function importMarkdown({ file, bytes }: ImportRequest): ImportedPlan {
  const { text, repairs } = repairText(decodeDocument(file, bytes));
  const { root, unread } = parseMarkdown(text);
  const reading = openReading(file, text, root);
  for (const lines of unread)
    reading.ask('This part is too large or too deep to be taken apart; it is kept as text.', lines);
  readAll(reading, text);
  refuseWithoutProcedure(reading);
  frameTitles(reading, root);
  const titles = [...reading.frames].sort((a, b) => a.lines.first - b.lines.first);
  const rest = reading.leftovers();
  const { yaml, values } = writeDraft({
    file,
    top: reading.draft.top,
    questions: reading.questions,
    repairs,
    titles,
    rest,
  });
  return { yaml, values, questions: reading.questions, repairs, counts: countsOf(reading, rest.length) };
}

function readAll(reading: Reading, text: string): void {
  const { root, draft } = reading;
  const source = sourceOf(text);
  draft.put(['lifeboat'], 1);
  findMetadata(reading);
  completeMetadata(reading);
  draft.put(['environments', 'production', 'protected'], true);
  reading.ask('Which environments are there beside production, for drills?');
  findPeople(reading);
  findSeverities(reading);
  const { scenarios, procedures } = findScenarios(root);
  const inside = new Set([...scenarios, ...procedures].flatMap(allSections));
  const sections = allSections(root).filter((section) => scenarios.includes(section) || procedures.includes(section));
  for (const section of sections)
    if (scenarios.includes(section)) writeScenario(reading, section, source);
    else writeProcedure(reading, section, source);
  for (const name of ['components', 'scenarios']) draft.open([name]);
  findObjectives(reading, (section) => inside.has(section));
  findBackups(reading);
  findUpkeep(reading);
  nameLosses(reading);
  useHeads(reading, root);
  askQuestions(reading, text);
}

/** Lines of the document without the indent they share. */
const sourceOf =
  (text: string) =>
  ({ first, last }: Lines): string => {
    const lines = text.split('\n').slice(first - 1, last);
    const indents = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
    const shared = Math.min(...indents, 80);
    return lines
      .map((line) => line.slice(shared))
      .join('\n')
      .trimEnd();
  };

/** The components a scenario names in its title are lost in it. */
function nameLosses(reading: Reading): void {
  for (const name of reading.draft.keys(['scenarios'])) {
    const title = reading.draft.read(['scenarios', name, 'title']);
    if (title?.kind !== 'value') continue;
    for (const component of componentsIn(reading, String(title.value)))
      reading.draft.add(['scenarios', name, 'loses'], component);
  }
}

/** Headings of tables whose rows are all in the draft say nothing more. */
function useHeads(reading: Reading, root: Section): void {
  const tables = allSections(root).flatMap(tablesOf);
  for (const table of tables)
    if (table.rows.every(({ lines }) => reading.isUsed(lines))) reading.frame(headLines(table));
}

/** Titles over sections of which everything is in the draft, the inner ones first. */
function frameTitles(reading: Reading, root: Section): void {
  for (const section of allSections(root).toReversed()) {
    const below = { first: section.lines.last + 1, last: reading.rangeOf(section).last };
    if (section.depth > 0 && reading.leftovers(below).length === 0) reading.frame(section.lines);
  }
}

function refuseWithoutProcedure({ draft, root, file }: Reading): void {
  const found = draft.keys(['scenarios']).length + draft.keys(['procedures']).length;
  const holdsCode = allSections(root).some(({ blocks }) =>
    blocks.some((block) => allBlocks(block).some(({ kind }) => kind === 'code')),
  );
  if (found > 0 || holdsCode) return;
  throw new KnownError(
    'USAGE',
    `${file} holds no procedure: no scenario, no numbered steps, no commands`,
    'Name the document with the procedures. To start without one: lifeboat init',
  );
}

function countsOf({ draft }: Reading, kept: number): ImportedPlan['counts'] {
  const stepsIn = (kind: string) =>
    draft.keys([kind]).reduce((sum, name) => sum + draft.count([kind, name, 'steps']), 0);
  return {
    scenarios: draft.keys(['scenarios']).length,
    procedures: draft.keys(['procedures']).length,
    steps: stepsIn('scenarios') + stepsIn('procedures'),
    components: draft.keys(['components']).length,
    kept,
  };
}

/** `DR.md:12`, or nothing when a question is about the whole document. */
export const questionPlace = (file: string, { from }: Question): string => (from ? placeText(file, from) : file);
