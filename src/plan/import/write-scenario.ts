import type { PlanPath } from '../../model/finding.ts';
import type { Section } from './blocks.ts';
import type { SourceOf } from './found-step.ts';
import { type FoundProcedure, readProcedure } from './read-procedure.ts';
import { nameFor, type Reading, slug } from './reading.ts';
import { readFact } from './scenario-facts.ts';
import { explicitNumber, ownTitle } from './topics.ts';
import { approverIn } from './typed-actions.ts';
import { writeApproval, writeSteps } from './write-steps.ts';

/** The scenarios of a document by their numbers: a table of contents and the procedure may both announce one. */
export type Numbered = Map<string, string>;

/** Reads one section as a scenario of the draft, or as more of one that is there. */
export function writeScenario(reading: Reading, section: Section, source: SourceOf, numbered: Numbered): void {
  const { draft } = reading;
  const title = ownTitle(section);
  const found = readProcedure(reading, section, source);
  const at = placeOf(reading, section, title, found, numbered);
  const kind = kindOf(title);
  if (kind !== 'disaster') draft.put([...at, 'kind'], kind);
  for (const { text, lines } of found.detection) draft.add([...at, 'detection'], text, lines);
  for (const pair of found.pairs) if (readFact(reading, at, pair) && pair.whole) reading.use(pair.lines);
  writeBody(reading, at, title, found, section);
  writePrevention(reading, title, found, section);
  keepRest(reading, at, section);
}

/** Reads one section as a procedure of the draft; without steps it is none, and stays in the notes. */
export function writeProcedure(reading: Reading, section: Section, source: SourceOf): void {
  const found = readProcedure(reading, section, source);
  if (found.steps.length === 0) return;
  const at = begin(reading, 'procedures', ownTitle(section), section);
  for (const { text, lines } of found.detection) reading.draft.append([...at, 'note'], text, lines);
  writeBody(reading, at, section.title, found, section);
  writePrevention(reading, section.title, found, section);
  keepRest(reading, at, section);
}

/** The scenario itself, or the one of the same number or title that had no steps until now. */
function placeOf(
  reading: Reading,
  section: Section,
  title: string,
  found: FoundProcedure,
  numbered: Numbered,
): PlanPath {
  const { draft } = reading;
  const number = explicitNumber(section);
  const same = number === undefined ? undefined : numbered.get(number);
  const name = same ?? slug(title);
  const known = draft.read(['scenarios', name]) !== undefined;
  const fits = known && (found.steps.length === 0 || draft.count(['scenarios', name, 'steps']) === 0);
  const at = fits ? ['scenarios', name] : begin(reading, 'scenarios', title, section);
  if (fits) reading.frame(section.lines);
  if (number !== undefined && !numbered.has(number)) numbered.set(number, String(at[1]));
  return at;
}

function begin({ draft, use }: Reading, kind: 'scenarios' | 'procedures', title: string, { lines }: Section): PlanPath {
  const at = [kind, nameFor(title, draft.keys([kind]))];
  draft.put([...at, 'title'], title, lines);
  use(lines);
  return at;
}

function writeBody(reading: Reading, at: PlanPath, title: string, found: FoundProcedure, section: Section): void {
  for (const { text, lines } of found.prerequisites) reading.draft.add([...at, 'prerequisites'], text, lines);
  if (found.steps.length > 0 || reading.draft.count([...at, 'steps']) === 0)
    writeSteps(reading, at, title, found.steps, section.lines);
  const approval = found.prerequisites.find(({ text }) => approverIn(text) !== undefined);
  const role = approval && approverIn(approval.text);
  if (approval && role !== undefined && reading.draft.count([...at, 'steps']) > 0)
    writeApproval(reading, [...at, 'steps', 0], role, approval.lines);
}

/** Commands that keep a loss from happening are a procedure of their own: nobody runs them in the middle of a recovery. */
function writePrevention(reading: Reading, title: string, { prevention }: FoundProcedure, section: Section): void {
  const [first] = prevention;
  if (!first) return;
  const name = nameFor(`Prevention: ${title}`, reading.draft.keys(['procedures']));
  reading.draft.put(['procedures', name, 'title'], `Prevention: ${title}`, first.lines);
  writeSteps(reading, ['procedures', name], `Prevention: ${title}`, prevention, section.lines);
}

function kindOf(title: string): string {
  if (/ransomware|malware|breach|attack|ddos|compromis|security|intrusion|leak/i.test(title)) return 'security';
  if (/roll ?(ing )?back|bad deploy|deployment|migration|release/i.test(title)) return 'rollback';
  return /latency|slow|stuck|degrad|high (cpu|memory|load)|performance|backlog/i.test(title)
    ? 'degradation'
    : 'disaster';
}

/** What of a section found no place elsewhere stays with it, as it stands in the document. */
function keepRest(reading: Reading, at: PlanPath, section: Section): void {
  for (const { text, lines } of reading.leftovers(reading.rangeOf(section))) {
    reading.draft.append([...at, 'note'], text, lines);
    reading.use(lines);
  }
}
