import { type Block, type ListBlock, plain, type Section, type TextBlock } from './blocks.ts';
import { type FoundStep, type Heading, type Option, type SourceOf, withNote } from './found-step.ts';
import type { Lines } from './lines.ts';
import { FACT, isWarning, labelOf, type Mode, modeOf, SUCCESS } from './modes.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { stepsOfTable } from './read-step-table.ts';
import { headingFor, humanStep, stepsOfList } from './read-steps.ts';
import type { Reading } from './reading.ts';
import { isDrawing, isShell, stepsOfCode } from './steps-of-code.ts';
import { headLines } from './tables.ts';
import { ownTitle, topicOf } from './topics.ts';

/** What a section says of one procedure. */
export interface FoundProcedure {
  readonly steps: readonly FoundStep[];
  /** Commands that are no part of the recovery: they are meant to keep it from being needed. */
  readonly prevention: readonly FoundStep[];
  readonly pairs: readonly Pair[];
  readonly detection: readonly Said[];
  readonly prerequisites: readonly Said[];
}

export interface Said {
  readonly text: string;
  readonly lines: Lines;
}

interface Found {
  steps: FoundStep[];
  prevention: FoundStep[];
  pairs: Pair[];
  detection: Said[];
  prerequisites: Said[];
}

interface State {
  readonly reading: Reading;
  readonly source: SourceOf;
  readonly found: Found;
  mode: Mode;
  heading: Heading | undefined;
  /** Whether the heading already gave its time to a step. */
  spent: boolean;
  option: Option | undefined;
  text: TextBlock | undefined;
  /** Paragraphs below a heading that has no step yet: they are the step when nothing else is. */
  texts: TextBlock[];
  choices: number;
}

/** Reads a section with all inside it, from the top down, as one procedure. */
export function readProcedure(reading: Reading, section: Section, source: SourceOf): FoundProcedure {
  const state: State = {
    reading,
    source,
    found: { steps: [], prevention: [], pairs: [], detection: [], prerequisites: [] },
    mode: 'steps',
    heading: { ...headingFor(ownTitle(section), section.lines), generic: true },
    spent: false,
    option: undefined,
    text: undefined,
    texts: [],
    choices: 0,
  };
  visit(state, section);
  leave(state);
  return state.found;
}

function visit(state: State, { blocks, sections }: Section): void {
  for (const block of blocks) readBlock(state, block);
  const outer = state.option;
  const children = sections.filter((one) => !isAboutPeople(one));
  const cases = children.filter(({ title }) => CASE.test(title)).length > 1;
  let first = true;
  for (const child of children) {
    leave(state);
    const isCase = cases && CASE.test(child.title);
    if (isCase && first) state.choices++;
    if (isCase) first = false;
    enter(state, child.title, child.lines, isCase ? { label: child.title, of: state.choices } : outer);
    if (child.blocks.length === 0 && child.sections.length > 0) state.reading.frame(child.lines);
    visit(state, child);
  }
}

/** `If the load balancer is gone`, beside others of its kind: one of them is done. */
const CASE = /^(if|in case( of)?)\b/i;

/** A document that is one runbook has its contacts and its history inside; they are read elsewhere. */
const isAboutPeople = (section: Section): boolean =>
  ['contacts', 'severities', 'escalation', 'post-mortem', 'communication', 'metadata'].includes(topicOf(section) ?? '');

/** A heading with nothing but words below it is a step for a person. */
function leave(state: State): void {
  const { heading, texts, spent, mode, source } = state;
  const [first, last] = [texts[0], texts.at(-1)];
  if (mode === 'steps' && heading && !heading.generic && !spent && first && last) {
    const lines = { first: first.lines.first, last: last.lines.last };
    const step = humanStep(heading.title, lines, source(lines), heading);
    state.found.steps.push({ ...step, titleLines: heading.lines, covers: [lines, heading.lines] });
  }
  state.texts = [];
}

