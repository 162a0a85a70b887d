import { KnownError } from '../../model/errors.ts';
import { asTyped } from './as-typed.ts';
import { askQuestions } from './ask-questions.ts';
import { allBlocks, allSections, type Section } from './blocks.ts';
import { decodeDocument } from './decode-document.ts';
import { findBackups } from './find-backups.ts';
import { findChannels } from './find-channels.ts';
import { findControls } from './find-controls.ts';
import { findDomains, nameLostDomains, placeComponents, regionsOf } from './find-domains.ts';
import { findFiles } from './find-files.ts';
import { findInCommands } from './find-in-commands.ts';
import { findInventory } from './find-inventory.ts';
import { completeMetadata, findMetadata } from './find-metadata.ts';
import { findObjectives } from './find-objectives.ts';
import { findPeople } from './find-people.ts';
import { findPostMortem } from './find-post-mortem.ts';
import { findScenarios } from './find-scenarios.ts';
import { findServiceLevels } from './find-service-levels.ts';
import { findSeverities } from './find-severities.ts';
import { findTemplates } from './find-templates.ts';
import { findUpkeep } from './find-upkeep.ts';
import type { SourceOf } from './found-step.ts';
import { type Lines, placeText } from './lines.ts';
import { componentsIn } from './match-component.ts';
import { placeData } from './objective-paths.ts';
import { findFigures } from './objective-values.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Question, type Reading } from './reading.ts';
import { type Repair, repairText } from './repair-text.ts';
import { headLines, tablesOf } from './tables.ts';
import { type Provenance, writeDraft } from './write-draft.ts';
import { type Numbered, writeProcedure, writeScenario } from './write-scenario.ts';

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
  const { text: repaired, repairs } = repairText(decodeDocument(file, bytes));
  const text = asTyped(repaired);
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

/** People and things first, then what is done with them, then what is said of it elsewhere. */
function readAll(reading: Reading, text: string): void {
  const { root, draft } = reading;
  draft.put(['lifeboat'], 1);
  findMetadata(reading);
  completeMetadata(reading);
  findEnvironments(reading, text);
  findDomains(reading, text);
  const regions = regionsOf(reading, text);
  findChannels(reading, text);
  findPeople(reading);
  findSeverities(reading);
  findServiceLevels(reading);
  const { scenarios, procedures } = findScenarios(root);
  const inside = new Set([...scenarios, ...procedures].flatMap(allSections));
  const isProcedure = (section: Section) => inside.has(section);
  findInventory(reading, isProcedure);
  findObjectives(reading, isProcedure);
  findBackups(reading, isProcedure);
  findInCommands(reading);
  writeProcedures(reading, scenarios, procedures, sourceOf(text));
  for (const name of ['components', 'scenarios']) draft.open([name]);
  reading.catchUp();
  findFigures(reading);
  placeData(reading);
  findUpkeep(reading);
  findPostMortem(reading);
  findTemplates(reading);
  findControls(reading, isProcedure);
  placeComponents(reading, regions);
  nameLosses(reading);
  nameLostDomains(reading, regions);
  findFiles(reading, text);
  useHeads(reading, root);
  askQuestions(reading, text);
}

function writeProcedures(
  reading: Reading,
  scenarios: readonly Section[],
  procedures: readonly Section[],
  source: SourceOf,
): void {
  const numbered: Numbered = new Map();
  for (const section of allSections(reading.root))
    if (scenarios.includes(section)) writeScenario(reading, section, source, numbered);
    else if (procedures.includes(section)) writeProcedure(reading, section, source);
}

/** Production, and a staging environment where one is named: whether it may be harmed is for a person to say. */
function findEnvironments(reading: Reading, text: string): void {
  reading.draft.put(['environments', 'production', 'protected'], true);
  const line = text.split('\n').findIndex((one) => /\bstaging\b/i.test(one)) + 1;
  if (line === 0) return void reading.ask('Which environments are there beside production, for drills?');
  reading.draft.put(['environments', 'staging', 'protected'], true, { first: line, last: line });
  reading.ask('May drills harm staging? Then say `protected: false`.', { first: line, last: line });
}

/** Lines of the document without the indent they share. */
const sourceOf = (text: string) => {
  const all = text.split('\n');
  return ({ first, last }: Lines): string => {
    const lines = all.slice(first - 1, last);
    const indents = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
    const shared = Math.min(...indents, 80);
    return lines
      .map((line) => line.slice(shared))
      .join('\n')
      .trimEnd();
  };
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
  for (const { rows } of tables)
    for (const { cells, lines } of rows) if (cells.every((cell) => cell.trim() === '')) reading.frame(lines);
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
