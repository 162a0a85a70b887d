import type { Relation } from './blocks.ts';
import type { HeapVisitor } from './heap-records.ts';

const INSERTED = 0;
const UPDATED = 1;
const DELETED = 2;
const MOVED = 3;

/** Offsets in a page stay below this, so a row version is one number: block * SPAN + offset. */
export const SPAN = 65_536;

/** Row versions as numbers, by what became of them. */
export interface NetChanges {
  readonly gone: readonly number[];
  /** Their new versions are in another partition. */
  readonly moved: readonly number[];
  /** `old` was there before, `now` is there after. */
  readonly updated: readonly { readonly old: number; readonly now: number }[];
}

type Collected = { gone: number[]; moved: number[]; updated: { old: number; now: number }[] };

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

  deleted(block: number, offset: number, moved = false): void {
    this.add(moved ? MOVED : DELETED, block * SPAN + offset, 0);
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
   * What these transactions, which are one with its subtransactions, did to row versions that were there before. A row that was
   * changed several times is meant by the version that was there before; one that they inserted themselves was never there.
   */
  net(xids: ReadonlySet<number>): ReadonlyMap<Relation, NetChanges> {
    const made = this.known.map(() => new Map<number, number>());
    const net = this.known.map((): Collected => ({ gone: [], moved: [], updated: [] }));
    for (let i = 0; i < this.length; i++)
      if (xids.has(this.xids[i] as number)) {
        const number = this.relations[i] as number;
        this.follow(i, made[number] as Map<number, number>, net[number] as Collected);
      }
    for (const [number, origins] of made.entries())
      for (const [now, old] of origins) if (old !== MADE_HERE) net[number]?.updated.push({ old, now });
    const entries = this.known.map((relation, number) => [relation, net[number] as Collected] as const);
    return new Map(entries.filter(([, { gone, moved, updated }]) => gone.length + moved.length + updated.length > 0));
  }

  /** `made` leads from each version that the transactions made to the one that was there before. */
  private follow(i: number, made: Map<number, number>, { gone, moved }: Collected): void {
    const [kind, old, next] = [this.kinds[i], this.olds[i] as number, this.news[i] as number];
    if (kind === INSERTED) {
      made.set(next, MADE_HERE);
      return;
    }
    const origin = made.get(old) ?? old;
    made.delete(old);
    if (kind === UPDATED) made.set(next, origin);
    else if (origin !== MADE_HERE) (kind === MOVED ? moved : gone).push(origin);
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
