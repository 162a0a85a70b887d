import type { Play, Remains } from './lives.ts';
import { RUN } from './lives.ts';
import { stepOf } from './world.ts';

/** Says which of the moments of a play it dies at. */
export type Choice = (moments: readonly Remains[], play: Play) => readonly Remains[];

export const everyMoment: Choice = (moments) => moments;

/**
 * Of each kind of moment one: what was kept, or where in a call it was; for which kind of step; and how many steps were under way beside
 * it. Which one of a kind it is goes round with `turn`, so that not always the first steps of a run are the ones that die.
 */
export const oneOfEachKind =
  (turn: number): Choice =>
  (moments, play) => {
    const kinds = Map.groupBy(moments, (moment) => kindOf(moment, play));
    const chosen = new Set([...kinds.values()].map((alike) => alike[turn % alike.length]));
    return moments.filter((moment) => chosen.has(moment));
  };

/** What makes two moments alike. */
export function kindOf(moment: Remains, play: Play): string {
  const { step, place } = placeOf(moment);
  const role = step === undefined ? 'the run' : stepKind(step, moment, play);
  return `${place}, ${role}, ${beside(moment)}`;
}

/** In a call it is told by the key; else it is about the step of the last event. */
function placeOf({ where, content }: Remains): { readonly place: string; readonly step: string | undefined } {
  const key = where.split(' ').find((word) => word.startsWith(`${RUN}/`));
  if (key !== undefined) return { place: where.replace(key, 'a call'), step: stepOf(key) };
  const last = content.lines.get(RUN)?.at(-1)?.event;
  return { place: where, step: last && 'step' in last ? last.step : undefined };
}

/** People and waits are known by their action, all others by how their effect behaves. */
function stepKind(id: string, { content }: Remains, { roles, origin }: Play): string {
  const begun = content.lines.get(RUN)?.some(({ event }) => event.type === 'step.started' && event.step === id);
  const uses = String(origin.steps?.find((step) => step.id === id)?.uses ?? 'in a procedure');
  const nature = /^(human|time)\./.test(uses) ? uses : (roles.get(id)?.nature ?? 'unknown');
  return `${nature}${begun ? '' : ', not begun'}`;
}

/** Nothing, one or more steps that have begun and not ended. */
function beside({ content }: Remains): string {
  const open = new Set<string>();
  for (const { event } of content.lines.get(RUN) ?? []) {
    if (event.type === 'step.started') open.add(event.step);
    else if (/^step\.(succeeded|failed|skipped|undone)$/.test(event.type) && 'step' in event) open.delete(event.step);
  }
  return open.size > 1 ? 'more under way' : `${open.size} under way`;
}