/** Begins what a heading announces. */
function enter(state: State, title: string, lines: Lines, outer: Option | undefined): void {
  state.mode = modeOf(title);
  state.text = undefined;
  state.spent = false;
  const label = /^(?:option|method|alternative|approach)\s+([A-Z0-9])\b/i.exec(title)?.[0];
  state.option = label === undefined ? outer : { label: title, of: firstOfChoice(state, label) };
  state.heading = state.mode === 'steps' ? headingFor(title, lines, state.option) : undefined;
  state.texts = [];
  if (
    state.mode === 'detection' ||
    state.mode === 'prerequisites' ||
    (state.heading?.generic && !state.heading.expect && !state.heading.hold)
  )
    state.reading.frame(lines);
}

/** The first option begins a new choice. */
function firstOfChoice(state: State, label: string): number {
  if (/[A1]$/i.test(label) || state.choices === 0) state.choices++;
  return state.choices;
}

function readBlock(state: State, block: Block): void {
  const { found } = state;
  if (block.kind === 'text') return void readText(state, block);
  if (block.kind === 'table') {
    const steps = state.mode === 'steps' ? stepsOfTable(block, state.option) : [];
    if (steps.length === block.rows.length && steps.length > 0) state.reading.frame(headLines(block));
    return void (steps.length > 0 ? addSteps(state, steps) : readFacts(state, pairsIn(block)));
  }
  if (state.mode === 'detection' || state.mode === 'prerequisites') {
    if (block.kind === 'list') return void say(state, found[state.mode], block);
    state.mode = 'steps';
  }
  if (block.kind === 'code') return void (isDrawing(block) || readCode(state, block));
  const pairs = pairsIn(block);
  if (state.mode !== 'steps' || isFacts(block, pairs)) return void found.pairs.push(...pairs);
  addSteps(state, stepsOfList(block, headingOf(state), state.source, !state.spent));
}

function readCode(state: State, block: Extract<Block, { kind: 'code' }>): void {
  const { found } = state;
  if (state.mode === 'aside' && !isShell(block) && block.language !== 'sql') return;
  const announced = announcedIn(state, block);
  if (announced) return void found.steps.splice(-1, 1, ...announced);
  const steps = stepsOfCode(block, headingOf(state), !state.spent);
  if (state.mode === 'prevention') return void found.prevention.push(...steps);
  state.mode = 'steps';
  addSteps(state, steps);
}

/** A table of facts about the scenario. */
function readFacts({ found, reading }: State, pairs: readonly Pair[]): void {
  found.pairs.push(...pairs);
  for (const { key, value, lines } of pairs) {
    const mode = modeOf(key);
    if (mode !== 'detection' || plain(value) === '') continue;
    found.detection.push({ text: plain(value), lines });
    reading.use(lines);
  }
}

/** The code below `3. Check the rows:` at the end of a list is what that item does, though it is not indented. */
function announcedIn(
  { found, source }: State,
  block: Extract<Block, { kind: 'code' }>,
): readonly FoundStep[] | undefined {
  const last = found.steps.at(-1);
  if (!last || !('instruction' in last.does) || block.lines.first - last.lines.last > 2) return undefined;
  if (last.lines.first !== last.lines.last || !/^\s*(\d+[.)]|[-*+])\s.*:$/.test(source(last.lines))) return undefined;
  const heading = { ...headingFor(last.title, last.lines, last.option), generic: false };
  return stepsOfCode(block, heading, true).map((step, n) =>
    n === 0 ? { ...step, titleLines: last.lines, covers: [...step.covers, last.lines] } : step,
  );
}

/** A list of `RTO: …`, `Impact: …` is no list of steps. */
const isFacts = (list: ListBlock, pairs: readonly Pair[]): boolean =>
  pairs.length === list.items.length && pairs.every(({ key }) => FACT.test(key));

