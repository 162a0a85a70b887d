import { parseLsn } from '../model/lsn.ts';

/** The history file of one timeline, as PostgreSQL writes it and the repository keeps it. */
export interface TimelineHistory {
  readonly component: string;
  readonly system: string;
  readonly timeline: number;
  readonly text: string;
}

/** Where a timeline began: it shares everything before `at` with its parent. */
export interface Branch {
  readonly parent: number;
  readonly at: bigint;
}

/** The ancestors of a timeline, oldest first. Lines are `parent<TAB>position<TAB>reason`; others are comments. */
export function parseHistory(text: string): readonly Branch[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+([0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8})(?:\s|$)/.exec(line);
    return found ? [{ parent: Number(found[1]), at: parseLsn(`${found[2]}`) }] : [];
  });
}

/** Timelines of one system that began on another, by their number. */
export type Branches = ReadonlyMap<number, Branch>;

/** Of each timeline its own beginning: the last line of its history. */
export function branchesOf(
  histories: readonly TimelineHistory[],
  of: { readonly component: string; readonly system: string },
): Branches {
  const branches = new Map<number, Branch>();
  for (const history of histories) {
    const branch = parseHistory(history.text).at(-1);
    const fits = history.component === of.component && history.system === of.system;
    // A timeline is always numbered higher than the one it left; anything else would lead in circles.
    if (fits && branch && branch.parent < history.timeline) branches.set(history.timeline, branch);
  }
  return branches;
}
