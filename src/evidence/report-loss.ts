import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import type { RunState } from '../model/run-state.ts';

/** What the steps counted. Every field is absent when no step measured it. */
export interface Loss {
  /** The step that compared the data with what was acknowledged. */
  readonly step?: string;
  readonly acknowledged?: number;
  readonly lost?: number;
  readonly lossSeconds?: number;
  /** Counts of well-known names from other steps, e.g. rows put back. */
  readonly counts: readonly { readonly step: string; readonly name: string; readonly value: number }[];
}

const COUNTS = ['rows', 'updated_rows', 'inserted', 'already_there', 'equal', 'missing', 'changed_since'] as const;

/** The newest comparison of a run, and the counts of its steps. Only steps that succeeded are believed. */
export function measuredLoss(state: RunState): Loss {
  const outputs = [...state.steps.values()].flatMap(({ id, progress }): { step: string; output: JsonObject }[] =>
    progress.status === 'succeeded' && isJsonObject(progress.output) ? [{ step: id, output: progress.output }] : [],
  );
  const comparison = outputs.findLast(({ output }) => number(output.lost) !== undefined);
  return { ...compared(comparison), counts: outputs.flatMap(({ step, output }) => countsOf(step, output)) };
}

function compared(found: { step: string; output: JsonObject } | undefined): Omit<Loss, 'counts'> {
  if (found === undefined) return {};
  const { step, output } = found;
  const [lost, acknowledged, lossSeconds] = [output.lost, output.acknowledged, output.loss_seconds].map(number);
  return {
    step,
    ...(lost === undefined ? {} : { lost }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(lossSeconds === undefined ? {} : { lossSeconds }),
  };
}

const countsOf = (step: string, output: JsonObject): Loss['counts'] =>
  COUNTS.flatMap((name) => {
    const value = number(output[name]);
    return value === undefined ? [] : [{ step, name, value }];
  });

const number = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
