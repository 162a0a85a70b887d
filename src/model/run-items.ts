import type { Json } from '../lib/json.ts';
import { itemText } from './plan/for-each.ts';
import type { ItemOf, RunStep } from './run-scenario.ts';
import type { ItemLists } from './step-items.ts';

/** Steps with for_each, followed by the steps for those of their items that are known. */
export function stepsWithItems(steps: readonly RunStep[], items: ItemLists): readonly RunStep[] {
  return steps.flatMap((step) => {
    const list = step.for_each === undefined ? undefined : items.get(step.id);
    if (!list) return [step];
    return [step, ...list.flatMap((item, index) => stepsWithItems(stepsForItem(step, index, item), items))];
  });
}

/** What is done for one item: `restore.3`, or all steps of a procedure: `restore.3.load`. */
export function stepsForItem(step: RunStep, index: number, item: Json): readonly RunStep[] {
  const each = { step: step.id, index, item };
  const id = `${step.id}.${index}`;
  return step.body ? step.body.map((one) => ({ ...renamed(one, step.id, id), each })) : [itself(step, id, each)];
}

/** Conditions, approvals and alternatives are those of the whole; the failure of an item is counted there. */
function itself(step: RunStep, id: string, each: ItemOf): RunStep {
  const { for_each: _items, at_once: _, may_fail: _may, may_be_empty: _empty, ...rest } = step;
  const { when: _when, approve: _approve, one_of: _group, ...own } = rest;
  return {
    ...own,
    id,
    title: `${step.title ?? step.id}: ${itemText(each.item)}`,
    needs: [],
    on_failure: 'continue',
    each,
  };
}

/** No step can be called like a number, so the names of items collide with none. */
function renamed(step: RunStep, from: string, to: string): RunStep {
  const named = (id: string): string => (id === from || id.startsWith(`${from}.`) ? to + id.slice(from.length) : id);
  return {
    ...step,
    id: named(step.id),
    needs: (step.needs ?? []).map(named),
    ...(step.proven ? { proven: step.proven.map(named) } : {}),
    ...(step.parts ? { parts: step.parts.map((part) => ({ ...part, id: named(part.id) })) } : {}),
    ...(step.body ? { body: step.body.map((one) => renamed(one, from, to)) } : {}),
  };
}