function say({ reading, source }: State, into: Said[], list: ListBlock): void {
  for (const { lines } of list.items) {
    into.push({ text: plain(source(lines).replace(/^\s*([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?/, '')), lines });
    reading.use(lines);
  }
}

function addSteps(state: State, steps: readonly FoundStep[]): void {
  const { text, heading, source } = state;
  const titled =
    heading &&
    !heading.generic &&
    steps.some((step) => step.title === heading.title || step.note?.text === heading.whole);
  const asNote = text && !isTitleOf(state, text) ? { text: source(text.lines), lines: text.lines } : undefined;
  const covered =
    text && !asNote
      ? steps.map((step, n) =>
          n === 0 ? { ...step, titleLines: text.lines, covers: [...step.covers, text.lines] } : step,
        )
      : steps;
  const withTitle = covered.map((step, n) =>
    n === 0 && titled && !state.spent
      ? { ...step, titleLines: step.titleLines ?? heading.lines, covers: [...step.covers, heading.lines] }
      : step,
  );
  const [first, ...others] = withNote(withTitle, steps[0]?.note ? undefined : asNote);
  if (first) state.found.steps.push({ ...first, ...holdOf(state) }, ...others);
  state.spent ||= steps.length > 0;
  state.text = undefined;
  state.texts = [];
}

/** `(after 24-48 hours)` holds the first step back. */
const holdOf = ({ heading, spent }: State): Pick<FoundStep, 'hold'> =>
  heading?.hold && !spent ? { hold: { ...heading.hold, lines: heading.lines } } : {};

/** The heading of the next step: a short line right above says more than a generic title. */
function headingOf(state: State): Heading | undefined {
  const { text, heading } = state;
  return text && isTitleOf(state, text)
    ? { ...headingFor(text.text, text.lines, state.option), generic: false }
    : heading;
}

const isTitleOf = ({ heading, spent }: State, { text }: TextBlock): boolean =>
  !text.includes('\n') &&
  text.length <= 120 &&
  !/[.!](\*\*|__)?$/.test(text) &&
  !isWarning(text) &&
  (!heading || heading.generic || spent || /^(\*\*|__)/.test(text));

const FIELDS_OF_TEXT = /^(\W*)(\*\*|__)?[A-Z]/;

function readText(state: State, block: TextBlock): void {
  const { found, reading } = state;
  const pairs = FIELDS_OF_TEXT.test(block.text) ? pairsIn(block) : [];
  const said = pairs.filter(({ value }) => value !== '');
  const label = said.some(({ key }) => FACT.test(key) || SUCCESS.test(key)) ? undefined : labelOf(block.text);
  if (label !== undefined) return void enterLabel(state, label, block);
  found.pairs.push(...pairs);
  for (const { key, value, lines } of said) {
    const mode = modeOf(key);
    if (mode === 'detection' || mode === 'prerequisites') {
      found[mode].push({ text: plain(value), lines });
      reading.use(lines);
    } else if (SUCCESS.test(key)) noteSuccess(state, plain(value), lines);
  }
  if (state.mode === 'detection' && pairs.length === 0) {
    found.detection.push({ text: plain(block.text), lines: block.lines });
    return void reading.use(block.lines);
  }
  const isFact =
    said.length > 0 && said.every(({ key }) => FACT.test(key) || SUCCESS.test(key) || modeOf(key) !== 'steps');
  state.text = state.mode !== 'steps' || said.length > 0 ? undefined : block;
  if (state.mode === 'steps' && !isFact) state.texts.push(block);
}

/** `Success criteria: …` belongs to the step above it. */
function noteSuccess({ found }: State, text: string, lines: Lines): void {
  const last = found.steps.at(-1);
  if (last && !last.doneWhen)
    found.steps[found.steps.length - 1] = { ...last, doneWhen: { text, lines }, covers: [...last.covers, lines] };
}

function enterLabel(state: State, label: string, { lines }: TextBlock): void {
  leave(state);
  const title = plain(label)
    .replace(/:\s*(\([^)]*\))?$/, ' $1')
    .trim();
  enter(state, title, lines, state.option);
}
