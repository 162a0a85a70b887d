import type { RunPicture } from '../model/run-picture.ts';
import type { Ask } from './asks.ts';
import { isOver } from './resume.ts';
import { journalOf, lookAtRun, type RunLook } from './run-look.ts';
import type { Services } from './services.ts';

export interface NextResult {
  /** The one thing to do now, or that there is nothing to do. */
  readonly sentence: string;
  /** How the run stands that it is about. Absent when no run is under way. */
  readonly picture?: RunPicture;
  /** What waits for a person in this run, the most urgent first. */
  readonly asks: readonly Ask[];
  /** Other runs that are not over. */
  readonly others: readonly { readonly run: string; readonly sentence: string }[];
}

/** The one thing that a person must do now, for whoever has just been woken. Of several runs the one that waits for a person comes first. */
export async function next(run: string | undefined, services: Services): Promise<NextResult> {
  const runs = await journalOf(services).runs();
  const ids = run === undefined ? runs.filter(({ status }) => !isOver(status)).map(({ id }) => id) : [run];
  const looks = await Promise.all(ids.map((id) => lookAtRun(id, services)));
  const [first, ...others] = [...looks].sort((a, b) => urgency(a) - urgency(b));
  if (!first) return { sentence: nothing(runs[0]), asks: [], others: [] };
  return {
    sentence: sentenceOf(first),
    picture: first.picture,
    asks: first.asks,
    others: others.map((look) => ({ run: look.picture.run, sentence: sentenceOf(look) })),
  };
}

/** A person's answer, then a run that stands still, then one that goes on by itself. */
function urgency({ asks: [first], state }: RunLook): number {
  if (state.endedAt !== undefined) return 3;
  if (!first) return 2;
  return first.kind === 'resume' ? 1 : 0;
}

function nothing(
  newest: { readonly id: string; readonly scenario: string; readonly status: string } | undefined,
): string {
  if (!newest) return 'Nothing to do: no run was ever begun here.';
  return `Nothing to do: no run is under way. The last one, ${newest.id} (${newest.scenario}), is over: ${newest.status}.`;
}

function sentenceOf({ asks: [first], picture }: RunLook): string {
  if (first) return `Now: ${first.sentence}`;
  if (isOver(picture.status)) return `Nothing to do: the run is over: ${picture.status}.`;
  return 'Nothing to do: the run goes on by itself.';
}
