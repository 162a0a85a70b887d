import { type ItemOf, type RunScenario, type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { isLeftBehind } from './branches.ts';
import { isTolerated } from './failure.ts';
import { isSettled } from './settled.ts';

/** How one item of a step with for_each ended. */
type ItemEnd = 'succeeded' | 'failed' | 'skipped';

/** One item, with the steps that are its own. Those of items further inside belong to these. */
export interface Item {
  readonly of: ItemOf;
  readonly steps: readonly RunStep[];
}

/** How the items of one step stand, told from the state alone. */
export interface ItemsStanding {
  readonly items: readonly Item[];
  /** Of each item that is over, by its number. */
  readonly ended: ReadonlyMap<number, ItemEnd>;
  /** Begun and not over. */
  readonly underWay: ReadonlySet<number>;
  /** Items whose turn it is, beside those under way. Empty once more have failed than may. */
  readonly next: ReadonlySet<number>;
  readonly failed: number;
}

/** Whether a step may be gone on with as far as items count: it is of none, or its item is under way, or it is its turn. */
export function isItsTurn({ each }: RunStep, state: RunState): boolean {
  if (!each) return true;
  if (state.steps.get(each.step)?.progress.status !== 'running') return false;
  const { underWay, next } = standingOf(each.step, state);
  return underWay.has(each.index) || next.has(each.index);
}

/** Whether a step with for_each waits for its items. */
export const isCollecting = ({ id, for_each: items }: RunStep, state: RunState): boolean =>
  items !== undefined && state.steps.get(id)?.progress.status === 'running';

/** Whether all items that were begun have come to rest, and none is begun any more. */
export function isCollected({ id }: RunStep, state: RunState): boolean {
  const { underWay, next } = standingOf(id, state);
  return underWay.size === 0 && next.size === 0;
}

/**
 * For each step with for_each around a step, itself included, that step and all that one does for its items: whose turn it is there
 * can change with it.
 */
export function stepsByTurn(scenario: RunScenario, step: RunStep): readonly RunStep[] {
  const { gatherers, items } = itemsIn(scenario);
  const gatherer = step.for_each === undefined ? gatherers.get(step.each?.step ?? '') : step;
  if (!gatherer) return [];
  const own = [gatherer, ...(items.get(gatherer.id) ?? []).flatMap(({ steps }) => steps)];
  const outer = gatherer.each && gatherers.get(gatherer.each.step);
  return outer ? [...own, ...stepsByTurn(scenario, outer)] : own;
}

const standings = new WeakMap<RunState, Map<string, ItemsStanding>>();

/** Worked out once for each state: every step of every item asks for it. */
export function standingOf(id: string, state: RunState): ItemsStanding {
  const found = standings.get(state) ?? new Map<string, ItemsStanding>();
  standings.set(state, found);
  const before = found.get(id);
  if (before) return before;
  const standing = standingIn(scenarioOfRun(state), id, state);
  found.set(id, standing);
  return standing;
}

function standingIn(scenario: RunScenario, id: string, state: RunState): ItemsStanding {
  const { gatherers, items: all } = itemsIn(scenario);
  const { at_once: atOnce = 1, may_fail: mayFail = 0 } = gatherers.get(id) as RunStep;
  const items = all.get(id) ?? [];
  const ended = new Map<number, ItemEnd>();
  const underWay = new Set<number>();
  const waiting: number[] = [];
  for (const item of items) {
    const end = endOf(scenario, item, state);
    if (end) ended.set(item.of.index, end);
    else if (item.steps.some((step) => isBegun(step, state))) underWay.add(item.of.index);
    else waiting.push(item.of.index);
  }
  const failed = [...ended.values()].filter((end) => end === 'failed').length;
  const room = failed > mayFail ? 0 : Math.max(0, atOnce - underWay.size);
  return { items, ended, underWay, failed, next: new Set(waiting.slice(0, room)) };
}

const isBegun = ({ id }: RunStep, state: RunState): boolean =>
  (state.steps.get(id)?.progress.status ?? 'queued') !== 'queued';

function endOf(scenario: RunScenario, { of, steps }: Item, state: RunState): ItemEnd | undefined {
  if (!steps.every((step) => isSettled(scenario, step, state))) return undefined;
  if (steps.some((step) => failsItem(scenario, step, of, state))) return 'failed';
  return steps.every(({ id }) => state.steps.get(id)?.progress.status === 'skipped') ? 'skipped' : 'succeeded';
}

/** A step of a procedure that says "continue" for itself, or of which another way was taken, does not make the item fail. */
function failsItem(scenario: RunScenario, step: RunStep, { step: whole, index }: ItemOf, state: RunState): boolean {
  if (state.steps.get(step.id)?.progress.status !== 'failed') return false;
  return !isTolerated(step, `${whole}.${index}`) && !isLeftBehind(scenario, step, state);
}

interface Known {
  readonly gatherers: ReadonlyMap<string, RunStep>;
  readonly items: ReadonlyMap<string, readonly Item[]>;
}

const known = new WeakMap<RunScenario, Known>();

function itemsIn(scenario: RunScenario): Known {
  const before = known.get(scenario);
  if (before) return before;
  const items = new Map<string, Map<number, { of: ItemOf; steps: RunStep[] }>>();
  for (const step of scenario.steps) {
    if (!step.each) continue;
    const of = items.get(step.each.step) ?? new Map<number, { of: ItemOf; steps: RunStep[] }>();
    items.set(step.each.step, of);
    const item = of.get(step.each.index) ?? { of: step.each, steps: [] };
    of.set(step.each.index, item);
    item.steps.push(step);
  }
  const gatherers = scenario.steps.filter((step) => step.for_each !== undefined);
  const found = {
    gatherers: new Map(gatherers.map((step) => [step.id, step])),
    items: new Map([...items].map(([id, of]) => [id, [...of.values()]])),
  };
  known.set(scenario, found);
  return found;
}
