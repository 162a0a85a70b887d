import type { FoundTransaction, TableChange } from '../../../model/log-search.ts';

/** So many are told of. */
const TOLD = 20;
/** So many are held before the smaller ones are forgotten. */
const HELD = 4 * TOLD;

/** Part of a table from which on it does not look like daily work; and how many rows, where the part is not known. */
const LARGE_PART_DELETED = 0.1;
const LARGE_PART_UPDATED = 0.5;
const LEAST_ROWS = 20;
const LARGE_ROWS = 1000;

/** Whether it lost a table, or changed a large part of one. */
export function looksDestructive({ gone, deleted, updated, rows }: TableChange): boolean {
  // Nothing was in it, so nothing is lost.
  if (gone !== undefined) return rows !== 0 || deleted + updated > 0;
  return isLarge(deleted, rows, LARGE_PART_DELETED) || isLarge(updated, rows, LARGE_PART_UPDATED);
}

function isLarge(changed: number, rows: number | undefined, part: number): boolean {
  if (changed < LEAST_ROWS) return false;
  return rows === undefined ? changed >= LARGE_ROWS : changed >= part * rows;
}

export type Candidate = Omit<FoundTransaction, 'command' | 'unreachable'> & {
  readonly system: string;
  readonly left: boolean;
};

/** A transaction as it is weighed: told in full only when it is among the worst. */
export interface Weighed {
  readonly suspicious: boolean;
  /** Rows it deleted or updated; infinite when it removed a table or database. */
  readonly harm: number;
  readonly at: number;
  tell(): Candidate;
}

/** How much harm was done; of what is gone as a whole, rows say nothing. */
export function harmOf(tables: readonly TableChange[], databases: readonly string[]): number {
  if (databases.length > 0 || tables.some(({ gone }) => gone !== undefined)) return Number.POSITIVE_INFINITY;
  return tables.reduce((sum, { deleted, updated }) => sum + deleted + updated, 0);
}

/** Keeps the most destructive transactions of any number of them, in bounded memory. */
export class Best {
  count = 0;
  private held: Weighed[] = [];

  add(weighed: Weighed): void {
    this.count += 1;
    this.held.push(weighed);
    if (this.held.length >= 4 * HELD) this.held = this.held.sort(worstFirst).slice(0, HELD);
  }

  /** Those that look destructive first, of each kind the newest first. */
  told(): readonly Candidate[] {
    const worst = this.held.sort(worstFirst).slice(0, TOLD);
    return worst.sort((a, b) => Number(b.suspicious) - Number(a.suspicious) || b.at - a.at).map((one) => one.tell());
  }
}

function worstFirst(a: Weighed, b: Weighed): number {
  if (a.suspicious !== b.suspicious) return a.suspicious ? -1 : 1;
  return a.harm === b.harm ? b.at - a.at : b.harm - a.harm;
}
