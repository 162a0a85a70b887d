import type { PlanPath } from '../../model/finding.ts';
import { plain, type Section } from './blocks.ts';
import { riskIn } from './find-objectives.ts';
import { type Lines, spanOf } from './lines.ts';
import type { Pair } from './pairs.ts';
import { type FoundProcedure, readProcedure } from './read-procedure.ts';
import type { FoundStep, SourceOf } from './read-steps.ts';
import { durationIn, objectiveIn, spanIn } from './read-values.ts';
import { nameFor, type Reading } from './reading.ts';
import { ownTitle } from './topics.ts';

/** Where an expression of the plan language begins. */
const OPEN = '${{';

/** Reads one section as a scenario of the draft. */
export function writeScenario(reading: Reading, section: Section, source: SourceOf): void {
  const title = ownTitle(section);
  const at = begin(reading, 'scenarios', title, section);
  const kind = kindOf(title);
  if (kind !== 'disaster') reading.draft.put([...at, 'kind'], kind);
  const found = readProcedure(reading, section, source);
  for (const { text, lines } of found.detection) reading.draft.add([...at, 'detection'], text, lines);
  for (const { text, lines } of found.prerequisites) reading.draft.add([...at, 'prerequisites'], text, lines);
  for (const pair of found.pairs) if (readFact(reading, at, pair) && pair.whole) reading.use(pair.lines);
  writeSteps(reading, at, title, found, section);
  keepRest(reading, at, section);
}

/** Reads one section as a procedure of the draft; without steps it is none, and stays in the notes. */
export function writeProcedure(reading: Reading, section: Section, source: SourceOf): void {
  const found = readProcedure(reading, section, source);
  if (found.steps.length === 0) return;
  const at = begin(reading, 'procedures', section.title, section);
  for (const { text, lines } of found.prerequisites) reading.draft.add([...at, 'prerequisites'], text, lines);
  for (const { text, lines } of found.detection) reading.draft.append([...at, 'note'], text, lines);
  writeSteps(reading, at, section.title, found, section);
  keepRest(reading, at, section);
}

function begin({ draft, use }: Reading, kind: 'scenarios' | 'procedures', title: string, { lines }: Section): PlanPath {
  const at = [kind, nameFor(title, draft.keys([kind]))];
  draft.put([...at, 'title'], title, lines);
  use(lines);
  return at;
}

function kindOf(title: string): string {
  if (/ransomware|breach|attack|compromis|security|intrusion|leak/i.test(title)) return 'security';
  if (/roll ?back|bad deploy|deployment|migration/i.test(title)) return 'rollback';
  return /latency|slow|stuck|degrad|high (cpu|memory|load)|performance/i.test(title) ? 'degradation' : 'disaster';
}

/** What of a section found no place elsewhere stays with it, as it stands in the document. */
function keepRest(reading: Reading, at: PlanPath, section: Section): void {
  for (const { text, lines } of reading.leftovers(reading.rangeOf(section))) {
    reading.draft.append([...at, 'note'], text, lines);
    reading.use(lines);
  }
}

/** `RTO: 4 hours`, `Total time: 31 minutes`, `Likelihood: low`. True when all that is said is kept. */
function readFact({ draft, ask }: Reading, at: PlanPath, { key, value, lines }: Pair): boolean {
  const text = plain(value);
  const axis = /\brto\b|recovery time objective/i.test(key)
    ? 'rto'
    : /\brpo\b|recovery point objective/i.test(key)
      ? 'rpo'
      : undefined;
  if (axis && text !== '') {
    const objective = objectiveIn(text);
    if (objective === undefined) ask(`What is meant by the ${axis.toUpperCase()} "${text}"?`, lines);
    return objective !== undefined && draft.put([...at, 'objectives', axis], objective, lines) && isBare(text);
  }
  if (
    /^(total|estimated|expected|approx\w*)?\s*(recovery |restoration |total |to )?(time|duration)\b|^time to recover/i.test(
      key,
    )
  ) {
    const takes = spanIn(text);
    return takes !== undefined && draft.put([...at, 'states', 'takes'], takes, lines) && isBare(text);
  }
  if (/data loss/i.test(key) && text !== '') return draft.put([...at, 'states', 'loses'], text, lines);
  if (/^detect(ion)? (time|within)/i.test(key)) {
    const within = durationIn(text);
    return within !== undefined && draft.put([...at, 'detect_within'], within, lines) && isBare(text);
  }
  const risk = riskIn(text);
  if (risk === undefined) return false;
  if (/likelihood|probability/i.test(key)) return draft.put([...at, 'likelihood'], risk, lines);
  return /^(impact|damage)/i.test(key) && draft.put([...at, 'damage'], risk, lines);
}

