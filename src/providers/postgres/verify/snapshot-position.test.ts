import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatLsn } from '../../../model/lsn.ts';
import { positionOfSnapshot } from './snapshot-position.ts';

const commit = (xid: number, at: number) => ({
  xid,
  commitLsn: BigInt(at),
  relations: [{ tablespace: 1, database: 5, filenode: xid, deleted: 0, updated: 1, inserted: 0 }],
});
const seen = (snapshot: string, position: number) => ({ snapshot, position: formatLsn(BigInt(position)) });

test('where nothing else committed it is the position itself', () => {
  expect(positionOfSnapshot(seen('10:10:', 500), [commit(8, 100), commit(9, 400)], 300n)).toEqual({
    stopBefore: 500n,
    blurred: [],
    transactions: 0,
  });
});

test('a commit the snapshot does not see is stopped before, also where it was under way and where it came later', () => {
  const commits = [commit(8, 350), commit(9, 400), commit(12, 450)];
  expect(positionOfSnapshot(seen('9:12:9', 500), commits, 300n).stopBefore).toBe(400n);
  expect(positionOfSnapshot(seen('12:12:', 500), commits, 300n).stopBefore).toBe(450n);
});

test('a commit in the log before one that the snapshot sees cannot be left out, and what it changed is named', () => {
  const found = positionOfSnapshot(seen('8:10:8', 500), [commit(8, 350), commit(9, 400)], 300n);
  expect(found).toMatchObject({ stopBefore: 401n, transactions: 1, blurred: [{ filenode: 8 }] });
});

test('nor can one from before the copy is consistent', () => {
  const found = positionOfSnapshot(seen('8:9:8', 500), [commit(8, 250)], 300n);
  expect(found).toMatchObject({ stopBefore: 300n, transactions: 1, blurred: [{ filenode: 8 }] });
});

test('numbers of transactions have gone round since the server was made', () => {
  const turn = 2n ** 32n;
  const snapshot = `${turn + 3n}:${turn + 5n}:${turn + 3n}`;
  const commits = [commit(2 ** 32 - 1, 310), commit(2, 320), commit(3, 400), commit(4, 330)];
  expect(positionOfSnapshot(seen(snapshot, 500), commits, 300n)).toMatchObject({ stopBefore: 400n, transactions: 0 });
});

test('whatever the order, what is replayed is what the snapshot sees, but for what is named', () => {
  const transactions = fc.uniqueArray(
    fc.record({ xid: fc.integer({ min: 1, max: 40 }), at: fc.integer({ min: 1, max: 900 }) }),
    {
      selector: ({ xid }) => xid,
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(
      transactions,
      fc.nat(300),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (all, start, visible) => {
        const commits = all.map(({ xid, at }) => commit(xid, at)).sort((a, b) => Number(a.commitLsn - b.commitLsn));
        const unseen = new Set(all.filter((_, at) => !visible[at]).map(({ xid }) => xid));
        const { stopBefore, blurred } = positionOfSnapshot(
          seen(`1:41:${[...unseen].join()}`, 1000),
          commits,
          BigInt(start),
        );
        const replayed = commits.filter(({ commitLsn }) => commitLsn < stopBefore).map(({ xid }) => xid);
        const named = new Set(blurred.map(({ filenode }) => filenode));
        expect(stopBefore).toBeGreaterThanOrEqual(BigInt(start));
        for (const { xid } of commits) expect(replayed.includes(xid) === !unseen.has(xid) || named.has(xid)).toBe(true);
      },
    ),
  );
});
