import { parseLsn } from '../../../model/lsn.ts';

/** Where each earlier timeline ended, oldest first, from the text of a history file. Lines that are no entries are comments. */
export function readHistory(text: string): ReadonlyMap<number, bigint> {
  const entries = text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line))
    .filter((match) => match !== null);
  return new Map(entries.map((match) => [Number(match[1]), parseLsn(match[2] as string)]));
}
