import type { Relation } from './blocks.ts';
import type { HeapVisitor } from './heap-records.ts';

const INSERTED = 0;
const UPDATED = 1;
const DELETED = 2;

/** Offsets in a page stay below this, so a row version is one number: block * SPAN + offset. */
export const SPAN = 65_536;

/** Row changes in the order of the log, column by column: a transaction may have changed millions of rows. */
export class RowChanges implements HeapVisitor {
  length = 0;
  private capacity = 1024;
  private xids = new Uint32Array(this.capacity);
  private kinds = new Uint8Array(this.capacity);
  private relations = new Uint32Array(this.capacity);
  private olds = new Float64Array(this.capacity);
  private news = new Float64Array(this.capacity);
  private readonly known: Relation[] = [];
  private readonly numbers = new Map<Relation, number>();
  private xid = 0;
  private relation = 0;

  /** What is told from now on was done by this transaction to this relation. */
  by(xid: number, relation: Relation): this {
    this.xid = xid;
    let number = this.numbers.get(relation);
    if (number === undefined) {
      number = this.known.push(relation) - 1;
      this.numbers.set(relation, number);
    }
    this.relation = number;
    return this;
  }

  inserted(block: number, offset: number): void {
    this.add(INSERTED, 0, block * SPAN + offset);
  }

  updated(block: number, offset: number, newBlock: number, newOffset: number): void {
    this.add(UPDATED, block * SPAN + offset, newBlock * SPAN + newOffset);
  }

  deleted(block: number, offset: number): void {
    this.add(DELETED, block * SPAN + offset, 0);
  }

  /** Forgets what these transactions did. */
  forget(xids: ReadonlySet<number>): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (xids.has(this.xids[i] as number)) continue;
      for (const column of [this.xids, this.kinds, this.relations, this.olds, this.news])
        column[kept] = column[i] as number;
      kept += 1;
    }
    this.length = kept;
  }

  /**
   * Row versions that were there before these transactions, which are one with its subtransactions, and are gone after it. A
   * row that was updated first is meant by the version that was there before; one that it inserted itself was never there.
   */
  gone(xids: ReadonlySet<number>): ReadonlyMap<Relation, readonly number[]> {
    const origins = this.known.map(() => new Map<number, number>());
    const gone = this.known.map((): number[] => []);
    for (let i = 0; i < this.length; i++) {
      if (!xids.has(this.xids[i] as number)) continue;
      const number = this.relations[i] as number;
      const made = origins[number] as Map<number, number>;
      const [kind, old, next] = [this.kinds[i], this.olds[i] as number, this.news[i] as number];
      if (kind === INSERTED) {
        made.set(next, MADE_HERE);
        continue;
      }
      const origin = made.get(old) ?? old;
      made.delete(old);
      if (kind === UPDATED) made.set(next, origin);
      else if (origin !== MADE_HERE) (gone[number] as number[]).push(origin);
    }
    const entries = this.known.map((relation, number) => [relation, gone[number] as number[]] as const);
    return new Map(entries.filter(([, positions]) => positions.length > 0));
  }

  private add(kind: number, old: number, next: number): void {
    if (this.length === this.capacity) this.grow();
    const i = this.length++;
    this.xids[i] = this.xid;
    this.kinds[i] = kind;
    this.relations[i] = this.relation;
    this.olds[i] = old;
    this.news[i] = next;
  }

  private grow(): void {
    this.capacity *= 2;
    this.xids = larger(this.xids, new Uint32Array(this.capacity));
    this.kinds = larger(this.kinds, new Uint8Array(this.capacity));
    this.relations = larger(this.relations, new Uint32Array(this.capacity));
    this.olds = larger(this.olds, new Float64Array(this.capacity));
    this.news = larger(this.news, new Float64Array(this.capacity));
  }
}

const MADE_HERE = -1;

function larger<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
