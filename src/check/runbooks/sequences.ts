import { allNeeded } from '../../lib/graph.ts';
import type { PlanPath } from '../../model/finding.ts';
import { PROCEDURE, procedureUse } from '../../model/plan/expand.ts';
import type { Plan, Scenario, Step } from '../../model/plan.ts';
import type { CheckFacts, Complaint } from '../rule.ts';
import {
  type Act,
  actsOf,
  type Happening,
  isCommand,
  isOperation,
  type Operation,
  type PlacedCommand,
  type PlacedSql,
  sqlOf,
} from './acts.ts';
import { type PlacedStep, type Runbook, runbooks } from './runbook.ts';

/**
 * What is done one after the other, with all that the steps do: a scenario with its procedures written out, or a procedure that no
 * scenario uses.
 */
export interface Sequence extends Pick<Runbook, 'name' | 'path' | 'steps' | 'isAfter'> {
  /** Undefined for a procedure. */
  readonly scenario: Scenario | undefined;
  readonly acts: readonly Act[];
  /** Those of the acts that are commands, and those that are known to do something to a system. */
  readonly commands: readonly PlacedCommand[];
  readonly operations: readonly Operation[];
  readonly sql: readonly PlacedSql[];
  /** What one step does. */
  commandsOf(placed: PlacedStep): readonly PlacedCommand[];
  operationsOf(placed: PlacedStep): readonly Operation[];
  /** Whether one thing happens only after the other: in a later step, or further down in the same text. */
  happensAfter(later: Happening, earlier: Happening): boolean;
  /** What has certainly been done before. */
  before(act: Act): readonly Act[];
  after(act: Act): readonly Act[];
}

/** Every sequence of a plan. Most rules about order ask, so they are worked out once. */
export function sequencesOf(plan: Plan, facts: CheckFacts): readonly Sequence[] {
  const before = known.get(plan);
  if (before?.actions === facts.actions) return before.sequences;
  const sequences = [
    ...runbooks(plan, facts).map((book) => toSequence(book, book.scenario)),
    ...runbooks(unusedProcedures(plan), facts).map((book) => toSequence(asProcedure(book), undefined)),
  ];
  known.set(plan, { actions: facts.actions, sequences });
  return sequences;
}

const known = new WeakMap<Plan, { readonly actions: CheckFacts['actions']; readonly sequences: readonly Sequence[] }>();

/** Every step of a plan; one of a procedure as often as it is used. */
export const stepsOf = (plan: Plan, facts: CheckFacts): readonly PlacedStep[] =>
  sequencesOf(plan, facts).flatMap(({ steps }) => steps);

/** Asks about every act of a plan, with the sequence it stands in. */
export const judgeActs = (
  plan: Plan,
  facts: CheckFacts,
  judge: (act: Act, sequence: Sequence) => readonly Complaint[],
): readonly Complaint[] =>
  sequencesOf(plan, facts).flatMap((sequence) => sequence.acts.flatMap((act) => judge(act, sequence)));

/** Written as scenarios, to be read like these. */
function unusedProcedures(plan: Plan): Plan {
  const unused = new Set(namesUnused(plan));
  const procedures = Object.entries(plan.procedures).filter(([name]) => unused.has(name));
  const scenarios = procedures.map(([name, one]): [string, Scenario] => [name, { ...one, ...noScenario() }]);
  return { ...plan, scenarios: Object.fromEntries(scenarios) };
}

/** A procedure that is used is judged where it is used, with what comes before it there. Of those that only use each other, the first. */
function namesUnused({ scenarios, procedures }: Plan): readonly string[] {
  const uses = new Map(Object.entries(procedures).map(([name, { steps }]) => [name, usedBy(steps)]));
  const withAllOf = (name: string): readonly string[] => [name, ...allNeeded(uses, name)];
  const judged = new Set(Object.values(scenarios).flatMap(({ steps }) => usedBy(steps).flatMap(withAllOf)));
  const called = new Set([...uses.values()].flat());
  const unused: string[] = [];
  for (const name of [...uses.keys()].sort((a, b) => Number(called.has(a)) - Number(called.has(b)))) {
    if (judged.has(name)) continue;
    unused.push(name);
    for (const one of withAllOf(name)) judged.add(one);
  }
  return unused;
}

const usedBy = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => (step.uses === PROCEDURE ? (procedureUse(step).procedure ?? []) : []));

const noScenario = () => ({ kind: 'disaster' as const, loses: [], loses_domains: [], detection: [], objectives: {} });

function asProcedure(book: Runbook): Runbook {
  const place = (path: PlanPath): PlanPath => (path[0] === 'scenarios' ? ['procedures', ...path.slice(1)] : path);
  return { ...book, path: place(book.path), steps: book.steps.map((step) => ({ ...step, path: place(step.path) })) };
}

function toSequence({ name, path, steps, isAfter }: Runbook, scenario: Scenario | undefined): Sequence {
  const acts = steps.flatMap(actsOf);
  const happensAfter = (later: Happening, earlier: Happening): boolean =>
    later.placed.step.id === earlier.placed.step.id
      ? (later.within ?? 0) > (earlier.within ?? 0)
      : isAfter(later.placed.step.id, earlier.placed.step.id);
  return {
    name,
    path,
    scenario,
    steps,
    acts,
    commands: acts.filter(isCommand),
    operations: acts.filter(isOperation),
    sql: steps.flatMap(sqlOf),
    commandsOf: (placed) => actsOf(placed).filter(isCommand),
    operationsOf: (placed) => actsOf(placed).filter(isOperation),
    isAfter,
    happensAfter,
    before: (act) => acts.filter((one) => happensAfter(act, one)),
    after: (act) => acts.filter((one) => happensAfter(one, act)),
  };
}

/** What is run only after a command: what follows in its text, and all of the steps that wait for its step. */
export const commandsAfter = ({ commands, isAfter }: Sequence, one: PlacedCommand): readonly PlacedCommand[] => {
  const index = commands.indexOf(one);
  return commands.filter((later, at) =>
    later.placed === one.placed
      ? at > index && isBehind(later, one)
      : isAfter(later.placed.step.id, one.placed.step.id),
  );
};

/** Not a part of its words. Commands that are given to ssh or a shell as one text stand at the same place, in order. */
const isBehind = ({ command: later }: PlacedCommand, { command }: PlacedCommand): boolean =>
  later.at > command.end || later.at === command.at;
