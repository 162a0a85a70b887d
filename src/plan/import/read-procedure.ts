import { type Block, type ListBlock, plain, type Section, type TableBlock, type TextBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import {
  type FoundStep,
  type Heading,
  headingFor,
  humanStep,
  type Option,
  type SourceOf,
  stepsOfCode,
  stepsOfList,
  withNote,
} from './read-steps.ts';
import { spanIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { cellOf, columnOf } from './tables.ts';
import { ownTitle, topicOf } from './topics.ts';

/** What a section says of one procedure. */
export interface FoundProcedure {
  readonly steps: readonly FoundStep[];
  readonly pairs: readonly Pair[];
  readonly detection: readonly Said[];
  readonly prerequisites: readonly Said[];
}

export interface Said {
  readonly text: string;
  readonly lines: Lines;
}

type Mode = 'steps' | 'detection' | 'prerequisites' | 'aside';

const MODES: readonly (readonly [Mode, RegExp])[] = [
  [
    'detection',
    /^(detection|symptoms?|triggers?|indicators?|signs|when to use|how (to|we) detect|alerts?|detection (methods?|signals?)|trigger conditions?|when)\b.{0,30}$/i,
  ],
  [
    'prerequisites',
    /^(pre-?requisites?|before you (begin|start)|requirements|what you need|you (will )?need)\b.{0,20}$/i,
  ],
  [
    'aside',
    /^(prevention|purpose|scope|responsibilit\w*|preventive measures|notes?|important|background|overview|impact|root causes?|causes?|common causes|lessons|references?|related|description|objectives?|rto\b|rpo\b|summary|future|current (state|setup)|context|warning|estimated|data loss|likelihood)\b.{0,40}$/i,
  ],
];

interface State {
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
  const found = { steps: [] as FoundStep[], pairs: [] as Pair[], detection: [] as Said[], prerequisites: [] as Said[] };
  const state: State = {
    mode: 'steps',
    heading: { ...headingFor(ownTitle(section), section.lines), generic: true },
    spent: false,
    option: undefined,
    text: undefined,
    texts: [],
    choices: 0,
  };
  const visit = ({ blocks, sections }: Section): void => {
    for (const block of blocks) readBlock(reading, found, state, block, source);
    const outer = { option: state.option };
    for (const child of sections.filter((one) => !isAboutPeople(one))) {
      leave(found, state, source);
      enter(reading, state, child.title, child.lines, outer.option);
      visit(child);
    }
  };
  visit(section);
  leave(found, state, source);
  return found;
}

/** A document that is one runbook has its contacts and its history inside; they are read elsewhere. */
const isAboutPeople = (section: Section): boolean =>
  ['contacts', 'severities', 'escalation', 'post-mortem', 'communication', 'metadata'].includes(topicOf(section) ?? '');

/** A heading with nothing but words below it is a step for a person. */
function leave(found: Found, state: State, source: SourceOf): void {
  const { heading, texts, spent, mode } = state;
  const [first, last] = [texts[0], texts.at(-1)];
  if (mode === 'steps' && heading && !heading.generic && !spent && first && last) {
    const lines = { first: first.lines.first, last: last.lines.last };
    const step = humanStep(heading.title, lines, source(lines), heading);
    found.steps.push({ ...step, titleLines: heading.lines, covers: [lines, heading.lines] });
  }
  state.texts = [];
}

/** Begins what a heading announces. */
function enter(reading: Reading, state: State, title: string, lines: Lines, outer: Option | undefined): void {
  const words = title.replace(/\W+$/, '');
  state.mode = MODES.find(([, pattern]) => pattern.test(words))?.[0] ?? 'steps';
  state.text = undefined;
  state.spent = false;
  const label = /^(?:option|method|alternative|approach)\s+([A-Z0-9])\b/i.exec(title)?.[0];
  state.option = label === undefined ? outer : { label: title, of: firstOfChoice(state, label) };
  state.heading = state.mode === 'steps' ? headingFor(title, lines, state.option) : undefined;
  state.texts = [];
  if (state.mode === 'detection' || state.mode === 'prerequisites' || (state.heading?.generic && !state.heading.expect))
    reading.frame(lines);
}

/** The first option begins a new choice. */
function firstOfChoice(state: State, label: string): number {
  if (/[A1]$/i.test(label) || state.choices === 0) state.choices++;
  return state.choices;
}

type Found = { steps: FoundStep[]; pairs: Pair[]; detection: Said[]; prerequisites: Said[] };

function readBlock(reading: Reading, found: Found, state: State, block: Block, source: SourceOf): void {
  if (block.kind === 'text') return void readText(reading, found, state, block, source);
  if (block.kind === 'table') return void readTable(found, state, block, source);
  if (state.mode === 'detection' || state.mode === 'prerequisites') {
    if (block.kind === 'list') return void say(reading, found[state.mode], block, source);
    state.mode = 'steps';
  }
  if (block.kind === 'code')
    return void addSteps(found, state, stepsOfCode(block, headingOf(state), !state.spent), source);
  const pairs = pairsIn(block);
  if (state.mode === 'aside' || isFacts(block, pairs)) return void found.pairs.push(...pairs);
  addSteps(found, state, stepsOfList(block, headingOf(state), source), source);
}

const FACT =
  /^(rto|rpo|recovery (time|point) objective|likelihood|probability|impact|severity|priority|detection|estimated|duration|total|expected|time to|data loss|recovery time)\b/i;

/** A list of `RTO: …`, `Impact: …` is no list of steps. */
const isFacts = (list: ListBlock, pairs: readonly Pair[]): boolean =>
  pairs.length === list.items.length && pairs.every(({ key }) => FACT.test(key));

function say(reading: Reading, into: Said[], list: ListBlock, source: SourceOf): void {
  for (const { lines } of list.items) {
    into.push({ text: plain(source(lines).replace(/^\s*([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?/, '')), lines });
    reading.use(lines);
  }
}

/** A table of actions is a list of steps; any other may hold facts. */
function readTable(found: Found, state: State, table: TableBlock, source: SourceOf): void {
  const action = columnOf(table, /^(action|step|task|what to do|instruction|activity|procedure)s?$/i);
  const title =
    action !== undefined && /^(#|no\.?|step( no\.?| #)?)$/i.test(plain(table.header[action] ?? ''))
      ? columnOf(table, /action|task|description|what|instruction/i)
      : action;
  if (title === undefined || state.mode !== 'steps') return void found.pairs.push(...pairsIn(table));
  const time = columnOf(table, /time|duration|estimate|takes/i);
  const steps = table.rows.flatMap((row): FoundStep[] => {
    const words = cellOf(row, title);
    if (words === undefined) return [];
    const expect = spanIn(cellOf(row, time) ?? '');
    const instruction = row.cells.map((cell, index) => `${plain(table.header[index] ?? '')}: ${cell}`).join('\n');
    const said = { title: words, lines: row.lines, does: { instruction }, covers: [row.lines] };
    return [
      { ...said, ...(expect === undefined ? {} : { expect }), ...(state.option ? { option: state.option } : {}) },
    ];
  });
  addSteps(found, state, steps, source);
}

function addSteps(found: Found, state: State, steps: readonly FoundStep[], source: SourceOf): void {
  const { text, heading } = state;
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
  found.steps.push(...withNote(withTitle, steps[0]?.note ? undefined : asNote));
  state.spent ||= steps.length > 0;
  state.text = undefined;
  state.texts = [];
}

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
  (!heading || heading.generic || spent || /^(\*\*|__)/.test(text));

const FIELDS_OF_TEXT = /^(\W*)(\*\*|__)?[A-Z]/;

function readText(reading: Reading, found: Found, state: State, block: TextBlock, source: SourceOf): void {
  const label = pairsIn(block).some(({ key, value }) => value !== '' && FACT.test(key))
    ? undefined
    : labelOf(block.text);
  if (label !== undefined) {
    leave(found, state, source);
    return void enterLabel(reading, state, label, block);
  }
  const pairs = FIELDS_OF_TEXT.test(block.text) ? pairsIn(block) : [];
  found.pairs.push(...pairs);
  const values = pairs.filter(
    ({ key, value }) => value !== '' && MODES.slice(0, 2).some(([, pattern]) => pattern.test(key)),
  );
  for (const { key, value, lines } of values) {
    found[/^pre|^before|^req|need/i.test(key) ? 'prerequisites' : 'detection'].push({ text: plain(value), lines });
    reading.use(lines);
  }
  if (state.mode === 'detection' && pairs.length === 0) {
    found.detection.push({ text: plain(block.text), lines: block.lines });
    return void reading.use(block.lines);
  }
  state.text = state.mode === 'aside' || pairs.some(({ value }) => value !== '') ? undefined : block;
  if (state.mode === 'steps') state.texts.push(block);
}

/** `**Step 2: Restore (10 min)**`, `Detection:`: a line that stands for a heading. */
function labelOf(text: string): string | undefined {
  const [, bold] = /^(?:\W*\s)?(?:\*\*|__)([^*_\n]+)(?:\*\*|__)(?:\s*\([^)\n]*\))?\s*:?$/.exec(text) ?? [];
  if (bold !== undefined && !/[.!]$/.test(bold.trim())) return text;
  const [, words] = /^([A-Z][\w /-]{2,40}):$/.exec(text) ?? [];
  return words !== undefined && MODES.some(([, pattern]) => pattern.test(words)) ? words : undefined;
}

function enterLabel(reading: Reading, state: State, label: string, { lines }: TextBlock): void {
  const outer = state.option;
  enter(
    reading,
    state,
    plain(label)
      .replace(/:\s*(\([^)]*\))?$/, ' $1')
      .trim(),
    lines,
    outer,
  );
}
