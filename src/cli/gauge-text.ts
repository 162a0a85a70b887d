import { formatDuration } from '../lib/duration.ts';
import type { GaugeResult } from '../usecases/gauge.ts';
import type { Paint } from './screen.ts';

/** What would be lost now, in one sentence, and what it rests on. */
export function gaugeText(result: GaugeResult, paint: Paint): string {
  const { component, safe, position, bytes, objective_seconds, alarm, at } = result;
  const objective = objective_seconds === undefined ? undefined : formatDuration(objective_seconds * 1000);
  return [
    alarm ? paint.bad(`✘ ${sentence(result)}`) : paint.good(`✔ ${sentence(result)}`),
    ...(objective === undefined ? [] : [`  Promised: at most ${objective}.`]),
    safe === undefined
      ? `  Nothing of this server can be restored. Take a first backup: lifeboat backup ${component}`
      : `  Safe up to ${safe}; the server has written up to ${position} (${bytes} bytes more) at ${at}.`,
    ...slotLines(result, paint),
  ].join('\n');
}

function sentence({ component, lost }: GaugeResult): string {
  if (lost === undefined) return `If ${component} died now, how much would be lost is not known.`;
  if (lost.transactions === 0 && !lost.more) return `If ${component} died now, nothing would be lost.`;
  const least = lost.more ? 'more than ' : '';
  const transactions = lost.transactions === 1 ? '1 transaction' : `${lost.transactions} transactions`;
  return `If ${component} died now, you would lose ${lost.seconds} s: ${least}${transactions}.`;
}

function slotLines({ slot, component }: GaugeResult, paint: Paint): readonly string[] {
  if (slot === undefined) return [];
  const { active, bytes, limit } = slot;
  const stream = active ? [] : [`  Nobody receives its log: lifeboat backup ${component} --stream`];
  const bound =
    limit === undefined
      ? '  The server keeps log for the stream without a bound, until its disk is full. Set max_slot_wal_keep_size.'
      : `  The server keeps ${bytes} bytes of log for the stream, and gives it up at ${limit}.`;
  return [...stream, bound].map((line) => (active && limit !== undefined ? line : paint.warn(line)));
}
