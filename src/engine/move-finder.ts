import { differingKeys } from '../lib/versioned-map.ts';
import type { ErrorRecord } from '../model/errors.ts';
import { membershipsOf, type RunScenario, type RunStep } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { indexOf } from '../model/scenario-index.ts';
import { groupFacts } from './branches.ts';
import { stepsByTurn } from './items.ts';
import { judge, type Move, moveBy, type Verdict } from './schedule.ts';

/**
 * Finds the next move as `nextMove` defines it, and remembers how it judged each step: from one state to the next only those steps
 * are judged again for which something can have changed. A run of many steps would otherwise look at all of them at every event.
 */
export function moveFinder(): (scenario: RunScenario, state: RunState) => Move {
  let book: Book | undefined;
  return (scenario, state) => {
    const changed = book?.scenario === scenario ? differingKeys(state.steps, book.steps) : undefined;
    if (!book || !changed) book = newBook(scenario, state);
    else catchUp(book, changed, state);
    return moveBy(scenario, state, {
      isTakenBack: book.takenBack.size > 0,
      undo: firstReason(book, book.undo),
      stop: firstReason(book, book.stop),
      ready: book.ready,
    });
  };
}

/** How the steps of a scenario were judged in one state. */
interface Book {
  readonly scenario: RunScenario;
  steps: RunState['steps'];
  readonly verdicts: Map<string, Verdict>;
  readonly takenBack: Set<string>;
  readonly undo: Map<string, ErrorRecord>;
  readonly stop: Map<string, ErrorRecord>;
  readonly ready: Set<RunStep>;
  /** The steps that wait for a step, each under one of its missing needs. */
  readonly waiting: Map<string, Set<RunStep>>;
  /** What was known of each group. */
  readonly groups: Map<string, string>;
}

function newBook(scenario: RunScenario, state: RunState): Book {
  const book: Book = {
    scenario,
    steps: state.steps,
    verdicts: new Map(),
    takenBack: new Set(),
    undo: new Map(),
    stop: new Map(),
    ready: new Set(),
    waiting: new Map(),
    groups: new Map(),
  };
  for (const group of indexOf(scenario).inGroup.keys()) book.groups.set(group, groupFacts(scenario, group, state));
  for (const step of scenario.steps) judgeAgain(book, step, state);
  return book;
}

function catchUp(book: Book, changed: ReadonlySet<string>, state: RunState): void {
  book.steps = state.steps;
  const { steps } = indexOf(book.scenario);
  const concerned = new Set<RunStep>();
  for (const step of [...changed].flatMap((id) => steps.get(id) ?? [])) {
    const before = book.verdicts.get(step.id);
    const after = judgeAgain(book, step, state);
    for (const other of concernedBy(book, step, { before, after, state })) concerned.add(other);
  }
  for (const step of concerned) judgeAgain(book, step, state);
}

interface Change {
  readonly before: Verdict | undefined;
  readonly after: Verdict;
  readonly state: RunState;
}

/** The other steps for which it can make a difference that a step changed. */
function concernedBy(book: Book, step: RunStep, { before, after, state }: Change): readonly RunStep[] {
  const { dependents, inGroup } = indexOf(book.scenario);
  const groups = membershipsOf(step).map(({ group }) => group);
  const members = groups.filter((group) => isNews(book, group, state)).flatMap((group) => inGroup.get(group) ?? []);
  // What happens in a group matters to all in it, to those who wait for any of them, and to the procedures that go on without a part.
  const byGroup = members.flatMap((member) => [member, ...(dependents.get(member.id) ?? [])]);
  const isPartTold = before?.hasFailed || after.hasFailed || members.length > 0;
  const byPart = isPartTold ? stepsGoneOnWithout(book, step) : [];
  const byTurn = stepsByTurn(book.scenario, step);
  return [...byGroup, ...byPart, ...byTurn, ...concernedByEnd(book, step, { before, after, state })];
}

/** Who waits for this step hears when it is settled; when it no longer is, also those who may be ready because it was. */
function concernedByEnd({ scenario, waiting }: Book, { id }: RunStep, { before, after }: Change): readonly RunStep[] {
  if (before?.isSettled === after.isSettled) return [];
  return after.isSettled ? [...(waiting.get(id) ?? [])] : (indexOf(scenario).dependents.get(id) ?? []);
}

function isNews({ scenario, groups }: Book, group: string, state: RunState): boolean {
  const facts = groupFacts(scenario, group, state);
  if (groups.get(group) === facts) return false;
  groups.set(group, facts);
  return true;
}

const stepsGoneOnWithout = ({ scenario }: Book, step: RunStep): readonly RunStep[] =>
  (step.parts ?? [])
    .filter(({ on_failure }) => on_failure === 'continue')
    .flatMap(({ id }) => indexOf(scenario).inPart.get(id) ?? []);

function judgeAgain(book: Book, step: RunStep, state: RunState): Verdict {
  const before = book.verdicts.get(step.id);
  const verdict = judge(book.scenario, step, state, before?.waitsFor);
  book.verdicts.set(step.id, verdict);
  keep(book.undo, step, verdict.undo);
  keep(book.stop, step, verdict.stop);
  hold(book.ready, step, verdict.isReady);
  hold(book.takenBack, step.id, verdict.isTakenBack);
  if (before?.waitsFor !== verdict.waitsFor) waitElsewhere(book, step, before, verdict);
  return verdict;
}

function keep<T>(all: Map<string, T>, { id }: RunStep, value: T | undefined): void {
  if (value === undefined) all.delete(id);
  else all.set(id, value);
}

function hold<T>(all: Set<T>, one: T, isIn: boolean): void {
  if (isIn) all.add(one);
  else all.delete(one);
}

function waitElsewhere({ waiting }: Book, step: RunStep, before: Verdict | undefined, after: Verdict): void {
  const needOf = (verdict: Verdict | undefined) => step.needs?.[verdict?.waitsFor ?? -1] ?? '';
  waiting.get(needOf(before))?.delete(step);
  if (after.waitsFor === undefined) return;
  const others = waiting.get(needOf(after)) ?? new Set<RunStep>();
  waiting.set(needOf(after), others.add(step));
}

/** Of the steps with a reason that of the first one in the plan. */
function firstReason({ scenario }: Book, reasons: ReadonlyMap<string, ErrorRecord>): ErrorRecord | undefined {
  const { position } = indexOf(scenario);
  const place = (id: string): number => position.get(id) ?? Number.POSITIVE_INFINITY;
  let first: string | undefined;
  for (const id of reasons.keys()) if (first === undefined || place(id) < place(first)) first = id;
  return first === undefined ? undefined : reasons.get(first);
}