/** A value and nothing beside it. */
const isBare = (text: string): boolean => /^[~<≤≈]?\s*[\d\s.,–-]*(to \d+ )?\s*[a-z-]*\.?$/i.test(text);

function writeSteps(reading: Reading, at: PlanPath, title: string, { steps }: FoundProcedure, section: Section): void {
  const taken: string[] = [];
  const choices = choicesOf(steps);
  for (const [index, step] of steps.entries()) {
    const id = nameFor(step.title, taken);
    taken.push(id);
    writeStep(reading, [...at, 'steps', index], id, step);
    const choice = step.option && choices.get(step.option.of);
    if (choice && step.option)
      writeOption(reading, at, index, { step, choice, option: step.option.label, before: taken[choice.first - 1] });
    for (const lines of step.covers) reading.use(lines);
  }
  askAboutSteps(reading, title, steps, section.lines);
}

function writeStep({ draft }: Reading, at: PlanPath, id: string, step: FoundStep): void {
  draft.put([...at, 'id'], id);
  draft.put([...at, 'title'], step.title, step.titleLines ?? step.lines);
  const command = 'command' in step.does;
  draft.put([...at, 'uses'], command ? 'shell.run' : 'human.task');
  if ('command' in step.does) draft.put([...at, 'with', 'command'], step.does.command, step.lines);
  else draft.put([...at, 'with', 'instruction'], step.does.instruction, step.lines);
  if (step.expect !== undefined)
    draft.put([...at, 'expect'], step.expect, step.titleLines ? spanOf(step.titleLines, step.lines) : step.lines);
  if (step.note) draft.put([...at, 'note'], step.note.text, step.note.lines);
}

interface Choice {
  readonly name: string;
  readonly first: number;
  readonly labels: readonly string[];
  readonly single: boolean;
}

/** The choices between ways. Ways of one step each form a group; longer ones are told apart by an input. */
function choicesOf(steps: readonly FoundStep[]): ReadonlyMap<number, Choice> {
  const choices = new Map<number, Choice>();
  for (const of of new Set(steps.flatMap(({ option }) => (option ? [option.of] : [])))) {
    const own = steps.filter(({ option }) => option?.of === of);
    const labels = [...new Set(own.map(({ option }) => option?.label ?? ''))];
    if (labels.length < 2) continue;
    const first = steps.findIndex(({ option }) => option?.of === of);
    choices.set(of, {
      name: choices.size === 0 ? 'way' : `way-${choices.size + 1}`,
      first,
      labels,
      single: own.length === labels.length,
    });
  }
  return choices;
}

interface Chosen {
  readonly step: FoundStep;
  readonly choice: Choice;
  readonly option: string;
  readonly before: string | undefined;
}

function writeOption({ draft }: Reading, at: PlanPath, index: number, { step, choice, option, before }: Chosen): void {
  const key = [...at, 'steps', index];
  if (choice.single) {
    draft.put([...key, 'one_of'], choice.name, step.lines);
    if (before !== undefined && index > choice.first) draft.put([...key, 'needs', 0], before);
    return;
  }
  const input = choice.name.replace('-', '_');
  const letter = (label: string): string => String.fromCharCode(97 + choice.labels.indexOf(label));
  draft.put(
    [...at, 'inputs', input, 'describe'],
    `Which way: ${choice.labels.map((label) => `${letter(label)} = ${label}`).join('; ')}`,
    step.lines,
  );
  draft.put([...at, 'inputs', input, 'default'], 'a');
  draft.put([...key, 'when'], `${OPEN} inputs.${input} == "${letter(option)}" }}`, step.lines);
}

function askAboutSteps({ ask }: Reading, title: string, steps: readonly FoundStep[], from: Lines): void {
  if (steps.length === 0) return void ask(`"${title}" has no steps. How is it done?`, from);
  const untimed = steps.filter(({ expect }) => expect === undefined).length;
  if (untimed > 0) ask(`"${title}": how long do its steps take? ${untimed} of ${steps.length} have no time.`, from);
  ask(`"${title}": how does one tell that each step has succeeded? Add \`success\` or a step that verifies.`, from);
  if (steps.some(({ does }) => 'command' in does && does.command.startsWith('psql -v ON_ERROR_STOP=1 <<')))
    ask(
      `"${title}": in which database does its SQL run? It takes the one the environment names (PGHOST, PGDATABASE).`,
      from,
    );
}
