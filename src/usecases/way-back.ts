import type { AnyAction } from '../actions/action.ts';
import { noWayBack } from '../actions/way-back.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { RunOrigin } from '../model/run.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { undoOrder } from '../model/undo-order.ts';

/** Steps for which there is no way back for the same reason. */
export interface NoWayBack {
  readonly steps: readonly string[];
  readonly why: string;
}

type KnownActions = ReadonlyMap<string, AnyAction>;

/** What a run of a protected environment cannot take back once it is done. Empty where nothing is protected. */
export function irreversible(origin: RunOrigin, actions: KnownActions): readonly NoWayBack[] {
  if (!isProtected(origin)) return [];
  const found = new Map<string, string[]>();
  for (const { id, uses, with: input } of scenarioOfRun({ origin }).steps) {
    const action = actions.get(uses);
    const why = action && noWayBack(action, input);
    if (why !== undefined) found.set(why, [...(found.get(why) ?? []), id]);
  }
  return [...found].map(([why, steps]) => ({ steps, why }));
}

/** What "undo" would take back, newest first, and what would stay and why. */
export function undoStack(state: RunState, actions: KnownActions) {
  const begun = undoOrder(scenarioOfRun(state).steps, state).filter(({ id }) => state.steps.get(id)?.danger !== 'read');
  const all = begun.map(({ id, uses, with: input }) => {
    const action = actions.get(uses);
    return { step: id, stays: action && noWayBack(action, input) };
  });
  return {
    order: all.flatMap(({ step, stays }) => (stays === undefined ? [step] : [])),
    stays: all.flatMap(({ step, stays }) => (stays === undefined ? [] : [`${step}: ${stays}`])),
  };
}

function isProtected({ plan, environment }: RunOrigin): boolean {
  const all: Json | undefined = plan.environments;
  const here = isJsonObject(all) ? all[environment] : undefined;
  return !isJsonObject(here) || here.protected !== false;
}
