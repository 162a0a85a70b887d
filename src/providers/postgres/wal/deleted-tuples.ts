import type { LogSource } from './transactions.ts';

export interface TuplePosition {
  readonly block: number;
  readonly offset: number;
}

/** By filenode: the row versions that were there before the transaction and are gone after it. */
export function deletedTuples(
  _source: LogSource,
  _xid: number,
  _options?: { readonly segmentBytes?: number },
): Promise<ReadonlyMap<number, readonly TuplePosition[]>> {
  throw new Error('being written');
}
