import type { Component, Plan } from '../../model/plan.ts';
import { alsoDown, goesWith, keepsData } from '../losses.ts';
import { type CopyFate, copyFates, type DataFate, dataFate, storedCopies } from './copies.ts';

export interface ComponentsFate {
  readonly gone: readonly GoneComponent[];
  /** They are there, and cannot serve without something that is gone. */
  readonly down: readonly { readonly component: string; readonly kind: string; readonly needs: string }[];
  /** They are there, and copies of them are gone. */
  readonly lessCopies: readonly { readonly component: string; readonly copies: readonly CopyFate[] }[];
  /** The plan does not say where they live, so nobody knows whether they are gone. */
  readonly notKnown: readonly GoneComponent[];
}

export interface GoneComponent {
  readonly component: string;
  readonly kind: string;
  /** False when the plan does not say where it lives, so that it may be there. */
  readonly surely: boolean;
  readonly keepsData: boolean;
  /** Null when it keeps no data: then it is made anew. */
  readonly data: DataFate | null;
  readonly copies: readonly CopyFate[];
  /** Replicas of it that stand, although the plan does not list them as its copies. */
  readonly replicas: readonly string[];
}

/** What becomes of the components of a plan when these domains are lost. */
export function componentsFate(plan: Plan, lost: readonly string[]): ComponentsFate {
  const names = Object.keys(plan.components);
  const isGone = (name: string) => goesWith(plan.components[name] as Component, lost);
  const gone = names.filter(isGone);
  const notKnown = names.filter((name) => plan.components[name]?.domain === undefined && !isGone(name));
  const left = names.filter((name) => !isGone(name) && !notKnown.includes(name));
  return {
    gone: gone.map((name) => goneComponent(plan, name, lost)),
    down: alsoDown(plan, gone).map(({ name, needs }) => ({
      component: name,
      kind: plan.components[name]?.kind ?? 'other',
      needs,
    })),
    lessCopies: left.flatMap((component) => {
      const copies = copyFates(storedCopies(plan, component), lost);
      return copies.some(({ state }) => state === 'gone' || state === 'locked') ? [{ component, copies }] : [];
    }),
    notKnown: notKnown.map((name) => goneComponent(plan, name, lost)),
  };
}

function goneComponent(plan: Plan, name: string, lost: readonly string[]): GoneComponent {
  const component = plan.components[name] as Component;
  const keeps = keepsData(component);
  const copies = copyFates(storedCopies(plan, name), lost);
  const data = keeps ? dataFate(copies) : null;
  return {
    component: name,
    kind: component.kind,
    surely: goesWith(component, lost),
    keepsData: keeps,
    data,
    copies,
    replicas: data === null || data === 'recoverable' ? [] : replicasOf(plan, name, lost),
  };
}

const replicasOf = (plan: Plan, name: string, lost: readonly string[]): readonly string[] =>
  Object.entries(plan.components).flatMap(([other, one]) =>
    one.kind === 'replica' && one.needs.includes(name) && one.domain !== undefined && !goesWith(one, lost)
      ? [other]
      : [],
  );
