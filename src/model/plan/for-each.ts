import { isJsonObject, type Json } from '../../lib/json.ts';
import type { ExpandedStep, WrittenStep } from './expand.ts';
import type { Step } from './steps.ts';

/** A list of more is hardly meant: each item is a step of the run, with its own record. */
export const MOST_ITEMS = 10_000;

/** Why a value cannot be what a step is carried out for; undefined when it can. An empty list can be a list. */
export function wrongItems(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'it is not a list';
  if (value.length > MOST_ITEMS) return `it has ${value.length} items, and ${MOST_ITEMS} are the most`;
  const wrong = value.findIndex((item) => !isItem(item));
  return wrong < 0 ? undefined : `its item ${wrong} is not a text, a number, a truth or a map`;
}

const isItem = (item: Json): boolean => ['string', 'number', 'boolean'].includes(typeof item) || isJsonObject(item);

/** What one item is called where it has only a few words: `orders`, `{"schema":"public"}`. */
export function itemText(item: Json): string {
  const text = typeof item === 'string' ? item : JSON.stringify(item);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** How many times one after the other the work is done: undefined when only the run finds out for how many items. */
function roundsOf({ for_each: items, at_once: atOnce = 1 }: Step): number | undefined {
  if (items === undefined) return 1;
  return Array.isArray(items) ? Math.ceil(items.length / atOnce) : undefined;
}

/** The same for a step of procedures, of which each may be used for several items. */
export const roundsIn = ({ step, via }: ExpandedStep): number | undefined =>
  [...via.map((use) => use.step), step].reduce<number | undefined>((product, one) => {
    const rounds = roundsOf(one);
    return product === undefined || rounds === undefined ? undefined : product * rounds;
  }, 1);

/** Consecutive things that share something, in order. What shares nothing stands alone. */
export function consecutive<T, Key>(
  things: readonly T[],
  keyOf: (thing: T) => Key | undefined,
): readonly { readonly key: Key | undefined; readonly members: readonly [T, ...T[]] }[] {
  const groups: { key: Key | undefined; members: [T, ...T[]] }[] = [];
  for (const thing of things) {
    const key = keyOf(thing);
    const last = groups.at(-1);
    if (key !== undefined && last && last.key === key) last.members.push(thing);
    else groups.push({ key, members: [thing] });
  }
  return groups;
}

/** The use of a procedure for each of several items, the outermost from a depth on, through which a step came here. */
export const useForEach = (via: readonly WrittenStep[], from = 0): WrittenStep | undefined =>
  via.slice(from).find(({ step }) => step.for_each !== undefined);

/** The name of a step that uses a procedure, and what it waits for, by the names that all steps have when they are written out. */
export function useInFull(via: readonly WrittenStep[], depth: number): Pick<Step, 'id' | 'needs'> {
  const ids = via.slice(0, depth + 1).map(({ step }) => step.id);
  return { id: ids.join('.'), needs: needsOf(via, depth) };
}

function needsOf(via: readonly WrittenStep[], depth: number): string[] {
  const own = via[depth]?.step.needs ?? [];
  if (depth === 0) return own;
  const around = via.slice(0, depth).map(({ step }) => step.id);
  return own.length > 0 ? own.map((id) => [...around, id].join('.')) : needsOf(via, depth - 1);
}

/** Who waits for a part of what is done for each item waits for all of it. */
export function needsOfWhole<S extends Pick<Step, 'id' | 'needs'>>(steps: readonly S[]): readonly S[] {
  const ids = new Set(steps.map(({ id }) => id));
  const whole = (need: string): string => {
    if (ids.has(need)) return need;
    const parts = need.split('.');
    const at = parts.findIndex((_, index) => ids.has(parts.slice(0, index + 1).join('.')));
    return at < 0 ? need : parts.slice(0, at + 1).join('.');
  };
  return steps.map((step) => (step.needs ? { ...step, needs: [...new Set(step.needs.map(whole))] } : step));
}

/** A step as one follows a run. One that uses a procedure for each of several items stands for what is `inside`. */
export interface OutlinedStep extends ExpandedStep {
  readonly inside?: readonly ExpandedStep[];
}

/** The steps of a scenario, with what is done for each of several items as one step: for how many, only the run finds out. */
export function outlined(expanded: readonly ExpandedStep[]): readonly OutlinedStep[] {
  const groups = consecutive(expanded, ({ via }) => useForEach(via));
  const found = groups.map(({ key, members }) => (key ? wholeOf(key, members) : members[0]));
  const steps = needsOfWhole(found.map(({ step }) => step));
  return found.map((one, index) => ({ ...one, step: steps[index] as Step }));
}

function wholeOf(use: WrittenStep, members: readonly [ExpandedStep, ...ExpandedStep[]]): OutlinedStep {
  const { via } = members[0];
  const depth = via.indexOf(use);
  const around = via.slice(0, depth);
  const branch = [...around, use].findLast(({ step }) => step.one_of !== undefined)?.step;
  return {
    step: { ...use.step, ...useInFull(via, depth) },
    path: use.path,
    via: around,
    inside: members,
    ...(branch?.one_of === undefined ? {} : { alternative: { group: branch.one_of, branch: branch.id } }),
  };
}
