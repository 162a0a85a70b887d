import { locate, type Parts } from './blocks.ts';
import type { WalRecord } from './records.ts';

const RMGR_STANDBY = 8;
const RUNNING_TRANSACTIONS = 0x10;

/**
 * The server writes down from time to time which transactions run, also at the start of every base backup. From the first of
 * these notes on it is known which transactions began inside of the log at hand, and so are in it from their beginning.
 */
export class RunningTransactions {
  private firstInside: number | undefined;

  take(record: WalRecord, parts: Parts): void {
    if (this.firstInside !== undefined || record.rmgr !== RMGR_STANDBY) return;
    if ((record.info & 0xf0) !== RUNNING_TRANSACTIONS) return;
    locate(record, parts);
    this.firstInside = record.view.getUint32(parts.main + 12, true);
  }

  /** False as well when the log at hand does not tell. */
  startedInside(xid: number): boolean {
    return this.firstInside !== undefined && isNotBefore(xid, this.firstInside);
  }
}

/** Transaction numbers go around after 4 billion: of two, the later one is less than half the circle ahead. */
export const isNotBefore = (xid: number, other: number): boolean => ((xid - other) | 0) >= 0;
