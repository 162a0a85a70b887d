import { type ExpandedStep, expandedSteps } from '../model/plan/expand.ts';
import type { Plan } from '../model/plan.ts';

/** A step as people speak of it: by a number and a title. */
export interface Numbered extends ExpandedStep {
  /** `3`; `3b` the second of several ways; `3.1` the first step of a procedure. */
  readonly number: string;
  readonly title: string;
}

/** The steps of a scenario in order, numbered. Of several ways to do a thing each is a letter of one number. */
export function numberedSteps(plan: Plan, scenario: string): readonly Numbered[] {
  const tops = topNumbers(plan.scenarios[scenario]?.steps ?? []);
  const inner = new Map<string, number>();
  return expandedSteps(plan, scenario).map((one) => {
    const outer = one.via[0]?.step.id;
    const top = tops.get(outer ?? one.step.id) ?? '';
    const at = (inner.get(outer ?? '') ?? 0) + 1;
    if (outer !== undefined) inner.set(outer, at);
    return {
      ...one,
      number: outer === undefined ? top : `${top}.${at}`,
      title: one.step.title ?? one.step.id.split('.').at(-1) ?? one.step.id,
    };
  });
}

function topNumbers(steps: Plan['scenarios'][string]['steps']): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  let number = 0;
  let letter = 0;
  steps.forEach(({ id, one_of: group }, index) => {
    const isBeside = group !== undefined && group === steps[index - 1]?.one_of;
    letter = isBeside ? letter + 1 : 0;
    if (!isBeside) number += 1;
    numbers.set(id, group === undefined ? String(number) : `${number}${letterOf(letter)}`);
  });
  return numbers;
}

const letterOf = (index: number): string => (index < 26 ? String.fromCharCode(97 + index) : `-${index + 1}`);
