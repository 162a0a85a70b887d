import { parseLsn } from '../../../model/lsn.ts';
import type { RelationEffects, TransactionEffects } from '../wal/transactions.ts';
import type { Inventory } from './inventory.ts';

/** Where a restore has to stop for its content to be what a snapshot saw. */
export interface SnapshotPosition {
  readonly stopBefore: bigint;
  /** Tables, by file, that transactions changed which the snapshot does not see and which cannot be left out of the restore. */
  readonly blurred: readonly RelationEffects[];
  /** How many such transactions there are. */
  readonly transactions: number;
}

type Commit = Pick<TransactionEffects, 'xid' | 'commitLsn' | 'relations'>;

/**
 * A snapshot is a set of transactions, a position of the log another: a commit is in the log a moment before others see it, so the two
 * orders can differ. Mostly there is a position that means exactly the snapshot; where there is none, the difference is told.
 */
export function positionOfSnapshot(
  { snapshot, position }: Pick<Inventory, 'snapshot' | 'position'>,
  commits: readonly Commit[],
  consistentFrom: bigint,
): SnapshotPosition {
  const sees = visibilityIn(snapshot);
  const unseen = commits.filter(({ xid }) => !sees(xid));
  const lastSeen = commits
    .filter(({ xid }) => sees(xid))
    .reduce((last, { commitLsn }) => max(last, commitLsn + 1n), 0n);
  const earliest = max(consistentFrom, lastSeen);
  const firstUnseen = unseen.reduce((first, { commitLsn }) => min(first, commitLsn), parseLsn(position));
  if (firstUnseen >= earliest) return { stopBefore: firstUnseen, blurred: [], transactions: 0 };
  const tooEarly = unseen.filter(({ commitLsn }) => commitLsn < earliest);
  return {
    stopBefore: earliest,
    blurred: tooEarly.flatMap(({ relations }) => relations),
    transactions: tooEarly.length,
  };
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Numbers in the log are the lower 32 bits of those in a snapshot, and lie near them. */
function visibilityIn(snapshot: string): (xid: number) => boolean {
  const [, end = '0', running = ''] = snapshot.split(':');
  const next = BigInt(end);
  const inProgress = new Set(running.split(',').filter(Boolean).map(BigInt));
  return (xid) => {
    const full = next + BigInt.asIntN(32, BigInt(xid) - next);
    return full < next && !inProgress.has(full);
  };
}
