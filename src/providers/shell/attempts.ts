import type { ActionContext } from '../../actions/action.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { ShellClient, Standing } from './client-api.ts';

type Context = ActionContext<ShellClient>;
type Purpose = 'run' | 'undo';

/** The last attempt at a command of this step, and what is known of it. */
export interface LastAttempt {
  readonly last: string | undefined;
  readonly standing: Standing;
}

/** An attempt is noted before it is begun, so what is not noted was never started. */
export async function standingOf(ctx: Context, purpose: Purpose): Promise<LastAttempt> {
  const noted = attemptsOf(ctx, purpose).findLast(({ index }) => purpose === 'run' || index > lastRun(ctx));
  if (noted === undefined) return { last: undefined, standing: { state: 'absent' } };
  const { attempt, host } = noted;
  if (host === ctx.client.host) return { last: attempt, standing: await ctx.client.standing(attempt) };
  const why = `it was started on ${host}, and this is ${ctx.client.host}`;
  return { last: attempt, standing: { state: 'lost', why } };
}

/** The attempt to join instead of starting another. `again`: what has ended is not what is wanted. */
export function joinable({ last, standing }: LastAttempt, again: boolean): string | undefined {
  if (standing.state === 'absent' || standing.state === 'running') return last;
  if (standing.state === 'ended' && !standing.ended.stopped && !again) return last;
  return undefined;
}

/** A new attempt, after whatever the one before has left running. Not begun yet. */
export async function newAttempt(ctx: Context, purpose: Purpose): Promise<string> {
  const before = attemptsOf(ctx, purpose);
  const last = before.at(-1);
  if (last?.host === ctx.client.host) await ctx.client.stop(last.attempt);
  const attempt = `${ctx.key}/${purpose}-${before.length + 1}`;
  await ctx.client.prepare(attempt);
  await ctx.note({ purpose, attempt, host: ctx.client.host });
  return attempt;
}

/** What was taken back before the command was run again, was another effect. */
const lastRun = (ctx: Context): number => attemptsOf(ctx, 'run').at(-1)?.index ?? -1;

interface Noted {
  readonly index: number;
  readonly attempt: string;
  readonly host: string;
}

function attemptsOf({ notes }: Context, purpose: Purpose): readonly Noted[] {
  return notes.flatMap((note, index) =>
    isJsonObject(note) && note.purpose === purpose
      ? [{ index, attempt: String(note.attempt), host: String(note.host) }]
      : [],
  );
}
